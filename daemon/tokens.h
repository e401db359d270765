// The coarse lexer that every pure file shares: it knows words, blanks and lines, but no language. Bytes of
// 0x80 and above belong to words, so that UTF-8 of any width stays in one piece and broken UTF-8 is just
// another word.
#pragma once

#include <cstdint>
#include <string_view>

namespace fimd {

inline bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v';
}

// A byte that can stand inside an identifier or a number.
inline bool is_word(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x80 || c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
         (c >= 'A' && c <= 'Z');
}

inline bool is_closer(char c) {
  return c == ')' || c == ']' || c == '}';
}

// Takes the next token off the front of `text`: a run of word bytes or one other byte. Blanks before it are
// skipped. Empty when nothing but blanks is left.
std::string_view next_token(std::string_view& text);

// Takes the first line off the front of `text`, without its line end ("\n", or "\r\n").
std::string_view next_line(std::string_view& text);

// `text` from the start of the line that holds `at`.
std::string_view from_line_of(std::string_view text, std::size_t at);

// The word bytes at the end of `text`.
std::string_view last_word(std::string_view text);

// The line's leading blanks, and the text without blanks at its end or at both ends.
std::string_view indentation_of(std::string_view line);
std::string_view strip_right(std::string_view text);
std::string_view trim_both(std::string_view text);

// FNV-1a, good enough to tell texts of one editor session apart.
std::uint64_t hash_of(std::string_view text);

}  // namespace fimd
