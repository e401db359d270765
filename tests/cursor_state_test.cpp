#include "daemon/cursor_state.h"

#include <string>

#include "tests/support/catch.h"

namespace fimd {
namespace {

using namespace std::chrono_literals;

const Cache::Time kNow = Cache::Time() + 1h;

// A document with ^ at the cursor.
CursorState state_of(const std::string& marked) {
  const auto cursor = marked.find('^');
  CursorState state;
  state.document = 1;
  state.text = std::make_shared<Text>(marked.substr(0, cursor) + marked.substr(cursor + 1));
  state.cursor = cursor;
  return state;
}

Cache::TextId keep(Cache& cache, const CursorState& state, std::string_view text) {
  const auto id = cache.put(state.place(), state.suffix(), Cache::Origin::request, kNow);
  cache.append(id, text);
  cache.finish(id, Cache::Ending::whole, kNow);
  return id;
}

// What of `text`, said at `was`, stands before the cursor of `now`, as the document holds it.
std::string typed(const std::string& was, std::string_view text, const std::string& now) {
  Cache cache;
  keep(cache, state_of(was), text);
  const auto state = state_of(now);
  const auto found = cache.find(state.place(), state.suffix(), kNow);
  if (found.hits.empty()) return "nothing found";
  const auto bytes = state.trim_context(found.hits.front()).typed;
  return std::string(state.prefix().substr(state.cursor - bytes));
}

TEST_CASE("what was typed of a text is counted as the document holds it") {
  CHECK(typed("a = ^\n", "one(two);", "a = one(^)\n") == "one(");
  CHECK(typed("f {\n^\n}", "a;\nb;\nc;", "f {\na;\n^\n}") == "a;\n");
  CHECK(typed("f {\r\n^\r\n}", "a;\nb;\nc;", "f {\r\na;\r\n^\r\n}") == "a;\r\n");
  CHECK(typed("f {\r\n  x^\r\n}", " = 1;\n  b;\n  c;", "f {\r\n  x = 1;\r\n  b;\r\n  ^\r\n}") ==
        " = 1;\r\n  b;\r\n  ");
  CHECK(typed("f:\n^\n", "a\n\nb\nc", "f:\na\n    \nb^\n") == "a\n    \nb");
  CHECK(typed("f: ^\n", "\na\nb", "f:\na\n^\n") == "\na\n");
  CHECK(typed("f:^\n", "  \na\nb", "f:\na\n^\n") == "\na\n");
  CHECK(typed("// Grüße ^\n", "🎉\n// an alle\n// hier", "// Grüße 🎉\n// an ^\n") == "🎉\n// an ");
}

TEST_CASE("a line of any length is kept, a piece of it at a time") {
  for (const std::size_t length : {4'095, 4'096, 4'097, 6'143, 6'144, 10'000, 200'000}) {
    INFO(length);
    const std::string line(length, 'x');
    Cache cache;
    const auto id = keep(cache, state_of(line + "^"), "abcdef");
    const auto typed = state_of(line + "^");
    REQUIRE(cache.find(typed.place(), typed.suffix(), kNow).hits.size() == 1);
    CHECK(cache.find(typed.place(), typed.suffix(), kNow).hits.front().id == id);
    const auto other = state_of("y" + line.substr(1) + "^");
    CHECK(cache.find(other.place(), other.suffix(), kNow).hits.empty());
  }
  Cache cache;
  const std::string line(5'000, 'x');
  keep(cache, state_of(line + "^"), "abcdef");
  const auto typed = state_of(line + "abc^");
  REQUIRE(cache.find(typed.place(), typed.suffix(), kNow).hits.size() == 1);
  CHECK(cache.find(typed.place(), typed.suffix(), kNow).hits.front().text == "def");
}

}  // namespace
}  // namespace fimd
