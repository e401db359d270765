// Steps 5, 6 and 8 of trim: the text against what stands after the cursor.
#include <algorithm>
#include <string>
#include <vector>

#include "daemon/brackets.h"
#include "daemon/open_brackets.h"
#include "daemon/suffix.h"
#include "daemon/tokens.h"
#include "daemon/trim_steps.h"

namespace fimd {
namespace {

BracketScan scan_in(const Surroundings& around, std::string_view text) {
  const auto before = around.prefix.substr(std::min(around.calm, around.prefix.size()));
  return scan_brackets(std::string(before).append(text), around.language, before.size());
}

// The prefix without the regular expression that ends in the text: the brackets in it are none.
std::string_view before_regex(const Surroundings& around, std::string_view text) {
  const auto calm = std::min(around.calm, around.prefix.size());
  const auto source = std::string(around.prefix.substr(calm)).append(text);
  return around.prefix.substr(0, calm + regex_begin(source, around.prefix.size() - calm, around.language));
}

// How far the two ways to complete the document are compared.
constexpr std::size_t kBalanceWindow = 4 * 1024;

std::string_view tail_of(std::string_view prefix) {
  if (prefix.size() <= kBalanceWindow) return prefix;
  prefix.remove_prefix(prefix.size() - kBalanceWindow);
  return prefix.substr(std::min(prefix.find('\n') + 1, prefix.size()));
}

std::size_t imbalance_with(const Surroundings& around, std::string_view text, std::size_t replaced) {
  const auto suffix = around.suffix.substr(std::min(replaced, around.suffix.size()), kBalanceWindow);
  return imbalance(std::string(tail_of(around.prefix)).append(text).append(suffix), around.language);
}

// Whether the document's brackets allow to cut the text at `at`: the rest may hold the closer of one that
// stays.
bool stays_balanced(const Surroundings& around, std::string_view text, std::size_t at) {
  const auto what = text.substr(at);
  if (std::none_of(what.begin(), what.end(),
                   [](char c) { return std::string_view("()[]{}").find(c) != std::string_view::npos; }))
    return true;
  return imbalance_with(around, text.substr(0, at), 0) <= imbalance_with(around, text, 0);
}

// Inside a word, or inside a ruler of equal marks.
bool splits_token(std::string_view text, std::size_t at) {
  if (at == 0 || at >= text.size() || is_closer(text[at])) return false;
  return text[at - 1] == text[at] || (is_word(text[at - 1]) && is_word(text[at]));
}

// The whole text, with what is typed of it.
std::string_view begun_of(const Surroundings& around) {
  return around.prefix.substr(around.prefix.size() - around.begun);
}

// Whether a cut at `at` takes away the end of a type's argument list: `<` and `>` are no brackets elsewhere.
bool opens_angle(const Surroundings& around, std::string_view text, std::size_t at) {
  const auto whole = std::string(begun_of(around)).append(text);
  const auto count = [&](char c) { return std::count(whole.begin(), whole.end(), c); };
  return only_closers(text.substr(at)) && text.find('>', at) != std::string_view::npos &&
         count('>') <= count('<');
}

// The shortest text of a rest of line that is looked for in the middle of a text.
constexpr std::size_t kShortestRest = 4;

struct CodeLine {
  std::string_view text;  // without blanks at its end
  std::size_t begin;      // offset of its first byte
};

std::vector<CodeLine> code_lines(std::string_view text, std::size_t most) {
  std::vector<CodeLine> lines;
  for (auto rest = text; !rest.empty() && lines.size() < most;) {
    const auto begin = text.size() - rest.size();
    const auto line = strip_right(next_line(rest));
    if (!line.empty()) lines.push_back({line, begin});
  }
  return lines;
}

constexpr std::size_t kSuffixLines = 12;
constexpr std::size_t kShortestCutLine = 4;      // bytes of a last line that the model did not finish
constexpr std::size_t kShortestDistinctive = 8;  // bytes of a line that says by itself where we are
constexpr std::size_t kShortestReworded = 12;

struct Match {
  std::size_t lines = 0;
  bool to_end = false;
};

// Lines of a list begin with the same two tokens; there a whole one is easily the beginning of another.
bool in_list(std::string_view line, std::string_view above) {
  const auto openers = std::count_if(line.begin(), line.end(), is_opener);
  const bool balanced = openers == std::count_if(line.begin(), line.end(), is_closer);
  return balanced && next_token(line) == next_token(above) && next_token(line) == next_token(above);
}

// How many lines of the text, from `at` on, are the lines after the cursor, from `first` on.
// `above` is the line before the text.
Match match_lines(const std::vector<CodeLine>& text, std::size_t at, const std::vector<CodeLine>& suffix,
                  std::size_t first, bool whole, std::string_view above) {
  Match match;
  while (at < text.size() && first < suffix.size() && text[at].text == suffix[first].text)
    ++match.lines, ++at, ++first;
  const bool cut_short = whole && at + 1 == text.size() && first < suffix.size() &&
                         suffix[first].text.starts_with(text[at].text) &&
                         (match.lines > 0 || (trim_both(text[at].text).size() >= kShortestCutLine &&
                                              !in_list(text[at].text, at > 0 ? text[at - 1].text : above)));
  if (cut_short) ++match.lines, ++at;
  match.to_end = whole && at == text.size();
  return match;
}

bool has_line(std::string_view text, std::string_view line) {
  while (!text.empty()) {
    if (trim_both(next_line(text)) == line) return true;
  }
  return false;
}

// A line that stands in the document only here: `break;` says nothing about the place.
bool is_distinctive(std::string_view line, std::string_view prefix) {
  return trim_both(line).size() >= kShortestDistinctive && !has_line(prefix, trim_both(line));
}

bool is_quote(char c) {
  return c == '"' || c == '\'' || c == '`';
}

// Whether the text brings the quote that ends the string in which the cursor is.
bool ends_string(std::string_view text, std::string_view prefix, char quote) {
  const auto line = current_line(prefix);
  return std::count(line.begin(), line.end(), quote) % 2 == 1 &&
         std::count(text.begin(), text.end(), quote) % 2 == 1;
}

// Whether the text's closer number `index` ends a bracket that nothing else ends.
bool is_missing(const std::vector<OpenBracket>& open, std::size_t index, char closer) {
  return index < open.size() && open[index].closer == closer && !open[index].closed;
}

// Whether the editor put closers on the rest of the line while the text was typed: there are more than the
// line had brackets open before it.
bool closed_on_line(const Surroundings& around) {
  const auto head = around.prefix.substr(0, around.prefix.size() - around.begun);
  const auto line = head.size() - current_line(head).size();
  const auto open = unmatched_openers(scan_brackets(head, around.language, line)).size();
  const auto rest = rest_of_line(around.suffix);
  return open < static_cast<std::size_t>(std::count_if(rest.begin(), rest.end(), is_closer));
}

// Whether the editor closed the bracket when it was typed: right after the cursor, or, once there are lines
// between the two, under the line of the bracket.
bool closed_ahead(const Surroundings& around, const Bracket& opener) {
  const auto closer = around.suffix.find_first_not_of(" \t\n");
  if (closer == std::string_view::npos || around.suffix[closer] != closer_of(opener.kind)) return false;
  const auto line = around.suffix.substr(0, closer).rfind('\n');
  if (line == std::string_view::npos) return closed_on_line(around);
  return closer - line - 1 == indentation_of(from_line_of(around.prefix, opener.at)).size();
}

// How many of the text's closers, from the first on, end brackets that it opened itself in what is typed of
// it.
std::size_t own_closers(const Surroundings& around, std::string_view text,
                        const std::vector<std::size_t>& closers) {
  if (around.begun == 0 || closers.empty()) return 0;
  const auto begin = around.prefix.size() - around.begun;
  const auto openers = unmatched_openers(scan_brackets(before_regex(around, text), around.language, begin));
  std::size_t own = 0;
  for (auto opener = openers.rbegin(); opener != openers.rend() && own < closers.size(); ++opener, ++own) {
    if (text[closers[own]] != closer_of(opener->kind)) break;
    if (closed_ahead(around, {begin + opener->at, opener->kind})) break;
  }
  return own;
}

bool is_identifier(std::string_view token) {
  return is_word(token.front()) && !(token.front() >= '0' && token.front() <= '9');
}

// Equal but for identifiers, of which at most a third differ.
bool is_reworded(std::string_view line, std::string_view original) {
  if (trim_both(original).size() < kShortestReworded || indentation_of(line) != indentation_of(original))
    return false;
  std::size_t identifiers = 0;
  std::size_t changed = 0;
  while (true) {
    const auto a = next_token(line);
    const auto b = next_token(original);
    if (a.empty() || b.empty()) return a.empty() && b.empty() && changed * 3 <= identifiers;
    const bool both = is_identifier(a) && is_identifier(b);
    if (a != b && !both) return false;
    identifiers += both ? 1 : 0;
    changed += a != b ? 1 : 0;
  }
}

}  // namespace

std::size_t keep_before_rest(std::string_view text, const Surroundings& around) {
  const auto rest = strip_right(rest_of_line(around.suffix));
  const auto may_cut = [&](std::size_t at) {
    return !splits_token(text, at) && !opens_angle(around, text, at) && stays_balanced(around, text, at);
  };
  for (auto size = std::min(text.size(), rest.size()); size > 0; --size) {
    const auto at = text.size() - size;
    if (text.substr(at) == rest.substr(0, size) && !splits_token(rest, size) && may_cut(at)) return at;
  }
  const auto what = trim_both(rest);
  if (what.size() < kShortestRest || only_closers(what)) return text.size();
  const auto at = text.find(what);
  return at != std::string_view::npos && may_cut(at) ? at : text.size();
}

std::size_t keep_before_next_lines(std::string_view text, const Surroundings& around, bool whole) {
  const auto line = current_line(around.prefix);
  const auto above = current_line(strip_right(around.prefix.substr(0, around.prefix.size() - line.size())));
  const auto written = std::string(line).append(text);
  const auto lines = code_lines(written, written.size());
  const auto below = code_lines(next_lines(around.suffix), kSuffixLines);
  if (below.empty()) return text.size();
  const bool says_something = !only_closers(below.front().text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const auto at = std::max(lines[i].begin, line.size() + 1) - line.size() - 1;
    const auto match = match_lines(lines, i, below, 0, whole, above);
    const bool first = lines[i].begin <= line.size();
    const bool enough =
        match.lines >= 2 || (match.lines == 1 && match.to_end) ||
        (match.lines == 1 && says_something && !first && is_distinctive(lines[i].text, around.prefix));
    const bool again = !enough && match.lines == 0 && !first &&
                       is_reworded(lines[i].text, below.front().text) &&
                       match_lines(lines, i + 1, below, 1, whole, above).lines > 0;
    if ((enough || again) && stays_balanced(around, text, at)) return at;
  }
  return text.size();
}

std::size_t keep_balanced(std::string_view text, const Surroundings& around, std::size_t contained) {
  const auto scan = scan_in(around, text);
  const auto closers = unmatched_closers(scan);
  if (closers.size() <= contained) return text.size();
  // `) {` takes one closer from the document and gives it another bracket to close.
  std::string spare;
  for (const auto& opener : unmatched_openers(scan)) spare += closer_of(opener.kind);
  const auto open = open_brackets(before_regex(around, text), around.suffix, around.language, around.to_end);
  for (auto i = own_closers(around, text, closers); i < closers.size(); ++i) {
    const auto kind = text[closers[i]];
    if (is_missing(open, i, kind)) continue;
    if (contained > 0) {
      --contained;
    } else if (const auto other = spare.find(kind); other != std::string::npos) {
      spare.erase(other, 1);
    } else {
      return strip_right(text.substr(0, closers[i])).size();
    }
  }
  return text.size();
}

std::size_t contained_closers(std::string_view text, const Surroundings& around) {
  const auto rest = strip_right(rest_of_line(around.suffix));
  if (rest.empty() || !only_closers(rest)) return 0;
  auto closers = unmatched_closers(scan_in(around, text));
  const auto open = open_brackets(before_regex(around, text), around.suffix, around.language, around.to_end);
  const auto own = own_closers(around, text, closers);
  for (std::size_t i = closers.size(); i-- > 0;) {
    if (i < own || is_missing(open, i, text[closers[i]]))
      closers.erase(closers.begin() + static_cast<std::ptrdiff_t>(i));
  }
  std::size_t contained = is_quote(rest.front()) && ends_string(text, around.prefix, rest.front()) ? 1 : 0;
  for (const auto closer : closers) {
    const auto at = rest.find_first_not_of(' ', contained);
    if (at == std::string_view::npos || rest[at] != text[closer]) break;
    contained = at + 1;
  }
  if (contained > 0 && text.ends_with(rest.substr(contained))) contained = rest.size();
  return imbalance_with(around, text, contained) <= imbalance_with(around, text, 0) ? contained : 0;
}

}  // namespace fimd
