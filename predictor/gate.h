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

// Candidates below are not shown unasked.
constexpr double kShownProbability = 0.42;

}  // namespace fimd
