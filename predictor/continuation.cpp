#include "predictor/continuation.h"

#include <algorithm>

namespace fimd {
namespace {

constexpr std::uint32_t kMaxTokens = 64;  // of one line

// The most frequent id `offset` tokens after the positions; of several the one that is met first.
TokenId majority(std::span<const TokenId> ids, const std::vector<std::uint32_t>& positions,
                 std::uint32_t offset) {
  struct Vote {
    TokenId id;
    std::uint32_t count;
  };
  std::vector<Vote> votes;
  for (const std::uint32_t position : positions) {
    const TokenId id = ids[position + offset];
    const auto vote = std::find_if(votes.begin(), votes.end(), [id](const Vote& v) { return v.id == id; });
    if (vote == votes.end()) {
      votes.push_back({id, 1});
    } else {
      ++vote->count;
    }
  }
  const auto fewer = [](const Vote& a, const Vote& b) { return a.count < b.count; };
  return std::max_element(votes.begin(), votes.end(), fewer)->id;
}

}  // namespace

std::vector<Continuation> descend(std::span<const TokenId> ids, std::span<const std::uint32_t> positions) {
  std::vector<Continuation> ways;
  std::vector<std::uint32_t> left(positions.begin(), positions.end());
  for (std::uint32_t offset = 0; !left.empty() && offset < kMaxTokens; ++offset) {
    const TokenId id = majority(ids, left, offset);
    if (id < kFirstTokenId) {
      if (!ways.empty()) ways.back().whole_line = true;
      break;
    }
    std::erase_if(left, [&](std::uint32_t position) { return ids[position + offset] != id; });
    ways.push_back({left.front(), left.front() + offset + 1, static_cast<std::uint32_t>(positions.size()),
                    static_cast<std::uint32_t>(left.size()), false});
  }
  return ways;
}

}  // namespace fimd
