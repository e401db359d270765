// What the daemon has done since it started: counters and latencies. No text, no names of files.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "protocol/completion.h"

namespace fimd {

// Latencies in buckets that grow by a quarter: quantiles to within 12 %, in constant memory.
class Histogram {
 public:
  void add(std::chrono::nanoseconds latency);
  std::uint64_t count() const { return count_; }
  double quantile_ms(double q) const;  // 0 when empty

 private:
  static constexpr double kGrowth = 1.25;
  std::array<std::uint32_t, 100> buckets_{};  // bucket i ends at 1 us * kGrowth^i; the last one has no end
  std::uint64_t count_ = 0;
};

struct Stats {
  std::uint64_t requests = 0;
  std::map<std::string, std::uint64_t> answered;  // by source: model, cache, local
  std::map<std::string, std::uint64_t> silent;    // by reason: why nothing was shown
  std::uint64_t calls = 0;                        // to the endpoint, speculative ones apart
  std::uint64_t speculative_calls = 0;
  std::uint64_t dropped_calls = 0;  // ended by us: superseded or useless
  std::uint64_t failed_calls = 0;
  std::uint64_t joined = 0;   // requests answered by a call that an earlier request had started
  std::uint64_t offered = 0;  // answers with a suggestion
  std::uint64_t shown = 0;    // those that the editor said it showed
  std::uint64_t accepted = 0;
  std::uint64_t partly_accepted = 0;
  std::uint64_t dismissed = 0;  // the editor said so
  std::uint64_t rejected = 0;   // the user read it and went another way
  Usage usage;
  Histogram answer_latency;  // of non-empty answers, from request to reply
  Histogram call_latency;

  void add(const Usage& more);
  nlohmann::json to_json() const;
};

}  // namespace fimd
