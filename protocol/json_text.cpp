#include "protocol/json_text.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <vector>

namespace fimd {
namespace {

constexpr std::size_t kEscapeSize = 6;  // \uXXXX

// The code unit of a \uXXXX escape at `at`; 0 when there is none.
unsigned escaped_unit(std::string_view text, std::size_t at) {
  if (text.size() - at < kEscapeSize || text[at] != '\\' || text[at + 1] != 'u') return 0;
  unsigned unit = 0;
  const char* end = text.data() + at + kEscapeSize;
  return std::from_chars(text.data() + at + 2, end, unit, 16).ptr == end ? unit : 0;
}

bool is_high_surrogate(unsigned unit) {
  return unit >= 0xD800 && unit <= 0xDBFF;
}
bool is_low_surrogate(unsigned unit) {
  return unit >= 0xDC00 && unit <= 0xDFFF;
}

struct Scan {
  int depth = 0;
  int values = 0;                            // at most: every value but the first stands after one of `[ { ,`
  std::vector<std::size_t> lone_surrogates;  // where their escapes start
};

// Skips the escape at `at`, noting a surrogate without its partner. Returns the index after it.
std::size_t scan_escape(std::string_view text, std::size_t at, Scan& scan) {
  const auto unit = escaped_unit(text, at);
  const auto next = at + (unit != 0 ? kEscapeSize : 2);
  if (is_high_surrogate(unit) && is_low_surrogate(escaped_unit(text, next))) return next + kEscapeSize;
  if (is_high_surrogate(unit) || is_low_surrogate(unit)) scan.lone_surrogates.push_back(at);
  return next;
}

// Returns the index after the string that starts behind the quote before `at`.
std::size_t scan_string(std::string_view text, std::size_t at, Scan& scan) {
  while (at < text.size() && text[at] != '"') at = text[at] == '\\' ? scan_escape(text, at, scan) : at + 1;
  return at + 1;
}

// One walk that judges no grammar: how deep does it nest, how many values has it, which surrogates stand
// alone?
Scan scan_json(std::string_view text) {
  Scan scan;
  int depth = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at++];
    if (c == '"') at = scan_string(text, at, scan);
    if (c == '[' || c == '{') scan.depth = std::max(scan.depth, ++depth);
    if (c == ']' || c == '}') --depth;
    scan.values += c == '[' || c == '{' || c == ',';
  }
  return scan;
}

std::string repaired(std::string_view text, const std::vector<std::size_t>& lone_surrogates) {
  std::string copy(text);
  for (const auto at : lone_surrogates) copy.replace(at, kEscapeSize, "\\uFFFD");
  return copy;
}

}  // namespace

std::optional<nlohmann::json> parse_json(std::string_view text) {
  const auto scan = scan_json(text);
  if (scan.depth > kMaxJsonDepth || scan.values > kMaxJsonValues) return std::nullopt;
  auto value = scan.lone_surrogates.empty()
                   ? nlohmann::json::parse(text, nullptr, false)
                   : nlohmann::json::parse(repaired(text, scan.lone_surrogates), nullptr, false);
  if (value.is_discarded()) return std::nullopt;
  return value;
}

std::string dump_json(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace fimd
