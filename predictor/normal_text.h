// Source text as the indexes keep it: without indentation, trailing blanks and blank lines, so that code at
// another depth is the same code.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fimd {

// Lines that are longer are data or generated code; they are left out.
constexpr std::size_t kMaxLineBytes = 1024;

// Ends a text in an index. No line holds it: a NUL of the source becomes kReplacedNul.
constexpr char kTextEnd = '\0';
constexpr char kReplacedNul = '\x01';

// Adds the lines of `text` to `out`, each ended by \n.
void append_normal(std::string& out, std::string_view text);

// Adds where the tokens of normal text begin, from the line start `from` on: all but line and text ends.
void append_token_starts(std::vector<std::uint32_t>& starts, std::string_view normal, std::size_t from);

}  // namespace fimd
