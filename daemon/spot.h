// A cursor position that is recognised again while the user types on. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/text.h"

namespace fimd {

struct Spot {
  std::size_t line = 0;
  std::uint64_t above = 0;  // Text::hash_above(line)
  std::string before;       // bytes of the line up to the cursor
};

Spot spot_at(const Text& text, Offset cursor);

// What stands between the spot and the cursor, with "\n" line ends: what was typed or accepted since. Nothing
// when the cursor is before the spot or the text before the spot has changed.
std::optional<std::string> typed_since(const Spot& spot, const Text& text, Offset cursor);

// Whether one of the two starts with the other: as long as it holds, what was typed may become what was
// expected.
bool agree(std::string_view typed, std::string_view expected);

}  // namespace fimd
