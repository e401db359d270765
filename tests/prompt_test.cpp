#include "daemon/prompt.h"

#include <algorithm>
#include <random>
#include <string>

#include "tests/support/catch.h"

namespace fimd {
namespace {

using namespace std::chrono_literals;

const Prompt::Time kNow{};

std::string numbered_lines(std::size_t count, std::string_view what = "line") {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += std::string(what) + " " + std::to_string(i) + "\n";
  return text;
}

// The request for a document with `^` at the cursor.
CompletionRequest request(Prompt& prompt, std::string_view marked, Prompt::Time now = kNow) {
  const auto prefix = marked.substr(0, marked.find('^'));
  const auto suffix = marked.substr(marked.find('^') + 1);
  prompt.follow(prefix, suffix, now);
  return prompt.request(prefix, "cpp");
}

TEST_CASE("a small document is sent as it is") {
  Prompt prompt("/work", "src/a.cpp");
  const auto sent = request(prompt, "int a;\nint ^\nint c;\n");
  CHECK(sent.prompt == "int a;\nint ");
  CHECK(sent.suffix == "\nint c;\n");
  CHECK(sent.language == "cpp");
  CHECK(sent.stop.empty());
}

TEST_CASE("the rest of the line belongs to the suffix when it is more than closers") {
  Prompt prompt("/work", "a.cpp");
  CHECK(request(prompt, "f(^, b);\nint c;\n").suffix == ", b);\nint c;\n");
  CHECK(request(prompt, "f(^, b);\nint c;\n").stop == std::vector<std::string>{"\n"});
  CHECK(request(prompt, "f(^);\nint c;\n").suffix == "\nint c;\n");
  CHECK(request(prompt, "f(^").suffix.empty());
}

TEST_CASE("the model sees one kind of line end") {
  Prompt prompt("/work", "a.cpp");
  const auto sent = request(prompt, "int a;\r\nint ^ = 1;\r\nint c;\r\n");
  CHECK(sent.prompt == "int a;\nint ");
  CHECK(sent.suffix == " = 1;\nint c;\n");
  CHECK(request(prompt, "old\rmac\r^").prompt == "old\nmac\n");
}

TEST_CASE("the rest of the line and the lines below share one budget") {
  Prompt prompt("/work", "a.cpp");
  const auto below = numbered_lines(1000, "below");
  const auto sent = request(prompt, "f(^" + std::string(1500, 'x') + ";\n" + below).suffix;
  CHECK(sent.starts_with("xxx"));
  CHECK(sent.ends_with("\n"));
  CHECK(sent.size() <= kSuffixBudget);
  CHECK(sent.size() > kSuffixBudget - 20);
  CHECK(request(prompt, "f(^\n" + below).suffix.size() <= kSuffixBudget);
}

TEST_CASE("the cache key names the document, not its text") {
  Prompt a("/work", "a.cpp");
  Prompt b("/work", "b.cpp");
  Prompt elsewhere("/other", "a.cpp");
  const auto key = request(a, "x^").cache_key;
  CHECK(key.size() == 16);
  CHECK(request(a, "y^z\n").cache_key == key);
  CHECK(request(b, "x^").cache_key != key);
  CHECK(request(elsewhere, "x^").cache_key != key);
}

TEST_CASE("typing only adds to the end of the prompt") {
  Prompt prompt("/work", "a.cpp");
  auto prefix = numbered_lines(5000);
  const auto suffix = "\n" + numbered_lines(500, "below");
  auto last = request(prompt, prefix + "^" + suffix);
  std::size_t moves = 0;
  for (int key = 0; key < 6000; ++key) {
    prefix += key % 40 == 39 ? '\n' : 'x';
    const auto next = request(prompt, prefix + "^" + suffix);
    moves += next.prompt.starts_with(last.prompt) ? 0 : 1;
    REQUIRE(next.suffix == last.suffix);
    REQUIRE(next.prompt.size() <= kPrefixBudget);
    REQUIRE(next.prompt.starts_with("line "));
    last = next;
  }
  CHECK(moves <= 2);  // the window holds 3.4 KB more than it starts with
}

TEST_CASE("brackets that the editor closes, and small edits below, keep the suffix") {
  Prompt prompt("/work", "a.cpp");
  const auto below = numbered_lines(40, "below");
  const auto first = request(prompt, "f^\n" + below).suffix;
  CHECK(request(prompt, "f(^)\n" + below).suffix == first);
  CHECK(request(prompt, "f(\"^\")\n" + below).suffix == first);
  CHECK(request(prompt, "f(^);\nbelow 1\n" + below.substr(8)).suffix == first);
  CHECK(request(prompt, "f^\n" + numbered_lines(40, "other")).suffix != first);
}

// What follows the cursor in a source file of 40 lines, and changes that a person makes there meanwhile.
std::string functions(int first, int last) {
  std::string text;
  for (int i = first; i < last; ++i) {
    const auto n = std::to_string(i);
    text += "int area_" + n + "(int width, int height) {\n  return width * height + " + n + ";\n}\n\n";
  }
  return text;
}

std::string replaced(std::string text, std::string_view was, std::string_view now) {
  for (auto at = text.find(was); at != std::string::npos; at = text.find(was, at + now.size()))
    text.replace(at, was.size(), now);
  return text;
}

TEST_CASE("a kept suffix gives way to what contradicts the document") {
  const auto below = functions(0, 10);
  struct Change {
    const char* what;
    std::string now;
  };
  const Change changes[] = {
      {"the function below is deleted", functions(1, 10)},
      {"a function is pasted below", "int volume(int a) {\n  return a * a * a;\n}\n\n" + below},
      {"a function is pasted further below", functions(0, 6) + functions(20, 22) + functions(6, 10)},
      {"all further below is deleted", functions(0, 5)},
      {"a block is moved up", functions(0, 3) + functions(7, 10) + functions(3, 7)},
      {"a name is changed everywhere", replaced(below, "width", "length")},
  };
  for (const auto& [what, now] : changes) {
    Prompt prompt("/work", "a.cpp");
    CHECK(request(prompt, "int a;\n^\n" + below).suffix == "\n" + below);
    INFO(what);
    CHECK(request(prompt, "int a;\nint ^\n" + now, kNow + 1s).suffix == "\n" + now);
  }
}

TEST_CASE("a suffix that is not exact any more is kept for a minute") {
  Prompt prompt("/work", "a.cpp");
  const auto was = functions(0, 10);
  const auto now = replaced(was, "area_1(", "extent(");
  request(prompt, "int ^\n" + was, kNow + 100s);
  request(prompt, "int a^\n" + was, kNow + 150s);
  CHECK(request(prompt, "int ab^\n" + now, kNow + 209s).suffix == "\n" + was);
  CHECK(request(prompt, "int abc^\n" + now, kNow + 210s).suffix == "\n" + now);
  CHECK(request(prompt, "int abcd^\n" + was, kNow + 211s).suffix == "\n" + now);
  CHECK(request(prompt, "int abcde^\n" + now, kNow + 1000s).suffix == "\n" + now);
}

TEST_CASE("a suffix is taken anew where the bytes around it change anyway") {
  const auto was = functions(0, 10);
  const auto now = replaced(was, "area_1(", "extent(");
  const auto above = numbered_lines(5000);
  Prompt moved("/work", "a.cpp");
  request(moved, above + "^\n" + was);
  CHECK(request(moved, above + "a^\n" + now).suffix == "\n" + was);
  CHECK(request(moved, numbered_lines(5000, "other") + "a^\n" + now).suffix == "\n" + now);  // another window
  Prompt in_line("/work", "a.cpp");
  request(in_line, "f(^\n" + was);
  CHECK(request(in_line, "f(^, 1);\n" + now).suffix == ", 1);\n" + now);
  CHECK(request(in_line, "f(a^, 1);\n" + was).suffix == ", 1);\n" + now);
}

TEST_CASE("an edit above the window moves it but does not change it") {
  Prompt prompt("/work", "a.cpp");
  const auto document = numbered_lines(5000);
  const auto before = request(prompt, document + "^").prompt;
  CHECK(request(prompt, "#include <new>\n" + document + "^").prompt == before);
  CHECK(request(prompt, document.substr(document.find('\n') + 1) + "^").prompt == before);
}

TEST_CASE("a change on the window's first line does not start it inside the line") {
  for (const auto* inserted : {"  ", "// ", "x", "\n"}) {
    Prompt prompt("/work", "a.cpp");
    auto document = numbered_lines(5000);
    const auto before = request(prompt, document + "^").prompt;
    document.insert(document.size() - before.size(), inserted);
    const auto sent = request(prompt, document + "^").prompt;
    CHECK(document.ends_with("\n" + sent));
  }
}

TEST_CASE("undo and the same text once more find the same window") {
  Prompt prompt("/work", "a.cpp");
  const auto document = numbered_lines(5000);
  const auto before = request(prompt, document + "^").prompt;
  CHECK(request(prompt, document + "int typed = 1;\n^").prompt == before + "int typed = 1;\n");
  CHECK(request(prompt, document + "^").prompt == before);
  CHECK(request(prompt, numbered_lines(5000, "other") + "^").prompt.starts_with("other "));
  CHECK(request(prompt, "short\n^").prompt == "short\n");
  CHECK(request(prompt, document + "^").prompt.starts_with("line "));
}

// Wherever the cursor goes, in documents with either line end and with lines longer than the window.
TEST_CASE("the window is an end of what precedes the cursor, from a line's start on") {
  std::mt19937 random(7);
  const auto below = [&](std::size_t limit) { return random() % std::max<std::size_t>(limit, 1); };
  for (const std::string_view end : {"\n", "\r\n"}) {
    Prompt prompt("/work", "a.cpp");
    std::string document;
    std::size_t cursor = 0;
    for (int step = 0; step < 3000; ++step) {
      if (below(10) == 0) cursor = below(document.size() + 1);
      if (below(400) == 0) document.clear();
      cursor = std::min(cursor, document.size());
      auto above = below(20) == 0 ? below(cursor) : cursor;
      for (auto* place : {&cursor, &above}) {  // inside a line end there is none
        if (*place > 0 && document.substr(*place - 1, 2) == "\r\n") --*place;
      }
      cursor = std::max(cursor, above);
      auto inserted = std::string(below(30), 'a' + static_cast<char>(below(26))) + std::string(end);
      if (below(40) == 0) inserted.insert(0, below(12'000), 'l');
      document.insert(above, inserted);
      cursor += inserted.size();
      const auto prefix = document.substr(0, cursor);
      const auto sent = request(prompt, prefix + "^" + document.substr(cursor)).prompt;
      auto whole = prefix;
      std::erase(whole, '\r');
      const auto start = whole.size() - sent.size();
      REQUIRE(whole.ends_with(sent));
      REQUIRE(sent.size() <= kPrefixBudget);
      REQUIRE((start > 0 || whole.size() <= kPrefixBudget));
      const bool in_long_line =
          start > 0 && whole.find('\n', start - 1) - whole.rfind('\n', start - 1) > kPrefixBudget / 2;
      REQUIRE((start == 0 || whole[start - 1] == '\n' || in_long_line));
    }
  }
}

TEST_CASE("the window follows a cursor that goes up") {
  Prompt prompt("/work", "a.cpp");
  const auto document = numbered_lines(5000);
  request(prompt, document + "^");
  const auto at = document.find("line 4000\n");
  const auto sent = request(prompt, document.substr(0, at) + "^" + document.substr(at));
  CHECK(sent.prompt.ends_with("line 3999\n"));
  CHECK(sent.prompt.size() > kPrefixBudget / 2);
  CHECK(request(prompt, "^" + document).prompt.empty());
}

TEST_CASE("no character is cut in two") {
  for (const auto* character : {"é", "€", "😀"}) {
    std::string line;
    while (line.size() < 100'000) line += character;
    for (const auto* pad : {"", "a", "ab", "abc"}) {
      Prompt prompt("/work", "a.txt");
      const auto sent = request(prompt, pad + line + "^\n" + pad + line);
      const auto size = std::string_view(character).size();
      REQUIRE(sent.prompt.size() % size == 0);
      REQUIRE(sent.prompt.starts_with(character));
      REQUIRE(sent.suffix.ends_with(character));
    }
  }
}

TEST_CASE("context stands in front, each file under its name") {
  Prompt prompt("/work", "src/a.cpp");
  CHECK(prompt.follow("int a;\n", "", kNow));
  prompt.freeze({{"src/b.cpp", "int b;\n"}, {"src/c.cpp", "int c;\r\n"}}, {{"src/d.cpp", "int d;\n"}}, kNow);
  const auto sent = prompt.request("int a;\n", "cpp");
  CHECK(
      sent.prompt ==
      "+++++ src/b.cpp\nint b;\n+++++ src/c.cpp\nint c;\n+++++ src/d.cpp\nint d;\n+++++ src/a.cpp\nint a;\n");
  CHECK(sent.stop == std::vector<std::string>{"\n+++++ "});
}

TEST_CASE("context keeps to its budget") {
  Prompt prompt("/work", "a.cpp");
  const auto long_text = numbered_lines(1000);
  prompt.freeze({{"b.cpp", long_text}, {"c.cpp", long_text}}, {{"d.cpp", long_text}}, kNow);
  const auto sent = prompt.request("", "cpp").prompt;
  CHECK(sent.size() <= kContextBudget);
  CHECK(sent.size() > kContextBudget * 9 / 10);
  CHECK(sent.find("+++++ d.cpp") != std::string::npos);
}

TEST_CASE("of too many edits the last ones stay, right before the document's own text") {
  Prompt prompt("/work", "a.cpp");
  const auto region = [](char c) { return Snippet{std::string(1, c) + ".cpp", std::string(520, c) + "\n"}; };
  prompt.follow("int a;", "", kNow);
  prompt.freeze({{"z.cpp", "int z;\n"}}, {region('d'), region('e'), region('f')}, kNow);
  CHECK(prompt.request("int a;", "cpp").prompt == "+++++ z.cpp\nint z;\n+++++ e.cpp\n" +
                                                      std::string(520, 'e') + "\n+++++ f.cpp\n" +
                                                      std::string(520, 'f') + "\n+++++ a.cpp\nint a;");
}

TEST_CASE("context is frozen for some seconds") {
  Prompt prompt("/work", "a.cpp");
  CHECK(prompt.follow("a", "\nb", kNow));
  prompt.freeze({}, {}, kNow);
  CHECK_FALSE(prompt.follow("ab", "\nb", kNow + 1s));
  CHECK(prompt.follow("abc", "\nanother", kNow + 2s));
  prompt.freeze({}, {}, kNow + 2s);
  CHECK_FALSE(prompt.follow("abc", "\nanother", kNow + 10s));
  CHECK(prompt.follow("abc", "\nanother", kNow + 60s));
}

}  // namespace
}  // namespace fimd
