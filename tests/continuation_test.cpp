#include "predictor/continuation.h"

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "predictor/normal_text.h"
#include "predictor/workspace_index.h"
#include "tests/support/catch.h"

using namespace fimd;

namespace {

WorkspaceIndex index_of(const std::vector<std::string>& texts) {
  WorkspaceIndex::Builder builder;
  for (const std::string& text : texts) builder.add(text);
  return std::move(builder).build();
}

std::vector<Continuation> ways_behind(const Suffixes& all, std::string_view context, std::uint32_t lines) {
  return descend(all.text, voters_at(all.with(context), context.size(), 0xffff'ffff), context.size(), lines);
}

// The first blanks and word or symbol of `text`; a line break alone; empty at a text end.
std::string naive_token(const std::string& text) {
  if (text.empty() || text[0] == '\n') return text.substr(0, 1);
  const std::size_t begin = text.find_first_not_of(' ');
  const std::size_t word_end = std::min(text.find_first_not_of("ab", begin), text.size());
  return text.substr(0, std::max(word_end, begin + 1));
}

// What follows the context at every token start that has it, in the order of the places.
std::vector<std::string> naive_tails(const std::string& normal, const std::string& context) {
  std::vector<std::string> tails;
  for (std::size_t at = 0; at < normal.size() && normal[at] != kTextEnd;) {
    const std::string tail = normal.substr(at, normal.find(kTextEnd, at) - at);
    if (tail != context && tail.starts_with(context)) tails.push_back(tail.substr(context.size()));
    at += naive_token(tail).size();
    while (at < normal.size() && (normal[at] == kTextEnd || normal[at] == '\n')) ++at;
  }
  return tails;
}

struct Way {
  std::string text;
  float share;
  bool whole_line;
  bool operator==(const Way&) const = default;
};

// Of equally frequent tokens the one at the last place.
std::string most_frequent(const std::vector<std::string>& tails) {
  std::map<std::string, int> count;
  for (const std::string& tail : tails) ++count[naive_token(tail)];
  return naive_token(*std::max_element(tails.rbegin(), tails.rend(), [&](const auto& a, const auto& b) {
    return count[naive_token(a)] < count[naive_token(b)];
  }));
}

std::vector<Way> naive_descent(std::vector<std::string> tails, std::uint32_t max_lines) {
  std::vector<Way> ways;
  const auto all = static_cast<float>(tails.size());
  std::string said;
  while (!tails.empty()) {
    const std::string token = most_frequent(tails);
    const bool stops = token.empty() || token == "\n";
    if (stops && !ways.empty()) ways.back().whole_line = true;
    if (token == "\n" && !ways.empty()) --max_lines;
    if (token.empty() || (stops && (ways.empty() || max_lines == 0))) break;
    std::erase_if(tails, [&](const std::string& tail) { return naive_token(tail) != token; });
    for (std::string& tail : tails) tail.erase(0, token.size());
    said += token;
    if (!stops) ways.push_back({said, static_cast<float>(tails.size()) / all, false});
  }
  return ways;
}

std::string random_text(std::mt19937& random) {
  constexpr std::string_view kBytes = "aab (\n";
  std::string text;
  for (auto n = random() % 50; n > 0; --n) text += kBytes[random() % kBytes.size()];
  return text;
}

std::string longest(const std::vector<std::string>& texts, std::string_view context) {
  const WorkspaceIndex index = index_of(texts);
  const auto ways = ways_behind(index.suffixes(), context, 1);
  return ways.empty() ? "" : std::string(ways.back().text);
}

}  // namespace

TEST_CASE("the majority's way is the one that counting by hand finds") {
  std::mt19937 random(3);
  std::size_t compared = 0;
  for (int round = 0; round < 4'000; ++round) {
    const WorkspaceIndex index = index_of({random_text(random), random_text(random)});
    const Suffixes all = index.suffixes();
    if (all.starts.empty()) continue;
    const std::uint32_t start = all.starts[random() % all.starts.size()];
    const std::string context(suffix_at(all.text, start).substr(0, 1 + random() % 4));
    const std::uint32_t lines = 1 + static_cast<std::uint32_t>(random() % 3);
    REQUIRE(all.with(context).starts.size() < kMaxVoters);
    std::vector<Way> ways;
    for (const Continuation& way : ways_behind(all, context, lines))
      ways.push_back({std::string(way.text), way.share, way.whole_line});
    REQUIRE(ways == naive_descent(naive_tails(std::string(all.text), context), lines));
    compared += ways.size();
  }
  CHECK(compared > 4'000);
}

TEST_CASE("most places decide, to the end of the line") {
  CHECK(longest({"f(a, b)\nf(a, c)\nf(a, c)\n"}, "f(") == "a, c)");
  CHECK(longest({"f(b)\nf(a)\n"}, "f(") == "a)");
  CHECK(longest({"f(a)\n", "f(b)\n", "f(b)\n"}, "f(") == "b)");
  CHECK(longest({"f(\nf(\nf(a)\n"}, "f(").empty());
  CHECK(longest({"f(a)\n"}, "g").empty());
}

TEST_CASE("a way knows its share, its tokens and whether the line ends there") {
  const WorkspaceIndex index = index_of({"f(a, b)\nf(a, c)\nf(a, c)\nf(d)\n"});
  const auto ways = ways_behind(index.suffixes(), "f(", 1);
  REQUIRE(ways.size() == 4);
  CHECK(ways[0].text == "a");
  CHECK(ways[0].share == 0.75F);
  CHECK(ways[1].whole);  // the last on which most agree
  CHECK(ways[3].share == 0.5F);
  CHECK(ways[3].tokens == 4);
  CHECK(ways[3].whole_line);
  CHECK_FALSE(ways[2].whole_line);
}

TEST_CASE("the place that the cursor is at has no vote") {
  const WorkspaceIndex index = index_of({"f(a)\n"});
  const Suffixes places = index.suffixes().with("f(");
  CHECK(voters_at(places, 2, places.starts[0]).empty());
  CHECK(voters_at(places, 2, places.starts[0] + 1).size() == 1);
}
