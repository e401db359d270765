// The name of everything above a line: h(i) = chain(h(i-1), line i). Equal names mean equal text above, so
// that caches compare eight bytes and the current line, never the whole document.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace fimd {

// Extends the hash of all lines above by one line, given without its end of line: documents that differ only
// in their line ends share a name. Nor do blanks at the end of a line count: editors put them there (the
// indentation of an empty line) and take them away (on save), models leave them out. Multiply and fold, eight
// bytes at a time.
inline std::uint64_t chain(std::uint64_t above, std::string_view line) {
  constexpr std::uint64_t kPrime = 0x9E3779B97F4A7C15;  // 2^64 / golden ratio, odd
  const auto mix = [](std::uint64_t hash, std::uint64_t word) {
    hash = (hash ^ word) * kPrime;
    return hash ^ (hash >> 32);
  };
  line = line.substr(0, line.find_last_not_of(" \t\r") + 1);
  std::uint64_t hash = mix(above + kPrime, line.size());
  for (std::size_t at = 0; at < line.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, line.data() + at, std::min(sizeof word, line.size() - at));
    hash = mix(hash, word);
  }
  return hash;
}

}  // namespace fimd
