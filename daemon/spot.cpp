#include "daemon/spot.h"

#include <algorithm>

namespace fimd {

Spot spot_at(const Text& text, Offset cursor) {
  const auto line = text.line_of(cursor);
  const auto start = text.line_start(line);
  return {line, text.hash_above(line), std::string(text.view().substr(start, cursor - start))};
}

std::optional<std::string> typed_since(const Spot& spot, const Text& text, Offset cursor) {
  const auto start = text.line_start(spot.line);
  if (text.line_count() <= spot.line || cursor < start + spot.before.size()) return std::nullopt;
  const auto since = text.view().substr(start, cursor - start);
  if (!since.starts_with(spot.before) || text.hash_above(spot.line) != spot.above) return std::nullopt;
  std::string typed(since.substr(spot.before.size()));
  std::erase(typed, '\r');
  return typed;
}

bool agree(std::string_view typed, std::string_view expected) {
  const auto shared = std::min(typed.size(), expected.size());
  return typed.substr(0, shared) == expected.substr(0, shared);
}

}  // namespace fimd
