#include "predictor/gate.h"

#include <cmath>
#include <cstddef>
#include <numeric>

namespace fimd {
namespace {

#include "predictor/gate_weights.inc"

}  // namespace

double probability(const Candidate& candidate) {
  const Features& weights = kWeights[static_cast<std::size_t>(candidate.source)];
  const float sum = std::inner_product(weights.begin(), weights.end(), candidate.features.begin(), 0.0F);
  return 1.0 / (1.0 + std::exp(-static_cast<double>(sum)));
}

const Weights& gate_weights() {
  return kWeights;
}

}  // namespace fimd
