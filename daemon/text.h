// The text of one document and its lines. Pure.
//
// `Offset` counts UTF-8 bytes; `Position` is LSP's (line, character), whose unit is the negotiated encoding.
// The two are converted here and nowhere else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/lsp.h"

namespace fimd {

using Offset = std::size_t;

// Contiguous UTF-8 with the start of every line, edited in place. Lines end at "\n", "\r\n" or "\r"; there is
// always at least one line. Anything out of range is clamped, never an error. Bytes that are not UTF-8 count
// as the characters they pretend to start. Holds up to 4 GiB.
class Text {
 public:
  explicit Text(std::string bytes = {});

  std::string_view view() const { return bytes_; }
  Offset size() const { return bytes_.size(); }
  std::size_t line_count() const { return starts_.size(); }
  Offset line_start(std::size_t line) const;      // past the last line: size()
  std::string_view line(std::size_t line) const;  // without its end of line; past the last line: empty
  std::size_t line_of(Offset offset) const;       // the line that holds this byte

  // A line past the end is the end of the text, a character past the end is the end of its line (before
  // "\r\n"), the inside of a character is its start.
  Offset offset_at(const Position& position, PositionEncoding encoding) const;
  // The inverse; between "\r" and "\n" is the end of the line.
  Position position_at(Offset offset, PositionEncoding encoding) const;

  // Hash of all lines above this one, see line_hash.h. Computed on demand from the first line that changed.
  std::uint64_t hash_above(std::size_t line) const;

  void replace(Offset begin, Offset end, std::string_view text);

 private:
  bool starts_line(Offset offset) const;
  void find_lines(Offset first, Offset last, std::vector<std::uint32_t>& found) const;

  std::string bytes_;
  std::vector<std::uint32_t> starts_;
  // hashes_[i] is hash_above(i), for as many lines as were asked for.
  mutable std::vector<std::uint64_t> hashes_;
};

// How long a piece of UTF-8 is in the units of an encoding.
std::size_t length_in(PositionEncoding encoding, std::string_view text);

}  // namespace fimd
