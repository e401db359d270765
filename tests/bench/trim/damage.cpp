#include "tests/bench/trim/damage.h"

#include <algorithm>
#include <array>

#include "daemon/brackets.h"
#include "daemon/suffix.h"
#include "daemon/tokens.h"
#include "daemon/trim_steps.h"

namespace fimd {
namespace {

// The suffix up to the end of its `count`-th line that is not blank; the cursor's line is the first when it
// has a rest.
std::string_view first_suffix_lines(const Insertion& taken, std::size_t count) {
  const auto suffix = taken.suffix();
  auto rest = suffix;
  while (!rest.empty() && count > 0) count -= is_blank_line(next_line(rest)) ? 0 : 1;
  return strip_right(suffix.substr(0, suffix.size() - rest.size()));
}

// A few lines from another place of the file, with at most `most_columns` of indentation at their start.
std::string other_code(const Insertion& taken, std::size_t most_columns, Random& random) {
  const auto& lines = taken.source->lines;
  for (int attempt = 0; attempt < 50; ++attempt) {
    const auto from = pick(random, 0, lines.size() - 1);
    if (is_blank_line(lines[from]) || columns(lines[from]) > most_columns || only_closers(lines[from]))
      continue;
    const auto to = std::min(lines.size() - 1, from + pick(random, 2, 7));
    std::string code;
    for (auto i = from; i <= to; ++i) code.append(lines[i]).append("\n");
    return code;
  }
  return {};
}

std::string cut_at_random(std::string text, std::size_t least, Random& random) {
  if (random() % 2 == 0 && text.size() > least) text.resize(pick(random, least, text.size()));
  return text;
}

std::optional<std::string> suffix_again(const Insertion& taken, Random& random) {
  const auto rest = rest_of_line(taken.suffix());
  if (!taken.block && is_blank_line(rest)) return std::nullopt;
  const auto again = first_suffix_lines(taken, pick(random, 2, 6));
  const auto least = taken.block ? again.size() - again.size() / 2 : strip_right(rest).size();
  return std::string(taken.inserted()) + cut_at_random(std::string(again), least, random);
}

std::optional<std::string> next_line_again(const Insertion& taken, Random&) {
  if (!taken.block) return std::nullopt;
  return std::string(taken.inserted()).append(first_suffix_lines(taken, 1));
}

// The line of the suffix that closes the block which the cursor is in.
std::string_view closing_line(const Insertion& taken) {
  const auto closers = unmatched_closers(scan_brackets(taken.suffix(), taken.source->language));
  if (closers.empty()) return {};
  const auto suffix = taken.suffix();
  const auto begin = suffix.rfind('\n', closers.front());
  if (begin == std::string_view::npos) return {};
  const auto line = suffix.substr(begin + 1, suffix.find('\n', closers.front()) - begin - 1);
  return is_closer(trim_both(line).empty() ? ' ' : trim_both(line).front()) ? line : std::string_view();
}

// Whether `text` after `prefix` has more closers in code (not in a string or a comment) than `inserted`,
// which itself leaves nothing open: only then is one of them wrong.
bool closes_too_much(const Insertion& taken, std::string_view text) {
  const auto before = scan_brackets(std::string(taken.prefix()).append(taken.inserted()),
                                    taken.source->language, taken.begin);
  const auto after =
      scan_brackets(std::string(taken.prefix()).append(text), taken.source->language, taken.begin);
  const auto closed = unmatched_closers(before).size();
  return depth_at(before, taken.end) + static_cast<int>(closed) == 0 &&
         unmatched_closers(after).size() > closed;
}

std::optional<std::string> extra_closers(const Insertion& taken, Random& random) {
  std::string text(taken.inserted());
  if (taken.block) {
    const auto line = closing_line(taken);
    if (line.empty()) return std::nullopt;
    text.append("\n").append(line);
  } else {
    const auto rest = trim_both(rest_of_line(taken.suffix()));
    text.append(pick(random, 1, 2), !rest.empty() && is_closer(rest.front()) ? rest.front() : ')');
  }
  return closes_too_much(taken, text) ? std::optional(text) : std::nullopt;
}

std::optional<std::string> ran_on(const Insertion& taken, Random& random) {
  const auto& source = *taken.source;
  const auto line = current_line(taken.prefix());
  const auto column = is_blank_line(line) ? columns(line) : columns(line) + 1;
  const auto closer = closing_line(taken);
  if (!taken.block || column == 0 || (source.language != "python" && closer.empty())) return std::nullopt;
  const auto code = other_code(taken, column - 1, random);
  if (code.empty()) return std::nullopt;
  auto text = std::string(taken.inserted()) + "\n";
  if (source.language != "python") text.append(closer).append("\n");
  return text + "\n" + code;
}

std::optional<std::string> looped(const Insertion& taken, Random& random) {
  const auto inserted = taken.inserted();
  if (taken.block) {
    auto lines = lines_of(inserted);
    const auto count = std::min(lines.size(), pick(random, 1, 3));
    const auto from = lines[lines.size() - count].data() - inserted.data();
    if (count == lines.size() && !is_blank_line(current_line(taken.prefix()))) return std::nullopt;
    auto turn = std::string(inserted.substr(from));
    if (count == lines.size()) turn.insert(0, current_line(taken.prefix()));
    if (only_closers(trim_both(lines[lines.size() - count])) || is_blank_line(lines[lines.size() - count]))
      return std::nullopt;
    std::string text(inserted);
    for (auto turns = pick(random, 3, 8); turns > 0; --turns) text.append("\n").append(turn);
    return cut_at_random(text, text.size() - turn.size() / 2, random);
  }
  auto rest = inserted;
  std::vector<std::string_view> tokens;
  for (auto token = next_token(rest); !token.empty(); token = next_token(rest)) tokens.push_back(token);
  const auto count = std::min(tokens.size(), pick(random, 1, 6));
  const auto from = tokens[tokens.size() - count].data() - inserted.data();
  std::string text(inserted);
  for (std::size_t said = 0; said < 70; said += count) text.append(" ").append(inserted.substr(from));
  return text;
}

std::optional<std::string> reworded(const Insertion& taken, Random& random) {
  if (!taken.block) return std::nullopt;
  const auto again = std::string(first_suffix_lines(taken, pick(random, 2, 4)));
  const auto first = again.find_first_not_of(" \t\n");
  const auto line_end = std::min(again.find('\n', first), again.size());
  std::vector<std::string_view> words;
  auto rest = std::string_view(again).substr(first, line_end - first);
  for (auto token = next_token(rest); !token.empty(); token = next_token(rest)) {
    if (is_word(token.front()) && !(token.front() >= '0' && token.front() <= '9')) words.push_back(token);
  }
  if (words.size() < 3 || line_end - first < 12 || line_end == again.size()) return std::nullopt;
  const auto word = words[random() % words.size()];
  const auto other = words[random() % words.size()];
  const auto replacement = other == word ? std::string(word) + "_2" : std::string(other);
  auto text = again;
  text.replace(word.data() - again.data(), word.size(), replacement);
  return std::string(taken.inserted()) + text;
}

std::optional<std::string> leaked(const Insertion& taken, Random& random) {
  constexpr std::array<std::string_view, 8> kMarkers = {
      "[SUFFIX]",      "[PREFIX]", "<|fim_middle|>",        "<fim_suffix>",
      "<|endoftext|>", "<PRE>",    "\n+++++ src/other.c\n", "\n```\n"};
  return std::string(taken.inserted()).append(kMarkers[random() % kMarkers.size()]) +
         other_code(taken, 80, random);
}

// The last lines up to the cursor, half of the time without the first one's indentation.
std::optional<std::string> prefix_again(const Insertion& taken, Random& random) {
  const auto prefix = taken.prefix();
  auto begin = prefix.size();
  for (auto count = pick(random, 1, 6); count > 0 && begin > 0; --count)
    begin = prefix.rfind('\n', begin - 1) == std::string_view::npos ? 0 : prefix.rfind('\n', begin - 1);
  auto again = prefix.substr(begin == 0 ? 0 : begin + 1);
  if (random() % 2 == 0) again.remove_prefix(indentation_of(again).size());
  if (trim_both(again).size() < 12) return std::nullopt;
  return std::string(again).append(taken.inserted());
}

std::optional<std::string> wrapped(const Insertion& taken, Random& random) {
  constexpr std::array<std::string_view, 5> kBefore = {
      "```cpp\n", "```\n", "Here is the missing code:\n\n```python\n", "<|fim_middle|>",
      "Sure! This is what goes there.\n```\n"};
  const auto before = kBefore[random() % kBefore.size()];
  const bool fenced = before.ends_with('\n');
  const auto line = fenced && random() % 2 == 0 ? current_line(taken.prefix()) : std::string_view();
  const bool closed = fenced && random() % 3 > 0;
  return std::string(before).append(is_blank_line(line) ? "" : line).append(taken.inserted()) +
         (closed ? "\n```\nThat is all there is to it.\n" : "");
}

}  // namespace

const std::vector<Damage>& kinds_of_damage() {
  static const std::vector<Damage> kinds = {{"suffix again", suffix_again},
                                            {"next line again", next_line_again},
                                            {"extra closers", extra_closers},
                                            {"ran on", ran_on},
                                            {"looped", looped},
                                            {"reworded suffix", reworded},
                                            {"leaked tokens", leaked},
                                            {"prefix again", prefix_again},
                                            {"wrapped", wrapped}};
  return kinds;
}

}  // namespace fimd
