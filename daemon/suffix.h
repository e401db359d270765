// When is the text after the cursor "the same"? Byte equality is the wrong question: editors add and remove
// closing brackets there at every key. The cache asks it to find an entry again, the prompt to keep its bytes
// stable. Every function looks at the first kSuffixWindow bytes at most, so their time does not depend on the
// document.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace fimd {

constexpr std::size_t kSuffixWindow = 16 * 1024;
constexpr std::size_t kSuffixTokens = 50;
constexpr std::size_t kComparedLines = 200;

// Nothing but closing brackets and quotes, then at most one of `: { ; ,`: what auto-pairing editors put after
// the cursor, and what a completion may be typed in front of. True for a blank line.
bool only_closers(std::string_view rest_of_line);

// The rest of the cursor's line, without its line end.
std::string_view rest_of_line(std::string_view suffix);

// What follows the cursor's line: starts with the next line; empty when there is none.
std::string_view next_lines(std::string_view suffix);

// What a cached answer remembers of the text after the cursor; about 220 bytes.
struct SuffixAnchor {
  std::uint64_t rest = 0;             // hash of the rest of the line; 0 when it is only closers
  std::uint64_t next = 0;             // hash of the next line that is more than closers; 0 when there is none
  std::vector<std::uint32_t> tokens;  // hashes of up to kSuffixTokens tokens from that line on
};

SuffixAnchor suffix_anchor(std::string_view suffix);

// Whether an answer made in front of `was` may be served in front of `now`: equal rest of the line, and the
// next line is equal or what follows it is similar.
bool same_place(const SuffixAnchor& was, const SuffixAnchor& now);

// First token equal, and the edit distance over the first kSuffixTokens tokens under 10 %. Blanks do not
// count. Two texts without a token are similar.
bool suffixes_similar(std::string_view was, std::string_view now);

// How many of the first kComparedLines lines differ: the least number to insert, delete or replace. Blank
// lines and blanks at the end of lines do not count.
std::size_t lines_changed(std::string_view was, std::string_view now);

}  // namespace fimd
