// What is asked of an index: the normal text before the cursor, and where its tokens begin.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace fimd {

// How many tokens before the cursor a place must share; the shortest context first. The text since the last
// token start counts as the first, so that a context of one token inside a word is what is typed of it.
constexpr std::array<std::size_t, 10> kBackOff = {1, 2, 3, 4, 6, 8, 12, 16, 24, 32};

// Longer contexts are cut, so that a context and its continuation stay within the order of an index.
constexpr std::size_t kMaxContextBytes = 160;

// A line that is longer than this before or behind the cursor is not source code.
constexpr std::size_t kMaxCursorLineBytes = 4096;

struct Query {
  std::string text;                // normal text before the cursor, its last kMaxContextBytes
  std::array<std::size_t, 10> at;  // where in `text` the context of each back-off step begins
  std::size_t steps = 0;           // how many there are
  std::string_view line;           // the current line up to the cursor, without its indentation
  std::string_view indent;
  std::string_view before;  // the lines before the current one
  std::string_view rest;    // of the current line, without blanks around it
  std::string_view after;   // the lines behind it
  bool in_word = false;     // the cursor is behind a word character

  std::string_view context(std::size_t step) const { return std::string_view(text).substr(at[step]); }
};

// Views into the document's text around the cursor; nothing when the current line is too long. Reads the few
// lines around the cursor.
std::optional<Query> make_query(std::string_view prefix, std::string_view suffix);

// What would be asked at the start of a new line under the current one, which ends at the cursor: `indent`
// stays that of the line above.
Query below(Query query);

}  // namespace fimd
