#include "daemon/trim.h"

#include <algorithm>
#include <array>

#include "daemon/brackets.h"
#include "daemon/open_brackets.h"
#include "daemon/suffix.h"
#include "daemon/tokens.h"
#include "daemon/trim_steps.h"

namespace fimd {
namespace {

constexpr std::size_t kShortestText = 2;

std::string without_returns(std::string_view text) {
  std::string result(text);
  if (text.find('\r') != std::string_view::npos) std::erase(result, '\r');
  return result;
}

// A window that starts inside a comment or a docstring would turn the document inside out, so that it starts
// with a line that is surely code, if there is one in its first half.
std::string_view tail_of(std::string_view prefix) {
  if (prefix.size() <= kTrimWindow) return prefix;
  prefix.remove_prefix(prefix.size() - kTrimWindow);
  const auto half = prefix.substr(0, kTrimWindow / 2);
  constexpr std::array<std::string_view, 6> kCode = {"\n}\n",    "\n};\n", "\ndef ",
                                                     "\nclass ", "\n@",    "\nimport "};
  auto start = std::string_view::npos;
  for (const auto code : kCode) start = std::min(start, half.find(code));
  if (start == std::string_view::npos) start = prefix.find('\n');
  return prefix.substr(std::min(start, prefix.size() - 1) + 1);
}

// A context cut to its windows, with "\n" line ends, so that no step has to think of either.
struct Window {
  explicit Window(const TrimContext& context) {
    const auto& whole = context.prefix;
    const auto typed = std::min({context.typed, whole.size(), kTrimWindow / 2});
    auto before = whole.substr(0, whole.size() - typed);
    head = without_returns(tail_of(before));
    begun = without_returns(whole.substr(whole.size() - typed));
    prefix = head + begun;
    suffix = without_returns(context.suffix.substr(0, kTrimWindow));
    cut_off = context.suffix.size() > kTrimWindow;
    calm = calm_line(head, context.language);
  }

