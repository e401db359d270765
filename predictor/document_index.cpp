#include "predictor/document_index.h"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "predictor/normal_text.h"
#include "predictor/suffixes.h"
#include "predictor/tokens.h"

namespace fimd {
namespace {

constexpr std::size_t kBlock = 1024;
constexpr std::size_t kWear = 4;  // so much of the index may be left over from changes before it is made anew

bool is_line_break(char c) {
  return c == '\n' || c == '\r';
}

bool line_starts_at(std::string_view text, std::size_t at) {
  return at == 0 || is_line_break(text[at - 1]);
}

std::size_t count_lines(std::string_view text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n') +
                                  std::count(text.begin(), text.end(), '\r'));
}

// Where the line begins that has `line` lines before it.
std::size_t start_of_line(std::string_view text, std::size_t line) {
  std::size_t at = 0;
  for (; at + kBlock <= text.size(); at += kBlock) {
    const std::size_t lines = count_lines(text.substr(at, kBlock));
    if (lines >= line) break;
    line -= lines;
  }
  for (; line > 0 && at < text.size(); ++at) line -= is_line_break(text[at]) ? 1 : 0;
  return at;
}

// Whole lines from the front of `text`, without a last one that has no line break.
std::string_view whole_lines(std::string_view text) {
  const std::size_t line_break = text.find_last_of("\r\n");
  return text.substr(0, line_break == std::string_view::npos ? 0 : line_break + 1);
}

std::size_t common_start(std::string_view a, std::string_view b) {
  const std::size_t limit = std::min(a.size(), b.size());
  std::size_t n = 0;
  while (n + kBlock <= limit && std::memcmp(a.data() + n, b.data() + n, kBlock) == 0) n += kBlock;
  while (n < limit && a[n] == b[n]) ++n;
  return n;
}

std::size_t common_end(std::string_view a, std::string_view b) {
  const std::size_t limit = std::min(a.size(), b.size());
  std::size_t n = 0;
  const auto block = [](std::string_view s, std::size_t end) { return s.data() + s.size() - end; };
  while (n + kBlock <= limit && std::memcmp(block(a, n + kBlock), block(b, n + kBlock), kBlock) == 0)
    n += kBlock;
  while (n < limit && a[a.size() - 1 - n] == b[b.size() - 1 - n]) ++n;
  return n;
}

// A document without the current line, in two parts.
struct Parts {
  std::string_view before;
  std::string_view after;

  std::size_t size() const { return before.size() + after.size(); }
  std::string joined(std::size_t from, std::size_t to) const {
    std::string text;
    if (from < before.size()) text = before.substr(from, to - from);
    if (to > before.size()) {
      const std::size_t start = std::max(from, before.size()) - before.size();
      text += after.substr(start, to - before.size() - start);
    }
    return text;
  }
  bool line_starts_at(std::size_t at) const {
    return at <= before.size() ? fimd::line_starts_at(before, at)
                               : fimd::line_starts_at(after, at - before.size());
  }
};

std::size_t common_start(std::string_view text, const Parts& parts) {
  const std::size_t n = common_start(text, parts.before);
  return n < parts.before.size() || n == text.size() ? n : n + common_start(text.substr(n), parts.after);
}

std::size_t common_end(std::string_view text, const Parts& parts) {
  const std::size_t n = common_end(text, parts.after);
  return n < parts.after.size() ? n : n + common_end(text.substr(0, text.size() - n), parts.before);
}

}  // namespace

// The bytes [begin, end) of raw_, whole lines, become `text`, whole lines too.
struct DocumentIndex::Change {
  std::size_t begin;
  std::size_t end;
  std::string text;
};

bool DocumentIndex::update(std::string_view before, std::string_view after) {
  const Parts now{before, whole_lines(after)};
  const bool worn = index_.bytes() > kWear * raw_.size() + kMaxIndexedBytes / 8;
  if (worn || now.size() > kMaxIndexedBytes) *this = DocumentIndex();
  if (now.size() > kMaxIndexedBytes) return false;

  std::size_t start = common_start(raw_, now);
  if (start == raw_.size() && start == now.size()) {
    here_ = end_of(before.size());
    return false;
  }
  while (start > 0 && !is_line_break(raw_[start - 1])) --start;
  std::size_t end = std::min(common_end(raw_, now), std::min(raw_.size(), now.size()) - start);
  while (end > 0 && !(now.line_starts_at(now.size() - end) && line_starts_at(raw_, raw_.size() - end))) --end;

  Change change{start, raw_.size() - end, now.joined(start, now.size() - end)};
  if (change.text.size() > kReadBytes) change.text.resize(change.text.find_first_of("\r\n", kReadBytes) + 1);
  replace(change);
  here_ = end_of(before.size());
  return raw_.size() < now.size();
}

