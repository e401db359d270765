// Sparse suffix array: the suffixes of a text that begin at chosen places, in the order of their bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace fimd {

// Suffixes are ordered by their first kOrderBytes bytes, or up to a text end; those that agree so far, by
// their place. Nothing that is asked of an index looks deeper: a context of 32 tokens has 140 bytes at the
// mean.
constexpr std::size_t kOrderBytes = 256;

// The part of a suffix that its order depends on.
std::string_view suffix_at(std::string_view text, std::size_t start);

// Puts `starts` into the order of their suffixes.
void sort_suffixes(std::string_view text, std::span<std::uint32_t> starts);

// Sorted suffixes and the text that they are of.
struct Suffixes {
  std::string_view text;
  std::span<const std::uint32_t> starts;

  // Those suffixes of these that have `pattern` (at most kOrderBytes, without a text end) at `offset`; all of
  // these must agree in the bytes before.
  Suffixes with(std::string_view pattern, std::size_t offset = 0) const;
};

}  // namespace fimd
