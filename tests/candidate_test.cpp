#include "predictor/candidate.h"

#include <algorithm>
#include <string>
#include <vector>

#include "predictor/gate.h"
#include "predictor/workspace_index.h"
#include "tests/support/catch.h"

using namespace fimd;

namespace {

WorkspaceIndex index_of(std::string_view text) {
  WorkspaceIndex::Builder builder;
  builder.add(text);
  return std::move(builder).build();
}

// One index for each source; an empty text is an index of nothing.
struct Texts {
  std::string_view session = {}, document = {}, workspace = {};
  std::uint32_t here = kNowhere;
};

// What ends a line, longest context last.
std::vector<Candidate> whole_lines(std::string_view prefix, const Texts& texts) {
  static WorkspaceIndex session, document, workspace;  // the candidates are views into them
  session = index_of(texts.session);
  document = index_of(texts.document);
  workspace = index_of(texts.workspace);
  const Indexed indexes[] = {{Source::session, session.suffixes()},
                             {Source::document, document.suffixes(), texts.here},
                             {Source::workspace, workspace.suffixes()}};
  const auto query = make_query(prefix, "");
  REQUIRE(query);
  auto all = candidates(*query, indexes, 1);
  std::erase_if(all, [](const Candidate& c) { return !c.way.whole_line; });
  return all;
}

double best(std::string_view prefix, const Texts& texts) {
  double most = 0;
  for (const Candidate& candidate : whole_lines(prefix, texts)) most = std::max(most, probability(candidate));
  return most;
}

}  // namespace

TEST_CASE("a longer context that picks other places is another candidate") {
  const auto all = whole_lines("x = f(", {.workspace = "y = f(b)\ny = f(b)\nx = f(a)\n"});
  REQUIRE(all.size() == 2);
  CHECK(all.front().way.text == "b)");
  CHECK(all.front().places == 3);
  CHECK(all.back().way.text == "a)");
  CHECK(all.back().places == 1);
}

TEST_CASE("a context whose places are those of a longer one says nothing of its own") {
  const auto all = whole_lines("x = f(", {.workspace = "x = f(a)\nx = f(a)\n"});
  REQUIRE(all.size() == 1);
  CHECK(kBackOff[all.front().step] == 4);
  CHECK(all.front().places == 2);
}

TEST_CASE("every index is asked, and one that knows nothing is silent") {
  const auto all = whole_lines("f(", {.session = "f(a)\n", .document = "g[a]\n", .workspace = "f(b)\n"});
  REQUIRE(all.size() == 2);
  CHECK(all.front().source == Source::session);
  CHECK(all.back().source == Source::workspace);
  CHECK(whole_lines("f(", {}).empty());
}

TEST_CASE("what stands behind the current line is no evidence for it") {
  constexpr std::string_view kLines = "begin();\nfinish();\n";
  CHECK(whole_lines("begin();\nfin", {.document = kLines}).size() == 1);
  CHECK(whole_lines("begin();\n", {.document = kLines, .here = 9}).empty());
  CHECK_FALSE(whole_lines("begin();\n", {.document = kLines}).empty());
}

TEST_CASE("the gate believes what more speaks for") {
  const Texts one{.workspace = "x = open(path);\nz\n"};
  const Texts two{.session = "x = open(path);\nz\n", .workspace = "x = open(path);\nz\n"};
  const Texts split{.workspace = "x = open(path);\nx = open(name);\nx = open(file);\nz\n"};
  CHECK(best("x = open(", two) > best("x = open(", one));
  CHECK(best("x = open(", one) > best("x = open(", split));
  CHECK(best("x = open(", one) > best("y = open(", one));
  CHECK(best("x = open(", two) > kShownProbability);
  CHECK(best("other(", {.workspace = "f(a)\nf(b)\nf(c)\ng(d)\ng(e)\n"}) < kShownProbability);
}

TEST_CASE("a probability is one for any features") {
  for (const Source source : {Source::session, Source::document, Source::workspace}) {
    for (const float value : {-1e6F, -1.0F, 0.0F, 1.0F, 1e6F}) {
      Candidate candidate;
      candidate.source = source;
      candidate.features.fill(value);
      CHECK(probability(candidate) >= 0.0);
      CHECK(probability(candidate) <= 1.0);
    }
  }
  CHECK(probability({}) == 0.5);
}
