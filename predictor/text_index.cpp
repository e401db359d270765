#include "predictor/text_index.h"

#include <algorithm>
#include <utility>

#include "predictor/normal_text.h"

namespace fimd {

Extent TextIndex::append(std::string_view normal) {
  const auto begin = static_cast<std::uint32_t>(text_.size());
  text_ += normal;
  return {begin, static_cast<std::uint32_t>(text_.size())};
}

Extent TextIndex::append_again(Extent text) {
  return append(text_.substr(text.begin, text.size()));
}

void TextIndex::index(Extent lines) {
  std::vector<std::uint32_t> added;
  append_token_starts(added, std::string_view(text_).substr(0, lines.end), lines.begin);
  sort_suffixes(text_, added);
  // Few among many: each finds its place by bisection, those between are moved as blocks.
  std::vector<std::uint32_t> merged;
  merged.reserve(starts_.size() + added.size());
  auto from = starts_.cbegin();
  for (const std::uint32_t start : added) {
    const std::string_view suffix = suffix_at(text_, start);
    const auto to = std::partition_point(from, starts_.cend(), [&](std::uint32_t other) {
      const int order = suffix_at(text_, other).compare(suffix);
      return order < 0 || (order == 0 && other < start);
    });
    merged.insert(merged.end(), from, to);
    merged.push_back(start);
    from = to;
  }
  merged.insert(merged.end(), from, starts_.cend());
  starts_ = std::move(merged);
}

void TextIndex::forget(std::span<const Extent> extents) {
  if (extents.empty()) return;
  const auto inside = [&](std::uint32_t start) {
    if (start < extents.front().begin || start >= extents.back().end) return false;
    const auto next =
        std::partition_point(extents.begin(), extents.end(), [&](const Extent& e) { return e.end <= start; });
    return next != extents.end() && next->begin <= start;
  };
  std::erase_if(starts_, inside);
}

void TextIndex::cut_before(std::uint32_t at) {
  text_.erase(0, at);
  for (std::uint32_t& start : starts_) start -= at;
}

std::size_t TextIndex::resident_bytes() const {
  return text_.capacity() + sizeof(std::uint32_t) * starts_.capacity();
}

}  // namespace fimd
