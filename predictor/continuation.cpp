#include "predictor/continuation.h"

#include <algorithm>

#include "predictor/normal_text.h"
#include "predictor/tokens.h"

namespace fimd {
namespace {

// The next token at a place: a line break counts as one, a text end is none.
std::string_view token_at(std::string_view text, std::size_t at) {
  const std::string_view line = text.substr(std::min(at, text.size()), 2 * kMaxTokenBytes);
  if (line.empty() || line.front() == kTextEnd) return {};
  if (line.front() == '\n') return line.substr(0, 1);
  return line.substr(0, token_end(line, 0));  // no blanks before a line break in normal text
}

// The voters lie in the order of their text, so that equal tokens are mostly neighbours.
std::string_view majority(std::string_view text, const Voters& voters, std::size_t offset) {
  struct Vote {
    std::string_view token;
    std::size_t count;
    std::uint32_t last;
  };
  std::vector<Vote> votes;
  for (const std::uint32_t voter : voters) {
    const std::string_view token = token_at(text, voter + offset);
    const auto vote =
        std::find_if(votes.rbegin(), votes.rend(), [&](const Vote& v) { return v.token == token; });
    if (vote == votes.rend()) {
      votes.push_back({token, 1, voter});
    } else {
      ++vote->count;
      vote->last = std::max(vote->last, voter);
    }
  }
  const auto fewer = [](const Vote& a, const Vote& b) {
    return a.count != b.count ? a.count < b.count : a.last < b.last;
  };
  return std::max_element(votes.begin(), votes.end(), fewer)->token;
}

void mark_whole(std::vector<Continuation>& ways) {
  if (ways.empty()) return;
  ways.back().whole = true;
  const auto most =
      std::find_if(ways.rbegin(), ways.rend(), [](const Continuation& w) { return w.share >= kMostVoters; });
  if (most != ways.rend()) most->whole = true;
}

}  // namespace

Voters voters_at(const Suffixes& places, std::size_t offset, std::uint32_t except) {
  const std::size_t step = 1 + places.starts.size() / kMaxVoters;
  Voters voters;
  for (std::size_t i = step / 2; i < places.starts.size(); i += step) {
    const std::uint32_t start = places.starts[i];
    if (start != except && !token_at(places.text, start + offset).empty()) voters.push_back(start);
  }
  return voters;
}

std::vector<Continuation> descend(std::string_view text, Voters voters, std::size_t offset,
                                  std::uint32_t max_lines) {
  std::vector<Continuation> ways;
  const auto all = static_cast<float>(voters.size());
  std::uint32_t tokens = 0, lines = 0;
  for (std::size_t end = offset; !voters.empty() && end < kOrderBytes;) {
    const std::string_view token = majority(text, voters, end);
    const bool line_end = token.empty() || token == "\n";
    if (line_end && !ways.empty()) ways.back().whole_line = true;
    if (token.empty() || (line_end && (ways.empty() || ++lines == max_lines))) break;
    if (voters.size() > 1)
      std::erase_if(voters, [&](std::uint32_t voter) { return token_at(text, voter + end) != token; });
    end += token.size();
    ++tokens;
    if (line_end) continue;
    const auto share = static_cast<float>(voters.size()) / all;
    ways.push_back({text.substr(voters.front() + offset, end - offset), share, tokens, lines,
                    *std::max_element(voters.begin(), voters.end()), false, false});
  }
  mark_whole(ways);
  return ways;
}

}  // namespace fimd
