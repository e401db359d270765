// Step 3 of trim: a model in a loop. It does not stop by itself, so that the loop reaches the end of the
// text; one turn of it is what the model had to say.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "daemon/suffix.h"
#include "daemon/tokens.h"
#include "daemon/trim_steps.h"

namespace fimd {
namespace {

struct TextLine {
  std::string_view text;  // without blanks at its end
  std::size_t end;        // offset of its line end
};

std::vector<TextLine> full_lines(std::string_view text) {
  std::vector<TextLine> lines;
  for (auto rest = text; !rest.empty();) {
    const auto line = strip_right(next_line(rest));
    const auto end = text.size() - rest.size() - (rest.empty() && !text.ends_with('\n') ? 0 : 1);
    if (!line.empty()) lines.push_back({line, end});
  }
  return lines;
}

constexpr std::size_t kLongestGroup = 12;  // lines of one turn
constexpr std::size_t kTurns = 3;
constexpr std::size_t kCountingLines = 6;

bool says_something(const std::vector<TextLine>& lines, std::size_t from, std::size_t count) {
  return std::any_of(lines.begin() + from, lines.begin() + from + count,
                     [](const TextLine& line) { return !only_closers(line.text); });
}

// How many lines from `from` on repeat the line `period` lines above; the last line of a text may be cut
// short.
std::size_t run_of(const std::vector<TextLine>& lines, std::size_t from, std::size_t period) {
  auto at = from + period;
  while (at < lines.size() && lines[at].text == lines[at - period].text) ++at;
  if (at + 1 == lines.size() && lines[at - period].text.starts_with(lines[at].text)) ++at;
  return at - from;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Lines that count only differ by their numbers and the signs of those.
std::string without_numbers(std::string_view line) {
  std::string shape;
  for (const char c : trim_both(line)) {
    if (is_digit(c) && shape.ends_with('-')) shape.pop_back();
    if (!is_digit(c) || !shape.ends_with('0')) shape += is_digit(c) ? '0' : c;
  }
  return shape;
}

// Takes the last line that is not blank off the end of `text`, and the first one off its front.
std::string_view take_last_line(std::string_view& text) {
  text = strip_right(text);
  const auto line = current_line(text);
  text.remove_suffix(line.size());
  return line;
}

std::string_view take_first_line(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  return next_line(text);
}

bool is_numeric(std::string_view line) {
  return std::any_of(line.begin(), line.end(), is_digit) &&
         std::all_of(line.begin(), line.end(), [](char c) { return is_digit(c) || !is_word(c); });
}

// Whether `rows` lines above the cursor, or below, are all as `is_row` says: the loop is the document's own.
template <typename IsRow>
bool in_table(std::size_t rows, std::string_view prefix, std::string_view suffix, const IsRow& is_row) {
  auto above = prefix.substr(0, prefix.size() - current_line(prefix).size());
  auto below = next_lines(suffix);
  bool is_above = true;
  bool is_below = true;
  for (; rows > 0; --rows) {
    is_above = is_above && is_row(take_last_line(above));
    is_below = is_below && is_row(take_first_line(below));
  }
  return is_above || is_below;
}

// `0, 0, 0, 0,`
bool fills_table(std::string_view line) {
  std::string_view number;
  for (auto token = next_token(line); !token.empty(); token = next_token(line)) {
    if (!is_word(token.front())) continue;
    if (!number.empty() && token != number) return false;
    number = token;
  }
  return true;
}

// Among other rows of numbers one of zeros may be said as often as one likes, any other as often as it stands
// there. A row of words that stands beside the loop once may be what the model fell over.
bool goes_on_equal(std::string_view line, std::string_view prefix, std::string_view suffix) {
  const auto what = trim_both(line);
  if (!is_numeric(line))
    return in_table(2, prefix, suffix, [&](std::string_view row) { return trim_both(row) == what; });
  return in_table(1, prefix, suffix, [&](std::string_view row) {
    return trim_both(row) == what || (fills_table(line) && is_numeric(row));
  });
}

std::size_t keep_before_equal_lines(const std::vector<TextLine>& lines, std::size_t size,
                                    std::string_view prefix, std::string_view suffix) {
  auto keep = size;
  for (std::size_t period = 1; period <= std::min(kLongestGroup, lines.size() / 2); ++period) {
    for (std::size_t from = 0; from + 2 * period < lines.size();) {
      const auto run = run_of(lines, from, period);
      const bool at_end = from + run == lines.size() && run > 2 * period && period > 1;
      if ((run >= kTurns * period || at_end) && says_something(lines, from, period) &&
          !goes_on_equal(lines[from].text, prefix, suffix)) {
        keep = std::min(keep, lines[from + period - 1].end);
        break;
      }
      from += std::max<std::size_t>(1, run - period + 1);
    }
  }
  return keep;
}

// Equal lines count nothing: they are left to keep_before_equal_lines, whose answer is `keep`.
std::size_t keep_before_counting(const std::vector<TextLine>& lines, std::size_t keep,
                                 std::string_view prefix, std::string_view suffix) {
  std::size_t run = 1;
  for (std::size_t i = 1; i < lines.size() && lines[i].end <= keep; ++i) {
    const bool same = without_numbers(lines[i].text) == without_numbers(lines[i - 1].text);
    run = same && !only_closers(lines[i].text) ? run + 1 : 1;
    if (run != kCountingLines) continue;
    const auto shape = without_numbers(lines[i].text);
    const auto is_row = [&](std::string_view row) { return without_numbers(row) == shape; };
    if (!in_table(1, prefix, suffix, is_row)) return lines[i + 1 - run].end;
  }
  return keep;
}

struct Tail {
  std::size_t tokens;
  std::size_t period;  // the longest that counts as a loop
};
constexpr std::array<Tail, 4> kTails = {{{10, 1}, {30, 10}, {45, 20}, {60, 30}}};

// What rulers are drawn with.
constexpr std::string_view kRulers = "-=*#~/+.^%\\";

// A ruler is one token here.
std::vector<std::string_view> tokens_of(std::string_view text) {
  std::vector<std::string_view> tokens;
  while (true) {
    const auto token = next_token(text);
    if (token.empty()) return tokens;
    const bool ruler = !tokens.empty() && kRulers.find(token.front()) != std::string_view::npos &&
                       tokens.back().back() == token.front() && tokens.back().end() == token.begin();
    if (ruler) {
      tokens.back() = {tokens.back().data(), tokens.back().size() + 1};
    } else {
      tokens.push_back(token);
    }
  }
}

// The shortest period of `count` items, by the failure function of Knuth, Morris and Pratt.
template <typename At>
std::size_t period_of(std::size_t count, const At& at) {
  std::vector<std::size_t> border(count);
  for (std::size_t i = 1; i < count; ++i) {
    auto length = border[i - 1];
    while (length > 0 && at(i) != at(length)) length = border[length - 1];
    border[i] = at(i) == at(length) ? length + 1 : 0;
  }
  return count - border.back();
}

std::size_t tail_period(const std::vector<std::string_view>& tokens, std::size_t count) {
  return period_of(count, [&](std::size_t i) { return tokens[tokens.size() - 1 - i]; });
}

std::size_t end_of(std::string_view text, std::string_view token) {
  return token.data() + token.size() - text.data();
}

// Where the first turn ends. A loop of tokens begins anywhere in a turn; its blanks repeat, too, only from
// where the model began it: in `f(a) + b ) + b ) + b`, behind the first `b`.
std::size_t end_of_turn(std::string_view text, const std::vector<std::string_view>& tokens, std::size_t first,
                        std::size_t period) {
  const auto by_tokens = end_of(text, tokens[first + period - 1]);
  const auto& last = tokens.back();
  const auto& before = tokens[tokens.size() - 1 - period];
  const auto turn = static_cast<std::size_t>(last.data() - before.data());
  auto from = static_cast<std::size_t>(before.data() - text.data());
  while (from > 0 && text[from - 1] == text[from - 1 + turn]) --from;
  const auto by_bytes = strip_right(text.substr(0, from + turn)).size();
  const bool splits_word = is_word(text[by_bytes - 1]) && is_word(text[by_bytes]);
  return from <= by_tokens && !splits_word ? by_bytes : by_tokens;
}

std::size_t keep_before_tail(std::string_view text, const std::vector<std::string_view>& tokens) {
  for (const auto& tail : kTails) {
    if (tokens.size() < tail.tokens) break;
    const auto period = tail_period(tokens, tail.tokens);
    if (period > tail.period) continue;
    auto first = tokens.size() - tail.tokens;
    while (first > 0 && tokens[first - 1] == tokens[first - 1 + period]) --first;
    // How many closers are right is a question of what the document lacks, not of turns.
    const bool closers = std::all_of(tokens.begin() + first, tokens.end(),
                                     [](std::string_view token) { return is_closer(token.front()); });
    if (closers) return text.size();
    const auto begin = end_of(text, tokens[first]);
    const auto end = end_of_turn(text, tokens, first, period);
    // A turn that goes over a line end is one of lines, wherever in them its tokens begin to repeat.
    const bool of_lines =
        text.substr(begin, std::max(end, begin) - begin).find('\n') != std::string_view::npos;
    return of_lines ? std::min(text.find('\n', end), text.size()) : end;
  }
  return text.size();
}

// How often a turn must be said to be a loop; 0 when it may be said as often as one likes. Lists of one word
// are written (`int, int, int`, "%d %d %d"); code that ends something again and again is not.
std::size_t turns_of(std::string_view turn) {
  constexpr std::size_t kLong = 8;
  constexpr std::size_t kShortestWord = 3;
  std::size_t items = 0;  // words and numbers
  std::size_t longest = 0;
  for (auto rest = turn, token = next_token(rest); !token.empty(); token = next_token(rest)) {
    if (!is_word(token.front())) continue;
    ++items;
    if (!is_digit(token.front())) longest = std::max(longest, token.size());
  }
  const bool structured = turn.find_first_of("(){}[];:=") != std::string_view::npos;
  if (longest == 0) return 0;
  if (items > 1 || structured) return turn.size() < kLong ? 4 : 3;
  const bool glued = std::all_of(turn.begin(), turn.end(), is_word);
  if (longest < kShortestWord) return 0;
  return glued ? 4 : 6;
}

// A text that is one turn from its first byte on shows its loop early. Not so where the document is in it.
std::size_t keep_first_turn(std::string_view text, std::string_view prefix, std::string_view suffix) {
  const auto said = strip_right(text);
  if (said.empty()) return text.size();
  const auto period = period_of(said.size(), [&](std::size_t i) { return said[i]; });
  const auto turns = turns_of(said.substr(0, period));
  const auto turn = trim_both(said.substr(0, period));
  if (turns == 0 || said.size() < period * turns - period / 2 || strip_right(prefix).ends_with(turn) ||
      trim_both(suffix).starts_with(turn))
    return text.size();
  return strip_right(said.substr(0, period)).size();
}

}  // namespace

std::size_t keep_before_repetition(std::string_view text, std::string_view prefix, std::string_view suffix) {
  // With what stands before the cursor, the first line can equal the next.
  const auto line = current_line(prefix);
  const auto written = std::string(line).append(text);
  const auto lines = full_lines(written);
  const auto equal = keep_before_equal_lines(lines, written.size(), prefix, suffix);
  const auto keep = keep_before_counting(lines, equal, prefix, suffix);
  if (keep < written.size()) return std::max(keep, line.size()) - line.size();
  const auto turn = keep_first_turn(text, prefix, suffix);
  if (turn < text.size()) return turn;
  auto tokens = tokens_of(text);
  const auto tail = keep_before_tail(text, tokens);
  if (tail < text.size() || tokens.empty()) return tail;
  tokens.pop_back();  // the last token may be cut short
  return keep_before_tail(text, tokens);
}

}  // namespace fimd
