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

TEST_CASE("only closers may stand after the cursor") {
  for (const auto* rest : {"", "  ", ")", "\")", ");", "]) {", "});", "`,", ">", "'):", " }", "})"})
    CHECK(only_closers(rest));
  for (const auto* rest : {"x", ") + 1", "(", ";;", "} else {", ");  // why", "é"})
    CHECK_FALSE(only_closers(rest));
}

TEST_CASE("an auto-closed bracket is the same place") {
  CHECK(same("\nint b;\n", ")\nint b;\n"));
  CHECK(same(")\nint b;\n", "\")\nint b;\n"));
  CHECK(same(" {}\nint b;\n", " {}\nint b;\n"));
  CHECK(same("}\nint b;\n", "\n}\nint b;\n"));
  CHECK(same("\r\nint b;\r\n", "\nint b;\n"));
  CHECK(same("\n\n  int b;\n", "\nint b;\n"));
  CHECK(same("", "\n}\n"));
}

TEST_CASE("another rest of line, or other code below, is another place") {
  CHECK_FALSE(same("\nint b;\n", " + 1;\nint b;\n"));
  CHECK_FALSE(same("\nint b;\n", "\nreturn a;\n"));
  CHECK_FALSE(same("\nint b;\n", ""));
}

TEST_CASE("one edited token in fifty is the same place") {
  auto below = numbered_lines(12);
  const auto before = "\n" + below;
  below.replace(below.find("value"), 5, "count");
  CHECK(same(before, "\n" + below));
  CHECK(same(before, "\n" + numbered_lines(11)));
}

TEST_CASE("suffixes are similar by their first fifty tokens") {
  const auto text = numbered_lines(30);
  CHECK(suffixes_similar(text, text + "anything"));
  CHECK(suffixes_similar("  a b c", "a\nb c"));
  CHECK(suffixes_similar("", " \n"));
  CHECK_FALSE(suffixes_similar("", "a"));
  CHECK_FALSE(suffixes_similar(text, "}\n" + text));
  CHECK_FALSE(suffixes_similar(text, "call(other, thing, 1);\n"));
}

TEST_CASE("a huge suffix costs no more than a small one") {
  const std::string line(10'000'000, 'x');
  CHECK(same(line, line));
  CHECK(suffixes_similar(line, line + "y"));
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
