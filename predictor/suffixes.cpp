#include "predictor/suffixes.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace fimd {
namespace {

constexpr std::size_t kWordBytes = 8;
constexpr std::ptrdiff_t kFew = 12;  // fewer suffixes are sorted by whole comparisons

// Eight bytes of a suffix, the first one most significant; zeros from a text end on.
struct Keyed {
  std::uint64_t word;
  std::uint32_t start;
};

bool less(const Keyed& a, const Keyed& b) {
  return a.word != b.word ? a.word < b.word : a.start < b.start;
}

bool holds_text_end(std::uint64_t word) {
  return ((word - 0x0101010101010101U) & ~word & 0x8080808080808080U) != 0;
}

std::uint64_t word_at(std::string_view text, std::size_t at) {
  std::uint64_t word = 0;
  if (at < text.size()) std::memcpy(&word, text.data() + at, std::min(kWordBytes, text.size() - at));
  if constexpr (std::endian::native == std::endian::little) word = __builtin_bswap64(word);
  if (!holds_text_end(word)) return word;
  std::size_t kept = 0;
  while (((word >> (56 - 8 * kept)) & 0xFF) != 0) ++kept;
  return kept == 0 ? 0 : word & (~std::uint64_t{0} << (64 - 8 * kept));
}

class Sorter {
 public:
  explicit Sorter(std::string_view text) : text_(text) {}

  void sort(std::span<Keyed> suffixes, std::size_t depth) const {
    std::sort(suffixes.begin(), suffixes.end(), less);
    for (auto first = suffixes.begin(); first != suffixes.end();) {
      const auto last =
          std::find_if(first, suffixes.end(), [&](const Keyed& k) { return k.word != first->word; });
      if (last - first > 1 && !holds_text_end(first->word)) deepen({first, last}, depth + kWordBytes);
      first = last;
    }
  }

 private:
  void deepen(std::span<Keyed> same, std::size_t depth) const {
    if (depth >= kOrderBytes) return;
    if (std::ssize(same) <= kFew) {
      std::sort(same.begin(), same.end(),
                [&](const Keyed& a, const Keyed& b) { return before(a, b, depth); });
      return;
    }
    for (Keyed& suffix : same) suffix.word = word_at(text_, suffix.start + depth);
    sort(same, depth);
  }

  bool before(const Keyed& a, const Keyed& b, std::size_t depth) const {
    for (; depth < kOrderBytes; depth += kWordBytes) {
      const std::uint64_t of_a = word_at(text_, a.start + depth), of_b = word_at(text_, b.start + depth);
      if (of_a != of_b) return of_a < of_b;
      if (holds_text_end(of_a)) break;
    }
    return a.start < b.start;
  }

  std::string_view text_;
};

}  // namespace

std::string_view suffix_at(std::string_view text, std::size_t start) {
  const std::string_view suffix = text.substr(start, kOrderBytes);
  return suffix.substr(0, suffix.find('\0'));
}

void sort_suffixes(std::string_view text, std::span<std::uint32_t> starts) {
  std::vector<Keyed> keyed;
  keyed.reserve(starts.size());
  for (const std::uint32_t start : starts) keyed.push_back({word_at(text, start), start});
  Sorter(text).sort(keyed, 0);
  std::transform(keyed.begin(), keyed.end(), starts.begin(), [](const Keyed& k) { return k.start; });
}

Suffixes Suffixes::with(std::string_view pattern, std::size_t offset) const {
  const auto part = [&](std::uint32_t start) {
    const std::size_t at = std::min(text.size(), start + offset);
    return text.substr(at, pattern.size());
  };
  const auto first =
      std::partition_point(starts.begin(), starts.end(), [&](std::uint32_t s) { return part(s) < pattern; });
  const auto last =
      std::partition_point(first, starts.end(), [&](std::uint32_t s) { return part(s) == pattern; });
  return {text, {first, last}};
}

}  // namespace fimd
