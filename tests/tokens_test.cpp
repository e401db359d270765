#include "predictor/tokens.h"

#include <string>
#include <vector>

#include "tests/support/catch.h"

using namespace fimd;

namespace {

using Tokens = std::vector<std::string>;

Tokens tokens(std::string_view line) {
  Tokens found;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t end = token_end(line, at);
    REQUIRE(end > at);
    found.emplace_back(line.substr(at, end - at));
    at = end;
  }
  return found;
}

Tokens lines(std::string_view text) {
  Tokens found;
  while (!text.empty()) found.emplace_back(take_line(text));
  return found;
}

}  // namespace

TEST_CASE("a token is a word or a symbol with the blanks before it") {
  CHECK(tokens("") == Tokens{});
  CHECK(tokens("a = b2(c_d);") == Tokens{"a", " =", " b2", "(", "c_d", ")", ";"});
  CHECK(tokens("x \t y  ") == Tokens{"x", " \t y", "  "});
  CHECK(tokens("größe->n") == Tokens{"größe", "-", ">", "n"});
  CHECK(tokens(std::string_view("a\0b", 3)) == Tokens{"a", std::string(1, '\0'), "b"});
}

TEST_CASE("long runs are cut between characters") {
  CHECK(tokens(std::string(130, 'x')) == Tokens{std::string(64, 'x'), std::string(64, 'x'), "xx"});
  CHECK(tokens("x" + std::string(32, 'a') + "\u00e9" + std::string(30, 'a')).front().size() == 64);
  CHECK(tokens(std::string(63, 'x') + "\u00e9").front() == std::string(63, 'x'));
  CHECK(tokens(std::string(200, '\x80')).size() >= 4);
  CHECK(tokens(std::string(100, ' ') + "x") == Tokens{std::string(64, ' '), std::string(36, ' ') + "x"});
}

TEST_CASE("every kind of line end ends a line") {
  CHECK(lines("a\nb") == Tokens{"a", "b"});
  CHECK(lines("a\r\nb\r") == Tokens{"a", "", "b"});
  CHECK(lines("\n\nx") == Tokens{"", "", "x"});
}
