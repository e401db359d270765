// What could be said at a cursor, and what is known about how likely it is.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "predictor/continuation.h"
#include "predictor/query.h"
#include "predictor/suffixes.h"

namespace fimd {

enum class Source : std::uint8_t { session, document, workspace };
constexpr std::size_t kSources = 3;

constexpr std::size_t kFeatures = 24;
using Features = std::array<float, kFeatures>;

struct Candidate {
  Continuation way;
  Source source = Source::session;
  std::size_t step = 0;    // of the back-off
  std::size_t age = 0;     // how many bytes were read into the index since the last place that agrees
  std::size_t places = 0;  // that share the context, those left out that have nothing to say
  Features features{};
};

constexpr std::uint32_t kNowhere = 0xffff'ffff;

struct Indexed {
  Source source;
  Suffixes suffixes;
  // Where the text before the current line ends, if it is in the index: what stands there now is no evidence.
  std::uint32_t here = kNowhere;
};

// Every way to go on that one of the indexes knows, for every back-off step that does not only repeat the
// places of a longer one.
std::vector<Candidate> candidates(const Query& query, std::span<const Indexed> indexes,
                                  std::uint32_t max_lines);

}  // namespace fimd
