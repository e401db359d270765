#include "daemon/prompt.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>

#include "daemon/suffix.h"
#include "daemon/tokens.h"

namespace fimd {
namespace {

constexpr std::size_t kWindow = kPrefixBudget * 2 / 3;
constexpr std::size_t kNearStart =
    kWindow / 4;  // closer to the window's start, the cursor lacks what is above it
constexpr std::size_t kHead = 256;
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

std::string without_returns(std::string_view text) {
  std::string result(text);
  std::erase(result, '\r');
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
  return lines.empty() ? std::string() : header + without_returns(lines) + "\n";
}

}  // namespace

Prompt::Prompt(std::string_view workspace, std::string_view path)
    : path_(path), cache_key_(cache_key(workspace, path)) {}

bool Prompt::follow(std::string_view prefix, std::string_view suffix, Time now) {
  const bool same_start = keep_start(prefix);
  const bool same_suffix = keep_suffix(next_lines(suffix));
  return !frozen_at_ || !same_start || !same_suffix || now - *frozen_at_ > kFrozen;
}

bool Prompt::keep_start(std::string_view prefix) {
  const bool near = start_ > 0 && start_ + kNearStart > prefix.size();
  const bool far = prefix.size() > start_ + kPrefixBudget;
  if (!near && !far && prefix.substr(start_).starts_with(head_)) return true;
  // An edit above the window has moved it, but not changed it.
  const auto least = prefix.size() - std::min(prefix.size(), kPrefixBudget);
  const auto found = near || head_.empty() ? std::string_view::npos : prefix.find(head_, least);
  const bool moved = found != std::string_view::npos && found + kNearStart <= prefix.size();
  start_ = moved ? found : line_start(prefix, prefix.size() <= kPrefixBudget ? 0 : prefix.size() - kWindow);
  // The cursor's line is still being typed; of a line without an end, the first half stays.
  const auto window = prefix.substr(start_);
  const auto settled = std::max(window.rfind('\n') + 1, start_ > 0 ? window.size() / 2 : 0);
  if (!moved) head_ = window.substr(0, std::min(kHead, settled));
  return moved;
}

bool Prompt::keep_suffix(std::string_view suffix) {
  if (suffixes_similar(suffix_, suffix)) return true;
  suffix_ = without_returns(first_lines(suffix, kSuffixBudget));
  return false;
}

void Prompt::freeze(const std::vector<Snippet>& similar, const std::vector<Snippet>& edits, Time now) {
  frozen_at_ = now;
  const auto own = std::string(kFileMarker).append(path_).append("\n");
  std::string recent;
  for (const auto& edit : edits)
    recent += block(edit, kContextBudget / 3 - std::min(recent.size(), kContextBudget / 3));
  blocks_.clear();
  for (const auto& snippet : similar) {
    const auto used = blocks_.size() + recent.size() + own.size();
    blocks_ += block(snippet, kContextBudget - std::min(used, kContextBudget));
  }
  blocks_ += recent;
  if (!blocks_.empty()) blocks_ += own;
}

CompletionRequest Prompt::request(std::string_view prefix, std::string_view suffix,
                                  std::string_view language) const {
  const auto rest = rest_of_line(suffix).substr(0, kSuffixBudget);
  const bool mid_line = !only_closers(rest);
  CompletionRequest request;
  request.prompt = blocks_ + without_returns(prefix.substr(std::min(start_, prefix.size())));
  if (mid_line) request.suffix = without_returns(first_lines(rest, kSuffixBudget));
  if (!suffix_.empty()) request.suffix.append("\n").append(suffix_);
  if (mid_line) request.stop.emplace_back("\n");
  if (!blocks_.empty()) request.stop.push_back(std::string("\n").append(kFileMarker));
  request.cache_key = cache_key_;
  request.language = language;
  return request;
}

}  // namespace fimd
