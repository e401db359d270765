// Step 1 of trim: a model that chats puts its code between Markdown's fences, and words around them.
#include <algorithm>

#include "daemon/brackets.h"
#include "daemon/tokens.h"
#include "daemon/trim_steps.h"

namespace fimd {
namespace {

constexpr std::string_view kFence = "```";

bool is_fence(std::string_view line) {
  return trim_both(line).starts_with(kFence);
}

std::size_t fences_in(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) count += is_fence(next_line(text)) ? 1 : 0;
  return count;
}

std::size_t keep_before_fence(std::string_view text) {
  for (auto rest = text; !rest.empty();) {
    const auto at = text.size() - rest.size();
    if (is_fence(next_line(rest))) return at;
  }
  return text.size();
}

// "Here is the code:", "Sure! This is what is missing."
bool is_remark(std::string_view line) {
  line = trim_both(line);
  return !line.empty() && line.front() >= 'A' && line.front() <= 'Z' &&
         line.find(' ') != std::string_view::npos &&
         std::string_view(".:!").find(line.back()) != std::string_view::npos &&
         line.find_first_of(";{}=<>") == std::string_view::npos;
}

// The bytes of blank lines and whole lines of remarks that the text begins with.
std::size_t size_of_remarks(std::string_view text) {
  auto rest = text;
  while (!rest.empty()) {
    const auto at = text.size() - rest.size();
    const bool whole = rest.find('\n') != std::string_view::npos;
    const auto line = next_line(rest);
    if (!trim_both(line).empty() && !(whole && is_remark(line))) return at;
  }
  return text.size();
}

// In a comment or a docstring fences may be meant: an answer between two of them is unwrapped, and one
// without a partner ends the text.
std::string_view without_odd_fences(std::string_view text, bool whole) {
  auto inner = text.substr(std::min(text.find_first_not_of(" \t\n"), text.size()));
  if (is_fence(next_line(inner))) {
    const auto keep = keep_before_fence(inner);
    if (keep < inner.size()) return inner.substr(0, keep);
    return whole ? text : std::string_view();
  }
  return whole && fences_in(text) % 2 == 0 ? text : text.substr(0, keep_before_fence(text));
}

// On a line of a comment or a docstring that says nothing yet. Where each line of a comment begins with a
// star, a fence without one is no part of it.
bool may_hold_fence(std::string_view prefix, std::string_view language) {
  const auto line = current_line(prefix);
  if (std::any_of(line.begin(), line.end(), is_word)) return false;
  const auto above = current_line(strip_right(prefix.substr(0, prefix.size() - line.size())));
  if (trim_both(line).empty() && trim_both(above).starts_with('*')) return false;
  return ends_in_literal(prefix, language);
}

}  // namespace

std::string_view without_fences(std::string_view text, std::string_view prefix, std::string_view language,
                                bool whole) {
  const auto remarks = size_of_remarks(text);
  const bool fenced = text.find(kFence) != std::string_view::npos;
  const auto next = text.substr(remarks);
  const bool begun = next.find('\n') == std::string_view::npos && (remarks > 0 || kFence.starts_with(next));
  if (!fenced && (whole || !begun)) return text;
  if (language == "markdown" || language == "mdx") return text;
  if (may_hold_fence(prefix, language)) return fences_in(prefix) > 0 ? text : without_odd_fences(text, whole);
  if (!fenced) return {};  // what follows the remarks may be fenced
  auto code = next;
  if (is_fence(next_line(code))) text = code;
  return text.substr(0, keep_before_fence(text));
}

}  // namespace fimd
