// JSON text <-> values, as both wires want it: hostile text is refused, broken Unicode is repaired, nothing
// throws.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace fimd {

// Deeper nesting is refused: writers recurse, and no message of ours comes near.
constexpr int kMaxJsonDepth = 512;

// More values are refused: in memory each takes some 60 bytes, however short its text is.
constexpr int kMaxJsonValues = 1'000'000;

// Nothing for bad JSON, bad UTF-8, nesting above kMaxJsonDepth or over kMaxJsonValues values. An escaped
// surrogate without its partner, which editors send when a cut goes through a character, becomes U+FFFD.
std::optional<nlohmann::json> parse_json(std::string_view text);

// Compact, on one line. Bytes that are not UTF-8 are written as U+FFFD.
std::string dump_json(const nlohmann::json& value);

}  // namespace fimd
