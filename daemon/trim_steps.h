// The steps of trim(), in their order. Each is a pure function. Those named keep_ answer how many bytes of
// the text stay; "the cursor's block" is what the indentation of its line says.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "daemon/trim.h"

namespace fimd {

// 1. Leaks: cut at a marker of a model's prompt format (unless the document itself speaks of it; what a model
// writes behind its middle marker is kept), at a file marker, at a NUL, at broken UTF-8. Every CR vanishes.
std::string without_leaks(std::string_view generated, std::string_view prefix, std::string_view suffix);

// 1. What stands between Markdown fences, or before the first, where code is wanted. Here and below `whole`
// says that the text has ended; otherwise what more text could change is left out.
std::string_view without_fences(std::string_view text, std::string_view prefix, std::string_view language,
                                bool whole);

// 1. Whether the text answers, where code is wanted, in prose or in another language than the document's.
bool is_foreign(std::string_view text, std::string_view prefix, std::string_view language);

// 1, the front: the prefix repeated, the indentation repeated, Codestral's extra space or newline.
std::string_view without_extra_lead(std::string_view text, std::string_view prefix, bool whole);

// 2. The first line that is not blank; `text` opens a block on it when a block may start there and it ends
// like one.
std::size_t keep_first_line(std::string_view text);
// The same, and the brace below it where one opens a block on a line of its own.
std::size_t keep_head(std::string_view text);
bool opens_block(std::string_view line, std::string_view language);

// 3. Loops: three equal lines or groups of lines, six lines that only count up, a tail of tokens that
// repeats. One turn of the loop stays. A loop that the document itself is in (a table) is none.
std::size_t keep_before_repetition(std::string_view text, std::string_view prefix, std::string_view suffix);

// 4. The cursor's block: cut where a line leaves it. A text that begins with a line end may write its first
// line further out, and has that line's block then. A line that starts with one of `closers` stays: the
// document lacks that bracket, or has it right after the cursor.
std::size_t keep_scope(std::string_view text, std::string_view prefix, std::string_view language,
                       std::string_view closers);

// Where the text goes: what the suffix steps compare it with.
struct Surroundings {
  std::string_view prefix;
  std::string_view suffix;
  std::string_view language;
  std::size_t calm = 0;   // a line start of the prefix that is outside strings and comments
  bool to_end = true;     // the suffix reaches the end of the document
  std::size_t begun = 0;  // bytes at the end of the prefix that are of the text, and typed already
};

// 5. Mid-line: cut where the rest of the line starts again, at the longest overlap with the text's tail.
std::size_t keep_before_rest(std::string_view text, const Surroundings& around);

// 6. Cut where the lines after the cursor start again, word by word (R2) or with other identifiers (R5).
// `whole`: the text has ended, so that a match up to its end counts.
std::size_t keep_before_next_lines(std::string_view text, const Surroundings& around, bool whole);

// 6. Cut at the first closer that the document has already (R4), after the `contained` ones that step 8 lays
// over the rest of the line.
std::size_t keep_balanced(std::string_view text, const Surroundings& around, std::size_t contained);

// 7. Indentation in the editor's (or the document's) tabs or spaces.
std::string with_indentation(std::string_view text, std::string_view prefix, std::string_view suffix,
                             Indentation indentation, bool whole);

// 7. Whether the text, on the cursor's line, only writes the next non-empty line again.
bool repeats_next_line(std::string_view text, std::string_view prefix, std::string_view suffix);

// 8. How many bytes of the rest of the line the text contains: closers that an editor typed ahead.
std::size_t contained_closers(std::string_view text, const Surroundings& around);

// The first block of a text: up to the first blank line that is not inside a deeper block.
std::size_t keep_first_block(std::string_view text, std::string_view prefix);

// The width of a line's indentation in columns, a tab counting up to the next multiple of eight.
std::size_t columns(std::string_view line);

// The cursor's line up to the cursor.
std::string_view current_line(std::string_view prefix);

}  // namespace fimd
