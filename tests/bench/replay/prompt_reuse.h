// How much of its prompts a provider finds in its cache, what of the rest could be saved, and how far a
// suffix that is kept for it is from the document.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_set>
#include <vector>

#include "tests/bench/replay/policy.h"

namespace fimd::bench {

// What a provider that caches prompts in blocks of 64 tokens (of four bytes), in the order suffix, prefix,
// would have found there. Mistral's documentation promises no time after which a prompt is forgotten, and
// finds any earlier one with the same head: `forgets` nothing, or, to know how much depends on that, all but
// the prompt before.
class PromptMeter {
 public:
  explicit PromptMeter(bool forgets = false) : forgets_(forgets) {}

  // The bytes of this prompt that were found.
  std::size_t count(const std::string& prompt, const std::string& suffix);
  std::size_t total() const { return total_; }
  double reuse() const {
    return total_ == 0 ? 0 : static_cast<double>(cached_) / static_cast<double>(total_);
  }

 private:
  bool forgets_;
  std::unordered_set<std::size_t> seen_;
  std::size_t total_ = 0, cached_ = 0;
};

// Markdown. `calls`: what the daemon asked while the recording was played to it, nothing being accepted.
std::string prompt_report(const Recording& recording, const std::vector<Call>& calls);

}  // namespace fimd::bench
