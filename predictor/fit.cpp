#include "predictor/fit.h"

#include <algorithm>

#include "predictor/tokens.h"

namespace fimd {
namespace {

constexpr std::string_view kClosers = ")]}\"'`>;,";

bool only_closers(std::string_view rest) {
  return rest.find_first_not_of(kClosers) == std::string_view::npos;
}

// Length of the UTF-8 character that starts at `at`, 0 if it is broken or a control character.
std::size_t character_bytes(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  if (lead < 0x80) return (lead >= 0x20 && lead != 0x7F) || lead == '\t' ? 1 : 0;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[at + i]) & 0xC0) != 0x80) return 0;
  }
  // Too long for their character, surrogates, beyond Unicode; control characters of Latin-1.
  const auto next = static_cast<unsigned char>(text[at + 1]);
  const bool wrong = (lead == 0xE0 && next < 0xA0) || (lead == 0xED && next >= 0xA0) ||
                     (lead == 0xF0 && next < 0x90) || (lead == 0xF4 && next >= 0x90) ||
                     (lead == 0xC2 && next < 0xA0);
  return wrong ? 0 : length;
}

bool presentable(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t bytes = character_bytes(text, at);
    if (bytes == 0) return false;
    at += bytes;
  }
  return true;
}

// The guess without its tail, where that tail is the beginning of what stands after the cursor.
std::string_view without_overlap(std::string_view guess, std::string_view rest) {
  for (std::size_t n = std::min(guess.size(), rest.size()); n > 0; --n) {
    if (guess.ends_with(rest.substr(0, n))) return guess.substr(0, guess.size() - n);
  }
  return guess;
}

// Cut before the first closing bracket that the guess did not open itself.
std::string_view balanced(std::string_view guess) {
  int depth = 0;
  for (std::size_t i = 0; i < guess.size(); ++i) {
    if (guess[i] == '(' || guess[i] == '[' || guess[i] == '{') ++depth;
    if (guess[i] == ')' || guess[i] == ']' || guess[i] == '}') --depth;
    if (depth < 0) return guess.substr(0, i);
  }
  return guess;
}

}  // namespace

std::string fit(std::string_view guess, std::string_view suffix) {
  const std::string_view rest = trim_right(trim_left(suffix.substr(0, suffix.find_first_of("\r\n"))));
  std::string_view text = guess;
  if (!rest.empty()) {
    text = without_overlap(guess, rest);
    if (text.size() == guess.size() && !only_closers(rest)) return {};
    if (text.size() == guess.size()) text = balanced(guess);
  }
  text = trim_right(text);
  return presentable(text) ? std::string(text) : std::string();
}

std::string_view first_text_line(std::string_view lines) {
  std::string_view line;
  while (line.empty() && !lines.empty()) line = trim_right(trim_left(take_line(lines)));
  return line;
}

}  // namespace fimd
