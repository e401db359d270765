#include "daemon/context.h"

#include <string>

#include "tests/support/catch.h"

namespace fimd {
namespace {

constexpr std::string_view kQueueUser =
    "void drain(EventQueue& queue, Listener& listener) {\n"
    "  while (auto event = queue.pop_event()) listener.notify(event);\n";

constexpr std::string_view kQueue =
    "class EventQueue {\n"
    "  Event pop_event();\n"
    "  void push_event(Event event);\n"
    "};\n"
    "struct Listener { void notify(Event event); };\n";

constexpr std::string_view kPainter =
    "class Painter {\n  void draw_circle(Point center, float radius);\n};\n";

SourceFile file(std::string_view path, std::string_view text, std::string_view language = "cpp",
                std::uint64_t version = 1) {
  return {path, text, language, version};
}

std::string paths(const std::vector<Snippet>& snippets) {
  std::string list;
  for (const auto& snippet : snippets) list += snippet.path + " ";
  return list;
}

std::string found(const std::vector<SourceFile>& files) {
  SimilarCode similar;
  while (similar.read_on(files)) {
  }
  return paths(similar.find(file("use.cpp", kQueueUser), kQueueUser.size(), files));
}

TEST_CASE("files that share words with the cursor's surroundings are found") {
  CHECK(found({file("paint.h", kPainter), file("queue.h", kQueue)}) == "queue.h ");
  CHECK(found({file("queue.h", kQueue, "c")}) == "queue.h ");
  CHECK(found({file("queue.py", kQueue, "python")}).empty());
  CHECK(found({file("use.cpp", kQueue)}).empty());
  CHECK(found({file("empty.h", "")}).empty());
  CHECK(found({}).empty());
}

TEST_CASE("a copy of the surroundings is left out") {
  CHECK(found({file("copy.cpp", kQueueUser)}).empty());
}

TEST_CASE("words that every file of a language has do not count") {
  struct Case {
    const char* language;
    const char* other;     // shares nothing else with `document`
    const char* document;  // its last line is the cursor's
  };
  const Case cases[] = {
      {"cpp", "class A { void f(auto x) { while (true) return; } };\n", "while (true) return;\nvoid "},
      {"c", "static int f(const char *s) { for (int i = 0; i; i++) return sizeof s; }\n",
       "static unsigned g(const void *p) { return sizeof p;\n"},
      {"typescript", "export async function f(a: string): Promise { const b = await g(); return null; }\n",
       "export async function h(x: string) { const y = await z(); return null;\n"},
      {"javascriptreact", "import React from 'r'; export default class extends Q { }\n",
       "import x from 'y'; export default class extends Z {\n"},
      {"python", "def f(self):\n    for i in range(len(x)):\n        return None\n",
       "def g(self):\n    if not x: raise None\n"},
  };
  for (const auto& [language, other, document] : cases) {
    const std::vector<SourceFile> files = {file("other", other, language)};
    SimilarCode similar;
    while (similar.read_on(files)) {
    }
    INFO(language);
    CHECK(similar.find(file("document", document, language), 0, files).empty());
    const auto named = document + std::string(" EventQueue Listener drain pop_event notify ");
    const auto sharing = other + std::string("\nEventQueue Listener\n");
    const std::vector<SourceFile> telling = {file("telling", sharing, language)};
    while (similar.read_on(telling)) {
    }
    CHECK(paths(similar.find(file("document", named, language), 0, telling)) == "telling ");
  }
}

TEST_CASE("at most four files, the most similar first, one window of each") {
  std::vector<std::string> texts;
  std::vector<std::string> names;
  for (int i = 0; i < 10; ++i) {
    texts.push_back(std::string(kQueue) + "int other_" + std::to_string(i) + std::string(i, 'x') + ";\n");
    for (int j = 0; j < i; ++j) texts.back() += "int filler_" + std::to_string(j) + ";\n";
    names.push_back("q" + std::to_string(i) + ".h");
  }
  std::vector<SourceFile> files;
  for (int i = 9; i >= 0; --i) files.push_back(file(names[i], texts[i]));
  CHECK(found(files) == "q0.h q1.h q2.h q3.h ");
}

TEST_CASE("a snippet is the most similar sixty lines") {
  std::string text;
  for (int i = 0; i < 150; ++i) text += "int filler_" + std::to_string(i) + ";\n";
  text += kQueue;
  for (int i = 150; i < 300; ++i) text += "int filler_" + std::to_string(i) + ";\n";
  SimilarCode similar;
  while (similar.read_on({file("big.h", text)})) {
  }
  const auto snippets = similar.find(file("use.cpp", kQueueUser), kQueueUser.size(), {file("big.h", text)});
  REQUIRE(snippets.size() == 1);
  CHECK(snippets[0].text.find("class EventQueue") != std::string::npos);
  CHECK(std::count(snippets[0].text.begin(), snippets[0].text.end(), '\n') == 60);
}

TEST_CASE("reading is bounded and goes on the next time") {
  SimilarCode similar;
  std::string large(kQueue);
  for (int i = 0; large.size() < 2 * SimilarCode::kReadBytes; ++i)
    large += "int filler_" + std::to_string(i) + ";\n";
  const std::vector<SourceFile> files = {file("a.h", large), file("b.h", kQueue)};
  const auto user = file("use.cpp", kQueueUser);
  const auto find = [&] { return paths(similar.find(user, kQueueUser.size(), files)); };
  CHECK(find() == "");
  CHECK(similar.behind());
  find();
  find();
  CHECK(find() == "b.h a.h ");
  CHECK_FALSE(similar.behind());
}

TEST_CASE("reading ahead reads all of it, in pieces") {
  std::string text(kQueue);
  for (int i = 0; text.size() < 3 * SimilarCode::kLargestFile; ++i)
    text += "int filler_" + std::to_string(i) + ";\n";
  const std::vector<SourceFile> files = {file("a.h", text), file("b.h", kQueue),
                                         file("c.py", kPainter, "python")};
  SimilarCode similar;
  std::size_t pieces = 1;
  while (similar.read_on(files, SimilarCode::kReadBytes)) ++pieces;
  CHECK(pieces >= SimilarCode::kLargestFile / (2 * SimilarCode::kReadBytes));
  CHECK(paths(similar.find(file("use.cpp", kQueueUser), kQueueUser.size(), files)) == "b.h a.h ");
  CHECK_FALSE(similar.behind());
}

TEST_CASE("a file is read again when its version changes") {
  SimilarCode similar;
  const auto user = file("use.cpp", kQueueUser);
  CHECK(similar.find(user, 0, {file("a.h", kPainter)}).empty());
  CHECK(paths(similar.find(user, 0, {file("a.h", kQueue, "cpp", 2)})) == "a.h ");
  similar.forget("a.h");
  CHECK(similar.find(user, 0, {file("a.h", kPainter, "cpp", 2)}).empty());
}

TEST_CASE("huge lines cost nothing extra") {
  const std::string huge(10'000'000, 'x');
  CHECK(found({file("huge.h", huge), file("queue.h", kQueue)}) == "queue.h ");
  SimilarCode similar;
  CHECK(similar.find(file("huge.cpp", huge), huge.size() / 2, {file("queue.h", kQueue)}).empty());
}

TEST_CASE("what a query compares is bounded") {
  std::string user;
  for (int i = 0; i < 1000; ++i) user += "word_" + std::to_string(i) + (i % 25 == 24 ? "\n" : " ");
  std::string copies;
  while (copies.size() < SimilarCode::kLargestFile) copies += user;
  const auto part = user.substr(0, user.size() / 4);
  std::vector<std::string> names;
  for (int i = 0; i < 19; ++i) names.push_back("copy" + std::to_string(i) + ".h");
  std::vector<SourceFile> files = {file("part.h", part)};
  for (const auto& name : names) files.push_back(file(name, copies));
  const auto found = [&] {
    SimilarCode similar;
    while (similar.read_on(files)) {
    }
    return paths(similar.find(file("use.cpp", user), user.size(), files));
  };
  CHECK(found() == "part.h ");
  std::swap(files.front(), files.back());
  CHECK(found().empty());
}

Text numbered(std::size_t lines) {
  std::string text;
  for (std::size_t i = 0; i < lines; ++i) text += "line " + std::to_string(i) + "\n";
  return Text(text);
}

TEST_CASE("edits are remembered with the lines around them") {
  RecentEdits edits;
  edits.edited("a.cpp", numbered(100), 50);
  const auto away = edits.away_from("b.cpp", 0);
  REQUIRE(away.size() == 1);
  CHECK(away[0].path == "a.cpp");
  CHECK(away[0].text.starts_with("line 45\n"));
  CHECK(away[0].text.ends_with("line 54\n"));
}

TEST_CASE("edits near the cursor are in the prompt anyway") {
  RecentEdits edits;
  edits.edited("a.cpp", numbered(400), 10);
  edits.edited("a.cpp", numbered(400), 300);
  CHECK(edits.away_from("a.cpp", 12).size() == 1);
  CHECK(edits.away_from("a.cpp", 150).size() == 2);
  CHECK(edits.away_from("b.cpp", 10).size() == 2);
}

TEST_CASE("edits near each other are one, the last eight stay, a closed document's go") {
  RecentEdits edits;
  for (std::size_t line = 0; line < 8; ++line) edits.edited("a.cpp", numbered(100), line);
  CHECK(edits.away_from("b.cpp", 0).size() == 1);
  for (int i = 0; i < 20; ++i) edits.edited("f" + std::to_string(i), numbered(10), 0);
  CHECK(edits.away_from("b.cpp", 0).size() == RecentEdits::kMostEdits);
  CHECK(edits.away_from("b.cpp", 0).back().path == "f19");
  edits.forget("f19");
  CHECK(edits.away_from("b.cpp", 0).back().path == "f18");
}

}  // namespace
}  // namespace fimd
