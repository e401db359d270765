// Logistic regression for the gate.
#pragma once

#include <vector>

#include "predictor/gate.h"
#include "tests/bench/predict/replay.h"

namespace fimd::bench {

// The weights that make what was observed the most likely, with a little ridge: Newton's method.
Weights trained(const std::vector<Sample>& samples);

void print(const Weights& weights);

}  // namespace fimd::bench