  std::string head;    // before the text began
  std::string begun;   // what was typed of it
  std::string prefix;  // both
  std::string suffix;
  std::size_t calm;  // see Surroundings
  bool cut_off;      // the suffix goes on after its window
};

// The closers with which a line may leave the cursor's block: the one that the document lacks, the one that
// it has right after the cursor.
std::string missing_closers(const Window& window, std::string_view language) {
  const auto open = open_brackets(window.prefix, window.suffix, language, !window.cut_off);
  std::string closers(trim_both(rest_of_line(window.suffix)).substr(0, 1));
  if (!open.empty() && !open.front().closed) closers += open.front().closer;
  return closers;
}

bool has_closing_line(std::string_view text) {
  while (!text.empty()) {
    const auto line = trim_both(next_line(text));
    if (!line.empty() && is_closer(line.front())) return true;
  }
  return false;
}

// Blanks, be they of Unicode: no-break spaces, spaces of any width, marks without width.
bool is_invisible(std::string_view text) {
  constexpr auto kBlanks =
      std::to_array<std::string_view>({"\u00A0", "\u2002", "\u2003", "\u2009", "\u200A", "\u200B", "\u200C",
                                       "\u200D", "\u202F", "\u2060", "\u3000", "\uFEFF"});
  text = trim_both(text);
  for (auto blank = kBlanks.begin(); blank != kBlanks.end();) {
    const bool starts = text.starts_with(*blank);
    if (starts) text = trim_both(text.substr(blank->size()));
    blank = starts ? kBlanks.begin() : std::next(blank);
  }
  return text.empty();
}

struct Cut {
  std::size_t keep;
  bool block;  // more than one line was wanted
};

// The end of the first line after `from` that is not blank.
std::size_t end_of_next_line(std::string_view text, std::size_t from) {
  const auto start = text.find_first_not_of(" \t\n", from);
  return std::min(text.find('\n', std::min(start, text.size())), text.size());
}

// Steps 3, 4 and the first half of 6, for more than one line.
std::size_t keep_block(std::string_view text, const Window& window, std::string_view language, bool whole) {
  auto keep = keep_before_repetition(text, window.head, window.suffix);
  const auto head = std::string_view(window.head).substr(window.calm);
  const auto closers = has_closing_line(text) ? missing_closers(window, language) : std::string();
  const auto scope = keep_scope(text.substr(0, keep), head, language, closers);
  const Surroundings around{window.head, window.suffix, language, window.calm, !window.cut_off};
  // What lies outside of the block still tells whether the lines before it were the document's; and where the
  // block ends, the text ends.
  const auto next = keep_before_next_lines(text.substr(0, keep), around, whole || keep < text.size());
  keep = std::min(scope, next);
  if (next > scope) keep = keep_before_next_lines(text.substr(0, keep), around, true);
  return keep;
}

// The same for the lines that come after a single one: they stand beside the cursor's line, not inside it.
std::size_t keep_lines_after(std::string_view text, Window window, std::string_view language, bool whole) {
  const std::string line(current_line(window.head));
  window.head.resize(window.head.size() - line.size());
  const auto keep = keep_block(line + std::string(text), window, language, whole);
  return std::max(keep, line.size()) - line.size();
}

// Steps 2 to 4 and the first half of 6: they look at the whole text from where it began, so that typing
// changes nothing.
Cut cut_lines(std::string_view text, const Window& window, std::string_view language, bool whole) {
  const auto first = keep_first_line(text);
  const auto line = std::string(current_line(window.head)).append(text.substr(0, keep_head(text)));
  const bool opens = first < text.size() && opens_block(current_line(line), language) &&
                     lines_wanted(line, window.suffix, language) == Lines::multi;
  const bool single = !opens && lines_wanted(window.head, window.suffix, language) == Lines::single;
  if (single && window.begun.size() < first) {
    return {keep_before_repetition(text.substr(0, first), window.head, window.suffix), false};
  }
  if (!single) return {keep_block(text, window, language, whole), true};
  // The line is written: one more is shown at a time.
  const auto keep = keep_lines_after(text, window, language, whole);
  return {std::min(keep, end_of_next_line(text, window.begun.size())), true};
}

// Steps 5, the second half of 6, and 8: the part that is not typed yet, against the closers that are there
// now.
Trimmed fit_suffix(std::string_view text, const Window& window, std::string_view language) {
  const Surroundings around{window.prefix, window.suffix,   language,
                            window.calm,   !window.cut_off, window.begun.size()};
  const bool goes_on = window.begun.find('\n') != std::string::npos;
  const auto one_line = [goes_on](std::string_view part) {
    return !goes_on && part.find('\n') == std::string_view::npos;
  };
  if (one_line(text)) text = text.substr(0, keep_before_rest(text, around));
  const auto rest = rest_of_line(window.suffix).substr(0, contained_closers(text, around));
  const auto ahead = static_cast<std::size_t>(std::count_if(rest.begin(), rest.end(), is_closer));
  text = strip_right(text.substr(0, keep_balanced(text, around, ahead)));
  if (one_line(text)) text = strip_right(text.substr(0, keep_before_rest(text, around)));
  return {std::string(text), contained_closers(text, around)};
}

std::string cleaned(std::string_view generated, const TrimContext& context, const Window& window,
                    bool whole) {
  const auto text = without_leaks(generated, window.prefix, window.suffix);
  auto code = without_fences(text, window.prefix, context.language, whole);
  if (window.begun.empty() && is_foreign(code, window.head, context.language)) return {};
  if (window.begun.empty()) code = without_extra_lead(code, window.head, whole);
  return with_indentation(code, window.prefix, window.suffix, context.indentation, whole);
}

std::optional<Trimmed> fitted(std::string_view text, const Cut& cut, const Window& window,
                              std::string_view language) {
  if (cut.keep <= window.begun.size()) return std::nullopt;
  const auto whole = strip_right(text.substr(0, cut.keep));
  if (whole.size() <= window.begun.size()) return std::nullopt;
  const auto rest = whole.substr(window.begun.size());
  if (repeats_next_line(rest, window.prefix, window.suffix)) return std::nullopt;
  auto trimmed = fit_suffix(rest, window, language);
  // The last character of a suggestion stays on the screen until it is typed, too.
  const auto shortest = window.begun.empty() ? kShortestText : 1;
  if (trimmed.text.size() < shortest || is_invisible(trimmed.text)) return std::nullopt;
  return trimmed;
}

}  // namespace

std::string clean(std::string_view generated, const TrimContext& context, bool whole) {
  return cleaned(generated, context, Window(context), whole);
}

std::optional<Trimmed> trim(std::string_view generated, const TrimContext& context) {
  const Window window(context);
  const auto text = window.begun + cleaned(generated, context, window, true);
  return fitted(text, cut_lines(text, window, context.language, true), window, context.language);
}

Trimmed first_block(Trimmed trimmed, std::string_view prefix) {
  const auto keep = keep_first_block(trimmed.text, prefix);
  // The closers that the text contains stand in its last line.
  if (keep < trimmed.text.size()) trimmed = {trimmed.text.substr(0, keep), 0};
  return trimmed;
}

Progress progress(std::string_view so_far, const TrimContext& context) {
  const Window window(context);
  const auto lines = so_far.substr(0, so_far.rfind('\n') + 1);
  const auto text = window.begun + cleaned(lines, context, window, false);
  if (keep_first_line(text) == text.size()) return {};
  auto cut = cut_lines(text, window, context.language, false);
  Progress progress;
  // After a single line come the lines to show next, unless its end stands in the document already.
  const bool one_line = !cut.block;
  const bool goes_on = one_line && only_closers(rest_of_line(window.suffix));
  const auto end = goes_on ? keep_lines_after(text, window, context.language, false) : cut.keep;
  progress.finished = !strip_right(text.substr(end)).empty() || (one_line && !goes_on);
  const auto block = one_line ? cut.keep : keep_first_block(text, window.head);
  if (progress.finished || block < text.size()) {
    if (!progress.finished) cut.keep = block;
    progress.ready = fitted(text, cut, window, context.language);
  }
  return progress;
}

}  // namespace fimd
