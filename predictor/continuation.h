// How the text went on at many places, put to the vote.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "predictor/suffixes.h"

namespace fimd {

// Of more places an even sample of about this many is asked.
constexpr std::size_t kMaxVoters = 32;

// Places where the text goes on, in the order of their text.
using Voters = std::vector<std::uint32_t>;

// `places` without those where the text ends `offset` bytes behind, and without the one at `except`.
Voters voters_at(const Suffixes& places, std::size_t offset, std::uint32_t except);

// So many of the voters are most of them.
constexpr float kMostVoters = 0.6F;

// One way to go on, and how sure that is.
struct Continuation {
  std::string_view text;  // whole tokens, of normal text; without the line break of the last line
  float share = 0;        // of the voters, how many went on like this to the end of `text`, 0 to 1
  std::uint32_t tokens = 0;
  std::uint32_t lines = 0;  // line breaks within
  std::uint32_t last = 0;   // the voter that stands last in the index's text of those that agree
  bool whole_line = false;  // a line break or text end follows
  bool whole = false;       // the longest, or the longest on which most voters agree
};

// The majority's way on from `offset` bytes behind each of the voters, token after token, until a line end,
// or for `max_lines` lines: the last element is the longest. Of two equally frequent ways the one that
// was written later wins. Empty when there are no voters, or when the majority stops at once.
std::vector<Continuation> descend(std::string_view text, Voters voters, std::size_t offset,
                                  std::uint32_t max_lines);

}  // namespace fimd
