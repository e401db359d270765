#include "daemon/prompt.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <utility>

#include "daemon/suffix.h"
#include "daemon/tokens.h"

namespace fimd {
namespace {

constexpr std::size_t kWindow = kPrefixBudget * 2 / 3;
constexpr std::size_t kNearStart =
    kWindow / 4;  // closer to the window's start, the cursor lacks what is above it
constexpr std::size_t kHead = 256;
// The kept suffix may differ from the document in this many lines, or in a tenth of them, and for this long.
// Without these limits it differed by up to 43 lines in a recorded session; they cost 0.1 % of the reuse.
constexpr std::size_t kChangedLines = 2;
constexpr auto kStale = std::chrono::seconds(60);
constexpr auto kFrozen = std::chrono::seconds(15);
// Codestral was trained on files that are introduced by such a line.
constexpr std::string_view kFileMarker = "+++++ ";

bool inside_character(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
}

// The first line start at or after `at`; inside a line of more than kWindow bytes, the first character.
std::size_t line_start(std::string_view text, std::size_t at) {
  if (at == 0 || text[at - 1] == '\n') return at;
  const auto end = text.substr(at, kWindow).find('\n');
  if (end != std::string_view::npos) return at + end + 1;
  while (inside_character(text, at)) ++at;
  return at;
}

// At most `size` bytes, up to a line end, or inside a longer line up to a character's end.
std::string_view first_lines(std::string_view text, std::size_t size) {
  if (text.size() <= size) return text;
  const auto end = text.substr(0, size).rfind('\n');
  if (end != std::string_view::npos) return text.substr(0, end + 1);
  while (inside_character(text, size)) --size;
  return text.substr(0, size);
}

// The model sees one kind of line end.
std::string with_newlines(std::string_view text) {
  if (text.find('\r') == std::string_view::npos) return std::string(text);
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\r')
      result += text[at];
    else if (text.substr(at + 1, 1) != "\n")
      result += '\n';
  }
  return result;
}

std::string cache_key(std::string_view workspace, std::string_view path) {
  const auto name = std::string(workspace).append(1, '\0').append(path);
  char key[17];
  std::snprintf(key, sizeof key, "%016llx", static_cast<unsigned long long>(hash_of(name)));
  return key;
}

std::string block(const Snippet& snippet, std::size_t size) {
  const auto header = std::string(kFileMarker).append(snippet.path).append("\n");
  if (header.size() >= size) return {};
  const auto lines = strip_right(first_lines(snippet.text, size - header.size() - 1));
  return lines.empty() ? std::string() : header + with_newlines(lines) + "\n";
}

}  // namespace

Prompt::Prompt(std::string_view workspace, std::string_view path)
    : path_(path), cache_key_(cache_key(workspace, path)) {}

bool Prompt::follow(std::string_view prefix, std::string_view suffix, Time now) {
  const bool same_start = keep_start(prefix);
  const bool same_suffix = keep_suffix(suffix, same_start, now);
  return !frozen_at_ || !same_start || !same_suffix || now - *frozen_at_ > kFrozen;
}

bool Prompt::window_starts_at(std::string_view prefix, std::size_t at) const {
  const bool at_line = at == 0 || prefix[at - 1] == '\n';
  return (at_line || !head_at_line_) && prefix.substr(at).starts_with(head_);
}

// An edit above the window moves it, but does not change it.
std::optional<std::size_t> Prompt::moved_start(std::string_view prefix) const {
  if (head_.empty()) return std::nullopt;
  auto at = prefix.find(head_, prefix.size() - std::min(prefix.size(), kPrefixBudget));
  while (at != std::string_view::npos && !window_starts_at(prefix, at)) at = prefix.find(head_, at + 1);
  if (at == std::string_view::npos || prefix.size() < at + kNearStart) return std::nullopt;
  return at;
}

bool Prompt::keep_start(std::string_view prefix) {
  const bool near = start_ > 0 && start_ + kNearStart > prefix.size();
  const bool far = prefix.size() > start_ + kPrefixBudget;
  if (!near && !far && window_starts_at(prefix, start_)) return true;
  if (const auto moved = near ? std::nullopt : moved_start(prefix)) {
    start_ = *moved;
    return true;
  }
  start_ = line_start(prefix, prefix.size() <= kPrefixBudget ? 0 : prefix.size() - kWindow);
  // The cursor's line is still being typed; of a line without an end, the first half stays.
  const auto window = prefix.substr(start_);
  const auto settled = std::max(window.rfind('\n') + 1, start_ > 0 ? window.size() / 2 : 0);
  head_ = window.substr(0, std::min(kHead, settled));
  head_at_line_ = start_ == 0 || prefix[start_ - 1] == '\n';
  return false;
}

// `cached`: the provider may still have what the kept lines stand among.
bool Prompt::keep_suffix(std::string_view suffix, bool cached, Time now) {
  const auto rest = rest_of_line(suffix).substr(0, kSuffixBudget);
  auto mid_line = only_closers(rest) ? std::string() : with_newlines(first_lines(rest, kSuffixBudget));
  const bool same_rest = mid_line == rest_;
  rest_ = std::move(mid_line);
  auto lines = with_newlines(first_lines(next_lines(suffix), kSuffixBudget - 1));
  const bool kept = still_follows(lines, cached && same_rest, now);
  if (!kept) suffix_ = std::move(lines);
  return kept && same_rest;
}

bool Prompt::still_follows(std::string_view lines, bool cached, Time now) {
  const auto changed = lines_changed(suffix_, lines);
  const auto all = static_cast<std::size_t>(std::ranges::count(suffix_, '\n'));
  const bool like = changed <= std::max(kChangedLines, all / 10) && suffixes_similar(suffix_, lines);
  const bool kept = changed == 0 || (cached && like && now - exact_at_ < kStale);
  if (changed == 0 || !kept) exact_at_ = now;
  return kept;
}

void Prompt::freeze(const std::vector<Snippet>& similar, const std::vector<Snippet>& edits, Time now) {
  frozen_at_ = now;
  const auto own = std::string(kFileMarker).append(path_).append("\n");
  std::string recent;
  for (auto edit = edits.rbegin(); edit != edits.rend(); ++edit)
    recent.insert(0, block(*edit, kContextBudget / 3 - std::min(recent.size(), kContextBudget / 3)));
  blocks_.clear();
  for (const auto& snippet : similar) {
    const auto used = blocks_.size() + recent.size() + own.size();
    blocks_ += block(snippet, kContextBudget - std::min(used, kContextBudget));
  }
  blocks_ += recent;
  if (!blocks_.empty()) blocks_ += own;
}

CompletionRequest Prompt::request(std::string_view prefix, std::string_view language) const {
  CompletionRequest request;
  request.prompt = blocks_ + with_newlines(prefix.substr(std::min(start_, prefix.size())));
  request.suffix = rest_;
  if (!suffix_.empty()) request.suffix.append("\n").append(suffix_);
  request.suffix.resize(first_lines(request.suffix, kSuffixBudget).size());
  if (!rest_.empty()) request.stop.emplace_back("\n");
  if (!blocks_.empty()) request.stop.push_back(std::string("\n").append(kFileMarker));
  request.cache_key = cache_key_;
  request.language = language;
  return request;
}

}  // namespace fimd
