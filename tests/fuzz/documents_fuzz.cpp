// Any edits to any bytes leave the same lines and hashes as reading the result anew, and every position lands
// inside.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "daemon/text.h"

using namespace fimd;

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

// Hands out the input piece by piece; zeros and empty text after its end.
class Input {
 public:
  Input(const std::uint8_t* bytes, std::size_t size) : rest_(reinterpret_cast<const char*>(bytes), size) {}
  bool empty() const { return rest_.empty(); }
  std::uint8_t number() { return rest_.empty() ? 0 : static_cast<std::uint8_t>(text(1).front()); }
  Position position() {
    const std::uint8_t line = number();
    return {line, number()};
  }
  std::string_view text(std::size_t size) {
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(taken.size());
    return taken;
  }

 private:
  std::string_view rest_;
};

void check_positions(const Text& text, const Position& position, PositionEncoding encoding) {
  const Offset offset = text.offset_at(position, encoding);
  require(offset <= text.size());
  require(text.offset_at(text.position_at(offset, encoding), encoding) == offset);
}

void check_lines(const Text& text) {
  const Text anew{std::string(text.view())};
  require(text.line_count() == anew.line_count());
  for (std::size_t line = 0; line <= text.line_count(); ++line) {
    require(text.line_start(line) == anew.line_start(line));
    require(text.hash_above(line) == anew.hash_above(line));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  Input input(bytes, size);
  const auto encoding = static_cast<PositionEncoding>(input.number() % 3);
  Text text{std::string(input.text(input.number()))};
  while (!input.empty()) {
    const Offset begin = text.offset_at(input.position(), encoding);
    const Offset end = text.offset_at(input.position(), encoding);
    const std::string_view with = input.text(input.number() % 16);
    if (input.number() % 2 == 0) text.hash_above(input.number());  // so that old hashes are there to go stale
    std::string expected(text.view());
    if (begin <= end) {
      expected.replace(begin, end - begin, with);
      text.replace(begin, end, with);
    }
    require(text.view() == expected);
    check_lines(text);
    check_positions(text, input.position(), encoding);
  }
  return 0;
}
