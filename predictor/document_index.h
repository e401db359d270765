// The lines of one document that is being edited, but the one that the cursor is in.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "predictor/text_index.h"

namespace fimd {

// Larger documents are data or generated; nothing of them is indexed.
constexpr std::size_t kMaxIndexedBytes = 1'000'000;
// So much of a change is read at once: 0.5 ms.
constexpr std::size_t kReadBytes = 12'000;

class DocumentIndex {
 public:
  // Brings the index up to date with a document that has these whole lines before and behind the current one.
  // Reads at most kReadBytes of what is new; true when that was not all. Afterwards (when all is read) the
  // suffixes are those of the normal text of `before` and `after` joined.
  bool update(std::string_view before, std::string_view after);

  Suffixes suffixes() const { return index_.suffixes(); }
  // Where in their text that of `before` ends.
  std::uint32_t here() const { return here_; }
  // For each of the places of suffixes the document, with its indentation and blank lines, from the line on
  // that holds the place, or from the one that is `further` lines behind it, blank ones not counted; in the
  // order of the document. One pass over the lines.
  std::vector<std::string_view> sources_at(std::vector<std::uint32_t> places, std::size_t further) const;
  std::size_t resident_bytes() const;

 private:
  struct Change;
  void replace(const Change& change);
  void forget(std::size_t first, std::size_t last);
  std::size_t line_after(std::size_t line, std::size_t further) const;
  std::size_t lines_within(std::size_t bytes);
  std::uint32_t end_of(std::size_t bytes);

  std::string raw_;            // what has been read, whole lines
  std::vector<Extent> lines_;  // of each line of raw_ its place in the index; empty for a blank line
  std::uint32_t here_ = 0;
  std::size_t counted_ = 0;  // so many bytes of raw_ are counted_lines_
  std::size_t counted_lines_ = 0;
  TextIndex index_;
};

}  // namespace fimd