// Keys move the cursor by little: only the text between is counted.
std::size_t DocumentIndex::lines_within(std::size_t bytes) {
  bytes = std::min(bytes, raw_.size());
  const std::string_view raw = raw_;
  if (bytes < counted_) {
    counted_lines_ -= count_lines(raw.substr(bytes, counted_ - bytes));
  } else {
    counted_lines_ += count_lines(raw.substr(counted_, bytes - counted_));
  }
  counted_ = bytes;
  return counted_lines_;
}

std::uint32_t DocumentIndex::end_of(std::size_t bytes) {
  std::size_t line = lines_within(bytes);
  while (line > 0 && lines_[line - 1].size() == 0) --line;
  return line == 0 ? 0 : lines_[line - 1].end;
}

void DocumentIndex::replace(const Change& change) {
  const std::size_t changed = lines_within(change.begin);
  const std::size_t last = lines_.size() - count_lines(std::string_view(raw_).substr(change.end));
  raw_.replace(change.begin, change.end - change.begin, change.text);

  // The order of the suffixes before the change depends on it: they are indexed again, with the change and
  // what follows it behind them.
  std::size_t first = changed;
  for (std::size_t bytes = 0; first > 0 && bytes < kOrderBytes; --first) bytes += lines_[first - 1].size();
  forget(first, last);
  std::vector<Extent> lines;
  for (std::size_t i = first; i < changed; ++i) lines.push_back(index_.append_again(lines_[i]));
  for (std::string_view text = change.text; !text.empty();) {
    std::string normal;
    append_normal(normal, take_line(text));
    lines.push_back(index_.append(normal));
  }
  const Extent indexed{lines.empty() ? 0 : lines.front().begin, static_cast<std::uint32_t>(index_.bytes())};
  for (std::size_t i = last, bytes = 0; i < lines_.size() && bytes < kOrderBytes; ++i)
    bytes += index_.append_again(lines_[i]).size();
  index_.append(std::string_view(&kTextEnd, 1));
  if (!lines.empty()) index_.index(indexed);

  const auto at = [&](std::size_t line) { return lines_.begin() + static_cast<std::ptrdiff_t>(line); };
  lines_.erase(at(first), at(last));
  lines_.insert(at(first), lines.begin(), lines.end());
}

void DocumentIndex::forget(std::size_t first, std::size_t last) {
  std::vector<Extent> gone;
  std::copy_if(lines_.begin() + static_cast<std::ptrdiff_t>(first),
               lines_.begin() + static_cast<std::ptrdiff_t>(last), std::back_inserter(gone),
               [](const Extent& line) { return line.size() > 0; });
  std::sort(gone.begin(), gone.end(), [](const Extent& a, const Extent& b) { return a.begin < b.begin; });
  index_.forget(gone);
}

std::size_t DocumentIndex::line_after(std::size_t line, std::size_t further) const {
  while (line < lines_.size() && further > 0) further -= ++line < lines_.size() && lines_[line].size() > 0;
  return line;
}

std::vector<std::string_view> DocumentIndex::sources_at(std::vector<std::uint32_t> places,
                                                        std::size_t further) const {
  std::sort(places.begin(), places.end());
  std::vector<std::string_view> sources;
  std::string_view rest = raw_;
  std::size_t lines_read = 0;
  auto place = places.cbegin();
  std::uint32_t last_begin = 0;
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    const Extent& line = lines_[i];
    if (line.size() == 0) continue;
    // Runs of lines lie one behind the other: nearly always the next place is further on.
    if (line.begin < last_begin) place = places.cbegin();
    last_begin = line.begin;
    while (place != places.cend() && *place < line.begin) ++place;
    for (; place != places.cend() && *place < line.end; ++place) {
      const std::size_t wanted = line_after(i, further);
      rest.remove_prefix(start_of_line(rest, wanted - lines_read));
      lines_read = wanted;
      sources.push_back(rest);
    }
  }
  return sources;
}

std::size_t DocumentIndex::resident_bytes() const {
  return raw_.capacity() + lines_.capacity() * sizeof(Extent) + index_.resident_bytes();
}

}  // namespace fimd
