#include "daemon/suffix.h"

#include <string>

#include "daemon/tokens.h"
#include "tests/support/catch.h"

namespace fimd {
namespace {

bool same(std::string_view was, std::string_view now) {
  return same_place(suffix_anchor(was), suffix_anchor(now));
}

std::string numbered_lines(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += "call(value, " + std::to_string(i) + ");\n";
  return text;
}

// Lines of this project, split at a cursor.
TEST_CASE("only closers may stand after the cursor") {
  for (const auto* rest : {"",        // a line's end
                           "  ",      // blanks that an editor left there
                           ")",       // if (first_tokens(^)
                           "\")",     // #include "daemon/^"), f("^")
                           ");",      // lines.push_back(^);
                           "]) {",    // if (is_word(text[^]) {
                           "});",     // describe("trim", () => {^});
                           "`,",      // log(`^`,
                           ">",       // std::vector<^>
                           "'):",     // if name.startswith('^'):
                           " }",      // import { ^ } from
                           "})",      // f({^})
                           "))) {",   // while (!(a && (b || f(^))) {
                           "\";"}) {  // const auto* name = "^";
    INFO(rest);
    CHECK(only_closers(rest));
  }
  for (const auto* rest : {"x",           // ^x = 1
                           ") + 1",       // size(^) + 1
                           "(",           // f^(
                           ";;",          // for (^;;)
                           "} else {",    // ^} else {
                           ");  // why",  // f(^);  // why
                           "é",           // a word, too
                           " = {",        // const options^ = {
                           ", b);",       // f(^, b);
                           ") -> None:",  // def f(^) -> None:
                           ") const {",   // view(^) const {
                           "</div>"}) {   // <div>^</div>
    INFO(rest);
    CHECK_FALSE(only_closers(rest));
  }
}

TEST_CASE("an auto-closed bracket is the same place") {
  CHECK(same("\nint b;\n", ")\nint b;\n"));
  CHECK(same(")\nint b;\n", "\")\nint b;\n"));
  CHECK(same(" {}\nint b;\n", " {}\nint b;\n"));
  CHECK(same("}\nint b;\n", "\n}\nint b;\n"));
  CHECK(same("\r\nint b;\r\n", "\nint b;\n"));
  CHECK(same("\n\n  int b;\n", "\nint b;\n"));
  CHECK(same("", "\n}\n"));
  CHECK(same("\n  return tokens;\n}\n", "]);\n  return tokens;\n}\n"));
  CHECK(same("\n\n    def close(self):\n", ")\n\n    def close(self):\n"));
  CHECK(same("\nexport function activate() {\n", "\n});\n\nexport function activate() {\n"));
  CHECK(same("\n  } else if (read) {\n", " {\n  } else if (read) {\n"));
}

TEST_CASE("another rest of line, or other code below, is another place") {
  CHECK_FALSE(same("\nint b;\n", " + 1;\nint b;\n"));
  CHECK_FALSE(same("\nint b;\n", "\nreturn a;\n"));
  CHECK_FALSE(same("\nint b;\n", ""));
  CHECK_FALSE(same(", now);\n  return kept;\n", ");\n  return kept;\n"));
  CHECK_FALSE(same("\n  return kept;\n", "\n  if (!kept) return;\n  return kept;\n"));
  CHECK_FALSE(same(" from 'vscode';\n", "\n"));
  CHECK_FALSE(same("\n        return None\n", "\n    def next(self):\n        return None\n"));
}

TEST_CASE("one edited token in fifty is the same place") {
  auto below = numbered_lines(12);
  const auto before = "\n" + below;
  below.replace(below.find("value"), 5, "count");
  CHECK(same(before, "\n" + below));
  CHECK(same(before, "\n" + numbered_lines(11)));
}

// What stood below the cursor, and what stands there after a change that a person or an editor made.
constexpr std::string_view kCpp =
    "  std::size_t used = 0;\n"
    "  for (const auto& snippet : snippets) {\n"
    "    used += snippet.text.size();\n"
    "    if (limit < used) break;\n"
    "    blocks.push_back(block(snippet, limit - used));\n"
    "  }\n"
    "  return blocks;\n"
    "}\n";
constexpr std::string_view kScript =
    "export async function activate(context: ExtensionContext): Promise<void> {\n"
    "  const status = window.createStatusBarItem(StatusBarAlignment.Right, 100);\n"
    "  context.subscriptions.push(status, commands.registerCommand('fimd.restart', restart));\n"
    "  await client.start();\n"
    "}\n";
constexpr std::string_view kPython =
    "    def read_message(self):\n"
    "        header = self.pipe.readline()\n"
    "        if not header.startswith(b'Content-Length: '):\n"
    "            raise ValueError(header)\n"
    "        length = int(header.split(b':')[1])\n"
    "        self.pipe.readline()\n"
    "        return json.loads(self.pipe.read(length))\n";

std::string with(std::string_view text, std::string_view was, std::string_view now) {
  std::string changed(text);
  changed.replace(changed.find(was), was.size(), now);
  return changed;
}

TEST_CASE("suffixes are similar by their first fifty tokens") {
  const auto text = numbered_lines(30);
  CHECK(suffixes_similar(text, text + "anything"));
  CHECK(suffixes_similar("  a b c", "a\nb c"));
  CHECK(suffixes_similar("", " \n"));
  CHECK(suffixes_similar(kCpp, with(kCpp, "used = 0", "spent = 0")));
  CHECK(suffixes_similar(kCpp, with(kCpp, "limit < used", "limit <= used")));
  CHECK(suffixes_similar(kCpp, with(kCpp, "return blocks", "return std::move(blocks)")));  // beyond the fifty
  CHECK(suffixes_similar(kScript, with(kScript, "Promise<void>", "Promise<boolean>")));
  CHECK(suffixes_similar(kScript, "\n\n" + with(kScript, "  const", "\tconst")));
  CHECK(suffixes_similar(kPython, with(kPython, "header = ", "header: bytes = ")));
  CHECK(suffixes_similar(kPython, with(kPython, "(header)\n", "(header)\r\n")));
}

TEST_CASE("suffixes are not similar when they start with another token, or a tenth of them differs") {
  const auto text = numbered_lines(30);
  CHECK_FALSE(suffixes_similar("", "a"));
  CHECK_FALSE(suffixes_similar(text, "}\n" + text));
  CHECK_FALSE(suffixes_similar(text, "call(other, thing, 1);\n"));
  CHECK_FALSE(suffixes_similar("  return 1;\n}\n", "  return 2;\n}\n"));
  CHECK_FALSE(suffixes_similar(kCpp, with(kCpp, "  std::size_t used = 0;\n", "")));
  CHECK_FALSE(suffixes_similar(kCpp, with(kCpp, "    used += snippet.text.size();\n", "")));
  CHECK_FALSE(suffixes_similar(kScript, "import * as path from 'path';\n" + std::string(kScript)));
  CHECK_FALSE(suffixes_similar(kScript, with(kScript, "export async ", "")));
  CHECK_FALSE(suffixes_similar(kPython, "    @property\n" + std::string(kPython)));
  CHECK_FALSE(suffixes_similar(kPython, with(kPython, "            raise ValueError(header)\n", "")));
}

TEST_CASE("lines that changed are counted over the whole suffix") {
  CHECK(lines_changed("", "") == 0);
  CHECK(lines_changed(kCpp, kCpp) == 0);
  CHECK(lines_changed(kCpp, with(kCpp, "return blocks;\n", "return blocks; \r\n\n\n")) == 0);
  CHECK(lines_changed(kCpp, with(kCpp, "return blocks", "return {}")) == 1);
  CHECK(lines_changed(kPython, with(kPython, "        self.pipe.readline()\n", "")) == 1);
  CHECK(lines_changed(kPython, with(kPython, "            raise", "        raise")) == 1);
  CHECK(lines_changed(kScript, "import * as path from 'path';\n\n" + std::string(kScript)) == 1);
  CHECK(lines_changed(kScript, with(with(kScript, "100", "99"), "start", "run")) == 2);
  CHECK(lines_changed(kCpp, "") == 8);
  CHECK(lines_changed("", kPython) == 7);
  CHECK(lines_changed(std::string(kCpp) + std::string(kScript), std::string(kScript) + std::string(kCpp)) ==
        10);
}

TEST_CASE("a huge suffix costs no more than a small one") {
  const std::string line(10'000'000, 'x');
  CHECK(same(line, line));
  CHECK(suffixes_similar(line, line + "y"));
  std::string lines;
  while (lines.size() < 1'000'000) lines += "x\n";
  CHECK(lines_changed(lines, lines + "y\n") == 0);  // of so many, the first
}

TEST_CASE("tokens are words or single bytes") {
  std::string_view text = "  größe_1 += f(0x1F);\r\n\t";
  std::string seen;
  for (auto token = next_token(text); !token.empty(); token = next_token(text))
    seen += std::string(token) + "|";
  CHECK(seen == "größe_1|+|=|f|(|0x1F|)|;|");
}

}  // namespace
}  // namespace fimd
