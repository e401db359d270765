#include "predictor/tokens.h"

#include <algorithm>
#include <array>

namespace fimd {
namespace {

constexpr bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

constexpr std::array<bool, 256> kWord = [] {
  std::array<bool, 256> word{};
  for (int c = 0; c < 256; ++c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    word[static_cast<std::size_t>(c)] = letter || (c >= '0' && c <= '9') || c == '_' || c >= 0x80;
  }
  return word;
}();

bool is_continuation(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

}  // namespace

bool is_word(char c) {
  return kWord[static_cast<unsigned char>(c)];
}

std::size_t token_end(std::string_view line, std::size_t begin) {
  const std::size_t limit = std::min(line.size(), begin + kMaxTokenBytes);
  std::size_t end = begin;
  while (end < limit && is_blank(line[end])) ++end;
  if (end == limit) return end;
  if (!is_word(line[end])) return end + 1;
  while (end < limit && is_word(line[end])) ++end;
  if (end == limit && end < line.size()) {
    // At most three steps back: broken UTF-8 may be continuation bytes throughout.
    for (int step = 0; step < 3 && is_continuation(line[end]); ++step) --end;
  }
  return end;
}

std::string_view trim_left(std::string_view line) {
  return line.substr(std::min(line.find_first_not_of(" \t"), line.size()));
}

std::string_view trim_right(std::string_view line) {
  while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
  return line;
}

std::string_view take_line(std::string_view& text) {
  const std::size_t length = std::min(text.find_first_of("\r\n"), text.size());
  const std::string_view line = text.substr(0, length);
  text.remove_prefix(std::min(length + 1, text.size()));
  return line;
}

}  // namespace fimd
