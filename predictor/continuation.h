// How the text went on at many places, put to the vote.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "predictor/tokens.h"

namespace fimd {

// One way to go on: the tokens [first, last) of the index, all on one line, and how sure that is.
struct Continuation {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  std::uint32_t voters = 0;     // the places that were asked
  std::uint32_t followers = 0;  // those that went on like this up to `last`
  bool whole_line = false;      // a line end follows
};

// The majority's way from `positions` on, token after token until a line end, and at every token how many
// were still of one mind: the last element is the longest. Of two equally frequent ways that of the earlier
// position wins. Empty when `positions` is empty or the majority stops at once.
std::vector<Continuation> descend(std::span<const TokenId> ids, std::span<const std::uint32_t> positions);

}  // namespace fimd
