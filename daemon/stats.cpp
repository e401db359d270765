#include "daemon/stats.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace fimd {

void Histogram::add(std::chrono::nanoseconds latency) {
  const double microseconds = std::max(1.0, static_cast<double>(latency.count()) / 1'000);
  const auto bucket = static_cast<std::size_t>(std::ceil(std::log(microseconds) / std::log(kGrowth)));
  ++buckets_[std::min(bucket, buckets_.size() - 1)];
  ++count_;
}

double Histogram::quantile_ms(double q) const {
  const auto wanted = q * static_cast<double>(count_);
  double seen = 0;
  for (std::size_t bucket = 0; bucket < buckets_.size(); ++bucket) {
    seen += buckets_[bucket];
    if (0 < count_ && wanted <= seen) return std::pow(kGrowth, static_cast<double>(bucket)) / 1'000;
  }
  return 0;
}

void Stats::add(const Usage& more) {
  usage.prompt_tokens += more.prompt_tokens;
  usage.completion_tokens += more.completion_tokens;
  usage.cached_tokens += more.cached_tokens;
}

nlohmann::json Stats::to_json() const {
  const auto latency = [](const Histogram& histogram) {
    return nlohmann::json{{"count", histogram.count()},
                          {"p50Ms", histogram.quantile_ms(0.5)},
                          {"p90Ms", histogram.quantile_ms(0.9)},
                          {"p99Ms", histogram.quantile_ms(0.99)}};
  };
  return {{"requests", requests},
          {"answered", answered},
          {"silent", silent},
          {"calls", calls},
          {"speculativeCalls", speculative_calls},
          {"droppedCalls", dropped_calls},
          {"failedCalls", failed_calls},
          {"joined", joined},
          {"offered", offered},
          {"shown", shown},
          {"accepted", accepted},
          {"partlyAccepted", partly_accepted},
          {"dismissed", dismissed},
          {"rejected", rejected},
          {"promptTokens", usage.prompt_tokens},
          {"completionTokens", usage.completion_tokens},
          {"cachedTokens", usage.cached_tokens},
          {"answerLatency", latency(answer_latency)},
          {"callLatency", latency(call_latency)}};
}

}  // namespace fimd
