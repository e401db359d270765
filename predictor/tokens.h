// Source text as the predictor sees it: lines, cut into tokens. A token is a run of word characters or one
// symbol, together with the blanks before it, so that the tokens of a line joined are the line. Any bytes are
// fine: bytes above 0x7f count as word characters, NUL as a symbol.
#pragma once

#include <cstddef>
#include <string_view>

namespace fimd {

// Longer runs (minified code, encoded blobs) are cut, never inside a UTF-8 character.
constexpr std::size_t kMaxTokenBytes = 64;

bool is_word(char c);

// Where the token that begins at `begin` ends; line.size() for the blanks at the end of a line.
std::size_t token_end(std::string_view line, std::size_t begin);

std::string_view trim_left(std::string_view line);
std::string_view trim_right(std::string_view line);

// Cuts the next line off the front of `text`; \n, \r and \r\n all end a line (the last leaves an empty line
// between).
std::string_view take_line(std::string_view& text);

}  // namespace fimd
