// Brackets of source text, outside strings and comments. Not a parser: a line scanner that knows how the
// languages write comments and quotes, cannot fail, and takes one pass.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace fimd {

struct Bracket {
  std::size_t at;  // byte offset
  char kind;       // one of ( [ { ) ] }
};

struct Span {
  std::size_t begin;
  std::size_t end;
};

struct BracketScan {
  std::vector<Bracket> brackets;  // in order
  std::vector<Span> literals;     // strings and comments that start in it and go over a line end
};

// Whether a line that starts with `#` is for a preprocessor.
bool has_preprocessor(std::string_view language);

// `language` is an LSP languageId; an unknown one is read like C. A quote without its partner on the line is
// no quote, except on the last line, where it opens a string that goes on after the end. The scan starts at
// `from`; what stands before it (the cursor's prefix) only decides in which state it starts, and all offsets
// are relative to it.
BracketScan scan_brackets(std::string_view source, std::string_view language, std::size_t from = 0);

// The last line start that is outside strings and comments: a scan of what follows may begin there.
std::size_t calm_line(std::string_view source, std::string_view language);

// Whether what follows `source` is in a string or a comment that it began.
bool ends_in_literal(std::string_view source, std::string_view language);

// Where the regular expression begins that `at` is inside of; `at` when it is in none.
std::size_t regex_begin(std::string_view source, std::size_t at, std::string_view language);

// How deep the brackets before `at` are nested; negative when more were closed than opened.
int depth_at(const BracketScan& scan, std::size_t at);

// The closers, by offset, that close nothing which was opened within the scan.
std::vector<std::size_t> unmatched_closers(const BracketScan& scan);

// The openers that nothing in the scan closes, outermost first. A closer ends whatever was opened inside its
// pair.
std::vector<Bracket> unmatched_openers(const BracketScan& scan);

bool is_opener(char c);
// The closer that belongs to an opener.
char closer_of(char opener);

// How many brackets of the text have no partner. Of two ways to complete a document, the one with less is
// right.
std::size_t imbalance(std::string_view text, std::string_view language);

}  // namespace fimd
