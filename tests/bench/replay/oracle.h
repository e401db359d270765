// The scripted model: it knows what the person is about to type and says so with a given probability.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "tests/bench/replay/recording.h"

namespace fimd::bench {

struct Luck {
  std::uint64_t seed = 1;
  double accuracy =
      0.35;  // how often the answer is what will be typed; else it parts from it after 4 to 8 bytes
  double latency_p50 = 0.3;  // seconds to the whole answer, log-normal
  double latency_sigma = 0.95;
  double stalls = 0.01;  // answers that take 5 s more
  double errors = 0.01;  // half 429, half 500
};

struct Answer {
  double seconds = 0;  // until it is there
  int status = 200;
  std::string text;  // empty unless the status is 200
};

// Answers depend on the seed, the text before the cursor and how often it was asked there: whoever asks the
// same has the same luck, whatever else they asked.
class Oracle {
 public:
  Oracle(const Recording& recording, Luck luck);

  // `prefix` may be cut at its start; `near` is the step the person is at, which decides between places that
  // look alike.
  Answer answer(std::string_view prefix, std::size_t near);

 private:
  struct Known {
    std::size_t step;
    std::string truth;
  };
  std::string_view truth_at(std::string_view prefix, std::size_t near) const;

  Luck luck_;
  std::unordered_map<std::uint64_t, std::vector<Known>> places_;
  std::unordered_map<std::uint64_t, std::uint64_t> asked_;
};

}  // namespace fimd::bench
