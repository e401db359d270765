// Normal text that changes at any place, indexed by its tokens. A change costs time for the text that
// changed, and a pass over the places of all tokens (0.1 ms for a megabyte of text), so it may be made
// between two keys.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "predictor/suffixes.h"

namespace fimd {

// A part of the text: the bytes [begin, end).
struct Extent {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;

  std::uint32_t size() const { return end - begin; }
};

class TextIndex {
 public:
  // Adds text at the end without indexing it, and says where it is.
  Extent append(std::string_view normal);
  Extent append_again(Extent text);

  // Indexes whole lines. The text behind them up to kOrderBytes or a text end must be there already.
  void index(Extent lines);

  // No place within these is found any more; the text stays. Extents in order, none within another.
  void forget(std::span<const Extent> extents);

  // Removes the text before `at`, nothing of which is indexed. All places move.
  void cut_before(std::uint32_t at);

  std::size_t bytes() const { return text_.size(); }
  std::string_view text() const { return text_; }
  Suffixes suffixes() const { return {text_, starts_}; }
  std::size_t resident_bytes() const;

 private:
  std::string text_;
  std::vector<std::uint32_t> starts_;
};

}  // namespace fimd
