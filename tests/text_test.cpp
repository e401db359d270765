#include "daemon/text.h"

#include <algorithm>
#include <random>
#include <utility>

#include "daemon/line_hash.h"
#include "tests/support/catch.h"

using namespace fimd;

namespace {

constexpr auto kUtf8 = PositionEncoding::utf8;
constexpr auto kUtf16 = PositionEncoding::utf16;
constexpr auto kUtf32 = PositionEncoding::utf32;

// "a", e acute (2 bytes), a euro sign (3 bytes), a rocket (4 bytes, a surrogate pair), "z".
const std::string kMixed = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x9A\x80z";

Offset offset(const std::string& text, Position position, PositionEncoding encoding = kUtf16) {
  return Text(text).offset_at(position, encoding);
}

Position position(const std::string& text, Offset offset, PositionEncoding encoding = kUtf16) {
  return Text(text).position_at(offset, encoding);
}

std::vector<std::string> lines(const Text& text) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < text.line_count(); ++i) all.emplace_back(text.line(i));
  return all;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("lines end at LF, CRLF or CR") {
  CHECK(lines(Text("")) == Lines{""});
  CHECK(lines(Text("a")) == Lines{"a"});
  CHECK(lines(Text("a\n")) == Lines{"a", ""});
  CHECK(lines(Text("a\r\nb\rc\nd")) == Lines{"a", "b", "c", "d"});
  CHECK(lines(Text("\r\r\n\n\r")) == Lines{"", "", "", "", ""});
  CHECK(Text("a\nb").line(2) == "");
  CHECK(Text("a\nb").line_start(2) == 3);
}

TEST_CASE("a position becomes an offset") {
  CHECK(offset("ab\ncd", {0, 0}) == 0);
  CHECK(offset("ab\ncd", {1, 1}) == 4);
  CHECK(offset("ab\r\ncd", {0, 2}) == 2);

  CHECK(offset(kMixed, {0, 6}, kUtf8) == 6);
  CHECK(offset(kMixed, {0, 3}, kUtf16) == 6);
  CHECK(offset(kMixed, {0, 5}, kUtf16) == 10);
  CHECK(offset(kMixed, {0, 3}, kUtf32) == 6);
  CHECK(offset(kMixed, {0, 4}, kUtf32) == 10);
}

TEST_CASE("what is out of range is clamped") {
  CHECK(offset("ab\ncd", {2, 0}) == 5);
  CHECK(offset("ab\ncd", {4294967295U, 4294967295U}) == 5);
  CHECK(offset("ab\ncd", {0, 99}) == 2);
  CHECK(offset("ab\r\ncd", {0, 3}) == 2);
  CHECK(offset("ab\rcd", {0, 3}, kUtf8) == 2);
  CHECK(offset("", {0, 1}) == 0);
  CHECK(position("ab\ncd", 99) == Position{1, 2});
}

TEST_CASE("the inside of a character is its start") {
  CHECK(offset(kMixed, {0, 2}, kUtf8) == 1);
  CHECK(offset(kMixed, {0, 9}, kUtf8) == 6);
  CHECK(offset(kMixed, {0, 4}, kUtf16) == 6);
  CHECK(position(kMixed, 8, kUtf8) == Position{0, 6});
  CHECK(position(kMixed, 8, kUtf16) == Position{0, 3});
  CHECK(position(kMixed, 5, kUtf32) == Position{0, 2});
}

TEST_CASE("an offset becomes a position") {
  CHECK(position("ab\ncd", 3) == Position{1, 0});
  CHECK(position("ab\r\ncd", 3) == Position{0, 2});
  CHECK(position("ab\r", 3) == Position{1, 0});
  CHECK(position(kMixed, 10, kUtf8) == Position{0, 10});
  CHECK(position(kMixed, 10, kUtf16) == Position{0, 5});
  CHECK(position(kMixed, 10, kUtf32) == Position{0, 4});
}

TEST_CASE("long lines are walked in blocks") {
  std::string line;
  for (int i = 0; i < 500; ++i) line += kMixed;
  for (const auto encoding : {kUtf8, kUtf16, kUtf32}) {
    const Text text(line);
    for (Offset at = 0; at <= line.size(); at += kMixed.size()) {
      CHECK(text.offset_at(text.position_at(at, encoding), encoding) == at);
    }
  }
  CHECK(Text(line).offset_at({0, 6 * 100 + 4}, kUtf16) == kMixed.size() * 100 + 6);
}

TEST_CASE("bytes that are not UTF-8 do no harm") {
  const std::string broken = "\x80\xBF\xFF\xF0\x9F\n\xC3";
  for (const auto encoding : {kUtf8, kUtf16, kUtf32}) {
    for (std::uint32_t character = 0; character < 9; ++character) {
      CHECK(offset(broken, {0, character}, encoding) <= 5);
      CHECK(offset(broken, {1, character}, encoding) >= 6);
    }
    for (Offset at = 0; at < 9; ++at) CHECK(position(broken, at, encoding).line <= 1);
  }
}

TEST_CASE("an edit keeps the lines right") {
  const auto edited = [](std::string before, Offset begin, Offset end, std::string_view with) {
    Text text(std::move(before));
    text.replace(begin, end, with);
    CHECK(lines(text) == lines(Text(std::string(text.view()))));
    return std::string(text.view());
  };
  CHECK(edited("ab\ncd", 1, 4, "") == "ad");
  CHECK(edited("ab\ncd", 0, 0, "x\ny\r\n") == "x\ny\r\nab\ncd");
  CHECK(edited("a\rb", 2, 2, "\n") == "a\r\nb");    // joins CR and LF
  CHECK(edited("a\r\nb", 2, 2, "x") == "a\rx\nb");  // parts them
  CHECK(edited("a\r\nb", 2, 3, "") == "a\rb");
  CHECK(edited("a\nb", 1, 1, "\r") == "a\r\nb");
  CHECK(edited("a\rx\nb", 2, 3, "") == "a\r\nb");
  CHECK(edited("a", 1, 1, "\r") == "a\r");
  CHECK(edited("\n", 0, 1, "") == "");
  CHECK(edited("abc", 2, 99, "z") == "abz");
}

