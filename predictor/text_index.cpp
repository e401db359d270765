#include "predictor/text_index.h"

#include <algorithm>

namespace fimd {
namespace {

constexpr std::uint32_t kNowhere = 0xffffffff;
constexpr std::size_t kChains = 1 << 14;
constexpr std::size_t kMaxSteps = 8 * kMaxMatches;

std::size_t chain_of(TokenId id) {
  return (id * 0x9e3779b1U) >> 18;
}

}  // namespace

TextIndex::TextIndex() : newest_(kChains, kNowhere) {
  add(kTextEnd, 0);
}

void TextIndex::append(std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = trim_right(trim_left(take_line(text)));
    if (!line.empty()) append_line(line);
  }
  if (ids_.back() != kTextEnd) add(kTextEnd, text_.size());
}

void TextIndex::append_line(std::string_view line) {
  const std::size_t base = text_.size();
  text_ += line;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t end = token_end(line, at);
    add(token_hash(line.substr(at, end - at)), base + at);
    at = end;
  }
  add(kLineEnd, text_.size());
}

void TextIndex::add(TokenId id, std::size_t start) {
  const auto position = static_cast<std::uint32_t>(ids_.size());
  std::uint32_t& newest = newest_[chain_of(id)];
  ids_.push_back(id);
  starts_.push_back(static_cast<std::uint32_t>(start));
  previous_.push_back(newest == kNowhere ? position : newest);
  newest = position;
}

std::vector<Match> TextIndex::matches(const Query& query) const {
  std::vector<Match> found;
  const TokenId last = query.context_ids.front();
  std::uint32_t place = newest_[chain_of(last)];
  for (std::size_t step = 0; place != kNowhere && step < kMaxSteps && found.size() < kMaxMatches; ++step) {
    const std::uint32_t next = place + 1;
    if (ids_[place] == last && next < ids_.size() && ids_[next] >= kFirstTokenId &&
        std::string_view(text_).substr(starts_[next]).starts_with(query.partial)) {
      found.push_back({next, common_context(query, place)});
    }
    place = previous_[place] == place ? kNowhere : previous_[place];
  }
  return found;
}

std::uint32_t TextIndex::common_context(const Query& query, std::uint32_t position) const {
  std::uint32_t length = 0;
  while (length < query.context_ids.size() && ids_[position] == query.context_ids[length]) {
    ++length;
    if (position-- == 0) break;
  }
  return length;
}

std::string_view TextIndex::text(std::uint32_t first, std::uint32_t last) const {
  return std::string_view(text_).substr(starts_[first], starts_[last] - starts_[first]);
}

std::size_t TextIndex::resident_bytes() const {
  return text_.capacity() + sizeof(std::uint32_t) * (ids_.capacity() + starts_.capacity() +
                                                     previous_.capacity() + newest_.capacity());
}

}  // namespace fimd
