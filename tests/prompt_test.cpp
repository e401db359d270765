#include "daemon/prompt.h"

#include <string>

#include "daemon/prompts.h"

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
  return prompt.request(prefix, suffix, "cpp");
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

TEST_CASE("an edit above the window moves it but does not change it") {
  Prompt prompt("/work", "a.cpp");
  const auto document = numbered_lines(5000);
  const auto before = request(prompt, document + "^").prompt;
  CHECK(request(prompt, "#include <new>\n" + document + "^").prompt == before);
  CHECK(request(prompt, document.substr(document.find('\n') + 1) + "^").prompt == before);
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
  const auto sent = prompt.request("int a;\n", "", "cpp");
  CHECK(
      sent.prompt ==
      "+++++ src/b.cpp\nint b;\n+++++ src/c.cpp\nint c;\n+++++ src/d.cpp\nint d;\n+++++ src/a.cpp\nint a;\n");
  CHECK(sent.stop == std::vector<std::string>{"\n+++++ "});
}

TEST_CASE("context keeps to its budget") {
  Prompt prompt("/work", "a.cpp");
  const auto long_text = numbered_lines(1000);
  prompt.freeze({{"b.cpp", long_text}, {"c.cpp", long_text}}, {{"d.cpp", long_text}}, kNow);
  const auto sent = prompt.request("", "", "cpp").prompt;
  CHECK(sent.size() <= kContextBudget);
  CHECK(sent.size() > kContextBudget * 9 / 10);
  CHECK(sent.find("+++++ d.cpp") != std::string::npos);
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
TEST_CASE("prompts: two documents of one path are read once, and reading ahead ends") {
  std::string code;
  for (int i = 0; code.size() < 25'000; ++i) code += "call_number_" + std::to_string(i) + "();\n";
  Documents documents;
  documents.open({"file:///w/a.cpp", "cpp", 5, code});
  documents.open({"untitled:/w/a.cpp", "cpp", 1, code + code});
  documents.open({"file:///w/b.cpp", "cpp", 1, code});
  const Privacy privacy;
  Prompts prompts(documents, privacy);
  int pieces = 1;
  while (prompts.read_ahead() && pieces < 100) ++pieces;
  CHECK(pieces < 10);
}

TEST_CASE("prompts: a document that shrinks without a new version is read anew") {
  const auto lines = [](int count) {
    std::string text;
    for (int i = 0; i < count; ++i)
      text += (i < 1'000 ? "  other_" : "  number_") + std::to_string(i % 50) + "();\n";
    return text;
  };
  Documents documents;
  documents.open({"file:///w/a.cpp", "cpp", 1, lines(2'000)});
  std::string near;  // like the end of the other one
  for (int i = 0; i < 20; ++i) near += "  number_" + std::to_string(i) + "();\n";
  documents.open({"file:///w/b.cpp", "cpp", 1, near});
  const Privacy privacy;
  Prompts prompts(documents, privacy);
  CursorState state;
  state.document = document_id("file:///w/b.cpp");
  state.text = documents.snapshot("file:///w/b.cpp")->text;
  state.cursor = state.text->size();
  state.language = "cpp";
  while (prompts.read_ahead()) {
  }
  DidChangeParams shrunk;
  shrunk.uri = "file:///w/a.cpp";
  shrunk.version = 1;
  shrunk.contentChanges.push_back({std::nullopt, std::nullopt, lines(3)});
  documents.change(shrunk, PositionEncoding::utf8);
  CHECK_NOTHROW(prompts.request("file:///w/b.cpp", state, {}));
}

}  // namespace fimd
