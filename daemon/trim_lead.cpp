// Step 1 of trim: what stands before the cursor, at the front of the text again.
#include <algorithm>
#include <optional>

#include "daemon/tokens.h"
#include "daemon/trim_steps.h"

namespace fimd {
namespace {

// How much of the prefix a model is looked at to repeat: more than it may say.
constexpr std::size_t kLongestRepeat = 8 * 1024;
// Fewer than this many bytes of lines, or one word of them, may well be meant twice.
constexpr std::size_t kShortestRepeatedLines = 8;
constexpr std::size_t kShortestRepeatedWord = 3;

bool is_letter(char c) {
  return is_word(c) && !(c >= '0' && c <= '9');
}

// Rows of data: `0x00, 0x00,` before the cursor says nothing of the same behind it.
bool is_list(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return is_word(c) || is_blank(c) || c == ','; }) &&
         text.find(',') != std::string_view::npos;
}

// Whether a text that starts with this tail of the prefix repeats it, and does not just resemble it. The tail
// starts with a line or behind its indentation.
bool is_repetition(std::string_view tail) {
  const auto what = trim_both(tail);
  const bool lines = tail.find('\n') != std::string_view::npos;
  // Behind code no text starts with an indentation.
  if (!what.empty() && is_blank(tail.front())) return !lines || what.size() >= kShortestRepeatedLines;
  if (is_list(what)) return false;
  const bool two_lines = what.find('\n') != std::string_view::npos;
  if (two_lines && what.size() >= kShortestRepeatedLines) return true;
  if (what.size() >= kShortestRepeatedLines && what.find_first_of(" (.=") != std::string_view::npos)
    return true;
  // Nor with all of the line: `f(` may mean f(f(x)).
  const bool word = std::all_of(what.begin(), what.end(), is_letter);
  const bool letters = std::any_of(what.begin(), what.end(), is_letter);
  return !lines && letters && what.size() >= (word ? 2 : 3);
}

// The word that the cursor is in or behind, if a text may begin with it again.
std::string_view repeatable_word(std::string_view prefix) {
  const auto word = last_word(prefix);
  return word.size() >= kShortestRepeatedWord && is_letter(word.front()) ? word : std::string_view();
}

// How many bytes at the front of the text repeat the prefix. Nothing: a longer text would tell.
std::optional<std::size_t> repeated(std::string_view text, std::string_view prefix, bool whole) {
  const auto first = prefix.size() - std::min(prefix.size(), kLongestRepeat);
  auto at = first == 0 ? 0 : prefix.find('\n', first) + 1;  // 0, too, when no line starts there
  for (; at < prefix.size(); at = std::min(prefix.find('\n', at), prefix.size() - 1) + 1) {
    const auto line = prefix.substr(at);
    for (const auto tail : {line, line.substr(indentation_of(line).size())}) {
      const bool again = text.starts_with(tail);
      const bool open = !whole && tail.starts_with(text);
      if ((again || open) && is_repetition(tail)) return again ? std::optional(tail.size()) : std::nullopt;
    }
  }
  const auto word = repeatable_word(prefix);
  if (!whole && word.starts_with(text)) return std::nullopt;
  return !word.empty() && text.starts_with(word) ? word.size() : 0;
}

bool opens_line(std::string_view prefix) {
  const auto line = strip_right(prefix);
  return !line.empty() && std::string_view("{([:,").find(line.back()) != std::string_view::npos;
}

// On an indented blank line a model may start with a newline, or write the indentation that is already there.
std::string_view without_extra_indentation(std::string_view text, std::string_view prefix) {
  const auto line = current_line(prefix);
  const auto above = strip_right(prefix.substr(0, prefix.size() - line.size()));
  const bool blank_above = prefix.size() - line.size() > above.size() + 2;
  if (!line.empty() || blank_above || opens_line(above)) {
    const auto first = std::min(text.find_first_not_of(" \t\n"), text.size());
    const auto newline = text.substr(0, first).rfind('\n');
    if (newline != std::string_view::npos) text.remove_prefix(newline + 1);
  }
  const auto written = indentation_of(text);
  const bool same = above.ends_with(',') && written == line;  // the next of several
  const bool deeper = opens_line(above) && columns(current_line(above)) == columns(line) && !same;
  if (!line.empty() && written.size() >= line.size() && written.starts_with(line) && !deeper)
    text.remove_prefix(line.size());
  return text;
}

}  // namespace

std::string_view without_extra_lead(std::string_view text, std::string_view prefix, bool whole) {
  while (true) {
    const auto again = repeated(text, prefix, whole);
    if (!again || (!whole && trim_both(text).empty())) return {};
    if (*again == 0) break;
    text.remove_prefix(*again);
  }
  const auto line = current_line(prefix);
  if (trim_both(line).empty()) return without_extra_indentation(text, prefix);
  const bool one_space = text.starts_with(' ') && !text.starts_with("  ");
  if (one_space && is_blank(line.back())) text.remove_prefix(1);
  return text;
}

}  // namespace fimd
