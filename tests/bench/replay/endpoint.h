// The oracle behind a real HTTP endpoint on loopback.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

#include "tests/bench/replay/policy.h"
#include "tests/support/http_wire.h"

namespace fimd::bench {

// What a provider that caches prompts in blocks of 64 tokens, in the order suffix, prefix, would have found
// there.
class PromptMeter {
 public:
  void count(const std::string& prompt, const std::string& suffix);
  double reuse() const {
    return total_ == 0 ? 0 : static_cast<double>(cached_) / static_cast<double>(total_);
  }

 private:
  std::unordered_set<std::size_t> seen_;
  std::size_t total_ = 0, cached_ = 0;
};

class OracleEndpoint {
 public:
  OracleEndpoint(Oracle oracle, double scale);

  std::string url() const { return listener_.url("/fim"); }
  void person_is_at(std::size_t step) { step_ = step; }
  std::vector<Call> take_calls();
  // The answer that this text was cut from was of use.
  void mark_shown(std::string_view text);
  double prompt_reuse() const { return meter_.reuse(); }

 private:
  void serve(test::HttpConnection& connection);
  Answer answer_to(const std::string& body);

  Oracle oracle_;
  double scale_;
  std::atomic<std::size_t> step_ = 0;
  std::mutex mutex_;
  PromptMeter meter_;
  std::vector<Call> calls_;
  test::HttpListener listener_;  // last: its threads use what stands above
};

}  // namespace fimd::bench
