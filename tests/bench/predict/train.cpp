#include "tests/bench/predict/train.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

namespace fimd::bench {
namespace {

constexpr int kRounds = 12;
constexpr double kRidge = 5.0;

using Vector = std::array<double, kFeatures>;
using Matrix = std::array<Vector, kFeatures>;

// Solves a x = b for a symmetric positive a, by elimination.
Vector solve(Matrix a, Vector b) {
  for (std::size_t i = 0; i < kFeatures; ++i) {
    for (std::size_t row = i + 1; row < kFeatures; ++row) {
      const double factor = a[row][i] / a[i][i];
      for (std::size_t column = i; column < kFeatures; ++column) a[row][column] -= factor * a[i][column];
      b[row] -= factor * b[i];
    }
  }
  for (std::size_t i = kFeatures; i-- > 0;) {
    for (std::size_t column = i + 1; column < kFeatures; ++column) b[i] -= a[i][column] * b[column];
    b[i] /= a[i][i];
  }
  return b;
}

Vector improved(const std::vector<Sample>& samples, Source source, const Vector& weights) {
  Matrix hessian{};
  Vector gradient{};
  for (std::size_t i = 0; i < kFeatures; ++i) {
    hessian[i][i] = kRidge;
    gradient[i] = -kRidge * weights[i];
  }
  for (const Sample& sample : samples) {
    if (sample.source != source) continue;
    double sum = 0;
    for (std::size_t i = 0; i < kFeatures; ++i) sum += weights[i] * static_cast<double>(sample.features[i]);
    const double p = 1 / (1 + std::exp(-sum));
    for (std::size_t i = 0; i < kFeatures; ++i) {
      const auto x = static_cast<double>(sample.features[i]);
      if (x == 0) continue;
      gradient[i] += ((sample.right ? 1 : 0) - p) * x;
      for (std::size_t j = 0; j < kFeatures; ++j)
        hessian[i][j] += p * (1 - p) * x * static_cast<double>(sample.features[j]);
    }
  }
  Vector better = solve(hessian, gradient);
  for (std::size_t i = 0; i < kFeatures; ++i) better[i] += weights[i];
  return better;
}

}  // namespace

Weights trained(const std::vector<Sample>& samples) {
  Weights all{};
  for (std::size_t source = 0; source < kSources; ++source) {
    Vector weights{};
    for (int round = 0; round < kRounds; ++round)
      weights = improved(samples, static_cast<Source>(source), weights);
    for (std::size_t i = 0; i < kFeatures; ++i) all[source][i] = static_cast<float>(weights[i]);
  }
  return all;
}

void print(const Weights& weights) {
  std::puts("// Made by `scripts/bench predict --train`.");
  std::puts("constexpr Weights kWeights = {");
  for (const Features& source : weights) {
    std::fputs("    Features{", stdout);
    for (std::size_t i = 0; i < kFeatures; ++i) {
      std::fputs(i == 0 ? "" : i % 8 == 0 ? ",\n             " : ", ", stdout);
      std::printf("%.4fF", static_cast<double>(source[i]));
    }
    std::puts("},");
  }
  std::puts("};");
}

}  // namespace fimd::bench
