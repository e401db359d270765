// How likely a candidate is, and whether that is likely enough: a logistic model for each index, with fixed
// weights. `scripts/bench predict --train` computes them; the bench's README says from what.
#pragma once

#include <array>

#include "predictor/candidate.h"

namespace fimd {

using Weights = std::array<Features, kSources>;

// That the user goes on to type exactly this, 0 to 1.
double probability(const Candidate& candidate);

const Weights& gate_weights();

// Less likely candidates are not shown to somebody who did not ask: a third of what the gate lets pass is
// right on the repositories that it was trained on.
constexpr double kShownProbability = 0.17;

// From this on a whole thought goes before a likelier part of it.
constexpr double kLikely = 0.2;

// Less likely ones are not said at all.
constexpr double kSaidProbability = 0.03;

}  // namespace fimd