TEST_CASE("the hash above a line follows the lines above it, and nothing else") {
  const auto hash = [](const std::string& text, std::size_t line) { return Text(text).hash_above(line); };
  CHECK(hash("a\nb\nc", 0) == hash("x", 0));
  CHECK(hash("a\nb\nc", 2) == hash("a\nb\nxyz", 2));
  CHECK(hash("a\nb\nc", 2) == hash("a\r\nb\r\nc", 2));
  CHECK(hash("a\nb\nc", 2) != hash("a\nB\nc", 2));
  CHECK(hash("a\nb\nc", 1) != hash("a\nb\nc", 2));
  CHECK(hash("a\nb", 2) == chain(chain(0, "a"), "b"));
  CHECK(hash("a\nb", 99) == hash("a\nb", 2));
}

// The reference is as plain as can be: the text is an array of code points, lines are found anew for each
// question.
namespace {

struct Reference {
  std::u32string text;

  static std::string encoded(std::u32string_view text);
  static std::size_t units(char32_t c, PositionEncoding encoding) {
    if (encoding == kUtf32) return 1;
    if (encoding == kUtf16) return c > 0xFFFF ? 2 : 1;
    return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  }

  // Begin and end (before the line's end) of every line.
  std::vector<std::pair<std::size_t, std::size_t>> lines() const {
    std::vector<std::pair<std::size_t, std::size_t>> found;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] != U'\n' && text[i] != U'\r') continue;
      found.emplace_back(begin, i);
      if (text[i] == U'\r' && i + 1 < text.size() && text[i + 1] == U'\n') ++i;
      begin = i + 1;
    }
    found.emplace_back(begin, text.size());
    return found;
  }

  std::size_t index_of(Position position, PositionEncoding encoding) const {
    const auto all = lines();
    if (position.line >= all.size()) return text.size();
    auto [at, end] = all[position.line];
    std::size_t left = position.character;
    while (at < end && units(text[at], encoding) <= left) left -= units(text[at++], encoding);
    return at;
  }
};

std::string Reference::encoded(std::u32string_view text) {
  std::string utf8;
  for (const char32_t c : text) {
    const std::size_t length = units(c, kUtf8);
    if (length == 1) {
      utf8 += static_cast<char>(c);
      continue;
    }
    utf8 += static_cast<char>((0xF00U >> length) | (c >> (6 * (length - 1))));
    for (std::size_t k = length - 1; k-- > 0;) utf8 += static_cast<char>(0x80 | ((c >> (6 * k)) & 0x3F));
  }
  return utf8;
}

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  std::size_t below(std::size_t bound) { return engine_() % bound; }
  Position position() {
    return Position{static_cast<std::uint32_t>(below(9)), static_cast<std::uint32_t>(below(9))};
  }
  std::u32string text() {
    static const std::u32string kAlphabet = {U'a',  U'b',      U' ',      U'\n',        U'\r',
                                             U'\0', U'\u00E9', U'\uFFFD', U'\U0001F680'};
    std::u32string drawn;
    for (std::size_t length = below(7); length-- > 0;) {
      if (below(6) == 0) drawn += U"\r\n";
      drawn += kAlphabet[below(kAlphabet.size())];
    }
    return drawn;
  }

 private:
  std::mt19937 engine_;
};

void check_same(const Text& text, const Reference& reference, PositionEncoding encoding) {
  REQUIRE(text.view() == Reference::encoded(reference.text));
  const auto expected = reference.lines();
  REQUIRE(text.line_count() == expected.size());
  std::uint64_t hash = 0;
  for (std::size_t line = 0; line < expected.size(); ++line) {
    const auto [begin, end] = expected[line];
    REQUIRE(text.line(line) == Reference::encoded(reference.text.substr(begin, end - begin)));
    REQUIRE(text.hash_above(line) == hash);
    hash = chain(hash, text.line(line));
  }
  for (std::uint32_t line = 0; line <= expected.size(); ++line) {
    for (std::uint32_t character = 0; character < 8; ++character) {
      const std::size_t index = reference.index_of({line, character}, encoding);
      const Offset offset = text.offset_at({line, character}, encoding);
      REQUIRE(offset == Reference::encoded(reference.text.substr(0, index)).size());
      REQUIRE(text.offset_at(text.position_at(offset, encoding), encoding) == offset);
    }
  }
}

}  // namespace

TEST_CASE("random edits give what the plain reference gives") {
  for (const auto encoding : {kUtf8, kUtf16, kUtf32}) {
    for (unsigned seed = 0; seed < 25; ++seed) {
      Dice dice(seed);
      Reference reference{dice.text()};
      Text text(Reference::encoded(reference.text));
      for (int edit = 0; edit < 30; ++edit) {
        const Position from = dice.position();
        const Position to = dice.position();
        const auto [first, last] =
            std::minmax({reference.index_of(from, encoding), reference.index_of(to, encoding)});
        const auto [begin, end] = std::minmax({text.offset_at(from, encoding), text.offset_at(to, encoding)});
        const std::u32string with = dice.text();
        reference.text.replace(first, last - first, with);
        text.replace(begin, end, Reference::encoded(with));
        CAPTURE(seed, edit);
        check_same(text, reference, encoding);
      }
    }
  }
}
