#include "daemon/text.h"

#include <algorithm>
#include <utility>

#include "daemon/line_hash.h"

namespace fimd {
namespace {

bool starts_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
}

// Four bytes of UTF-8 are a surrogate pair in UTF-16.
bool is_astral(char c) {
  return static_cast<unsigned char>(c) >= 0xF0;
}

// What one byte adds to the length of its line: all of a character's length stands on its first byte.
std::size_t units(char c, PositionEncoding encoding) {
  if (encoding == PositionEncoding::utf8) return 1;
  const std::size_t surrogates = encoding == PositionEncoding::utf16 && is_astral(c) ? 2 : 1;
  return starts_character(c) ? surrogates : 0;
}

// Bytes of `line` that `character` units cover; inside a character, up to its start.
Offset bytes_in(std::string_view line, std::size_t character, PositionEncoding encoding) {
  // Whole blocks first: in a minified file a line has megabytes, and counting a block is one vectorised loop.
  constexpr std::size_t kBlock = 256;
  Offset at = 0;
  while (line.size() - at > kBlock) {
    const std::size_t length = length_in(encoding, line.substr(at, kBlock));
    if (length > character) break;
    character -= length;
    at += kBlock;
  }
  while (at < line.size() && units(line[at], encoding) <= character) character -= units(line[at++], encoding);
  while (at > 0 && at < line.size() && !starts_character(line[at])) --at;
  return at;
}

}  // namespace

std::size_t length_in(PositionEncoding encoding, std::string_view text) {
  if (encoding == PositionEncoding::utf8) return text.size();
  std::size_t length = 0;
  for (const char c : text) length += starts_character(c);
  if (encoding == PositionEncoding::utf32) return length;
  for (const char c : text) length += is_astral(c);
  return length;
}

Text::Text(std::string bytes) : bytes_(std::move(bytes)), starts_{0} {
  find_lines(1, size(), starts_);
}

Offset Text::line_start(std::size_t line) const {
  return line < line_count() ? starts_[line] : size();
}

std::string_view Text::line(std::size_t line) const {
  const Offset start = line_start(line);
  std::string_view content = view().substr(start, line_start(line + 1) - start);
  if (!content.empty() && content.back() == '\n') content.remove_suffix(1);
  if (!content.empty() && content.back() == '\r') content.remove_suffix(1);
  return content;
}

std::size_t Text::line_of(Offset offset) const {
  const auto next = std::upper_bound(starts_.begin(), starts_.end(), offset);
  return static_cast<std::size_t>(next - starts_.begin()) - 1;
}

Offset Text::offset_at(const Position& position, PositionEncoding encoding) const {
  return line_start(position.line) + bytes_in(line(position.line), position.character, encoding);
}

Position Text::position_at(Offset offset, PositionEncoding encoding) const {
  const std::size_t at = line_of(offset);
  const std::string_view content = line(at);
  Offset column = std::min(offset - line_start(at), content.size());
  while (column > 0 && column < content.size() && !starts_character(content[column])) --column;
  const std::size_t character = length_in(encoding, content.substr(0, column));
  return Position{static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(character)};
}

std::uint64_t Text::hash_above(std::size_t line) const {
  line = std::min(line, line_count());
  if (hashes_.empty()) hashes_.push_back(0);
  while (hashes_.size() <= line) hashes_.push_back(chain(hashes_.back(), this->line(hashes_.size() - 1)));
  return hashes_[line];
}

// Whether a line starts at an offset depends on the bytes before and after it, so an edit can move only the
// starts inside it and at its two ends; the rest shift.
void Text::replace(Offset begin, Offset end, std::string_view text) {
  end = std::min(end, size());
  begin = std::min(begin, end);
  const auto first = std::lower_bound(starts_.begin() + 1, starts_.end(), begin);
  const auto last = std::upper_bound(first, starts_.end(), end);
  const std::size_t kept = static_cast<std::size_t>(first - starts_.begin());
  const std::size_t gone = static_cast<std::size_t>(last - first);

  bytes_.replace(begin, end - begin, text);
  std::vector<std::uint32_t> found;
  find_lines(std::max<Offset>(begin, 1), begin + text.size(), found);

  // Wraps around when the text shrinks, which is what the sum needs.
  const auto shift = static_cast<std::uint32_t>(text.size() - (end - begin));
  for (std::size_t i = kept + gone; i < starts_.size(); ++i) starts_[i] += shift;
  const std::size_t in_place = std::min(gone, found.size());
  auto at = std::copy_n(found.begin(), in_place, starts_.begin() + static_cast<std::ptrdiff_t>(kept));
  at = starts_.erase(at, at + static_cast<std::ptrdiff_t>(gone - in_place));
  starts_.insert(at, found.begin() + static_cast<std::ptrdiff_t>(in_place), found.end());
  hashes_.resize(std::min(hashes_.size(), kept));
}

bool Text::starts_line(Offset offset) const {
  const char before = bytes_[offset - 1];
  return before == '\n' || (before == '\r' && (offset == size() || bytes_[offset] != '\n'));
}

// Appends the line starts in [first, last] in rising order; `first` is at least 1.
void Text::find_lines(Offset first, Offset last, std::vector<std::uint32_t>& found) const {
  for (Offset offset = first; offset <= last; ++offset) {
    if (starts_line(offset)) found.push_back(static_cast<std::uint32_t>(offset));
  }
}

}  // namespace fimd
