// From a cursor in a document to the bytes that the model is asked with. Pure.
//
// Providers bill cached prompt tokens at a tenth, and compare from the first byte on: Mistral puts the suffix
// first, then what we call the prompt. So the bytes must not change from key to key. The window's start
// sticks, the suffix is kept while it is nearly what stands in the document, the context blocks are frozen;
// what is typed only adds to the end. Where bytes before them change anyway, all are taken anew.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/context.h"
#include "protocol/completion.h"

namespace fimd {

// In bytes. The prefix window is cut to two thirds of its share and grows to all of it before its start
// moves.
constexpr std::size_t kPromptBudget = 16'000;
constexpr std::size_t kPrefixBudget = kPromptBudget * 65 / 100;
constexpr std::size_t kSuffixBudget = kPromptBudget * 15 / 100;
constexpr std::size_t kContextBudget = kPromptBudget * 20 / 100;

// One document's prompt, kept while it is open. Call order for a request: follow(), freeze() when that says
// so, then request(). The cursor, and the text around it, may be any at each call.
class Prompt {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // `workspace` and `path` (relative to it) name the document to the model and make the cache key.
  Prompt(std::string_view workspace, std::string_view path);

  // Moves the windows to a cursor. True when context blocks should be chosen anew: the old ones are some
  // seconds old, or the cached bytes are lost anyway.
  bool follow(std::string_view prefix, std::string_view suffix, Time now);

  // Freezes the context: snippets of other files, most similar first, then regions edited lately, oldest
  // first. Of what goes over the budget the least similar and the oldest are left out. The edits have a
  // third.
  void freeze(const std::vector<Snippet>& similar, const std::vector<Snippet>& edits, Time now);

  // The context is to be chosen anew next time, whatever its age.
  void thaw() { frozen_at_.reset(); }

  // For the prefix of the last follow(). max_tokens is the caller's.
  CompletionRequest request(std::string_view prefix, std::string_view language) const;

 private:
  bool window_starts_at(std::string_view prefix, std::size_t at) const;
  std::optional<std::size_t> moved_start(std::string_view prefix) const;
  bool keep_start(std::string_view prefix);
  bool keep_suffix(std::string_view suffix, bool cached, Time now);
  bool still_follows(std::string_view lines, bool cached, Time now);

  std::string path_;
  std::string cache_key_;
  std::size_t start_ = 0;  // of the window, in the document
  std::string head_;       // the window's first bytes, by which it is found again
  bool head_at_line_ = true;
  std::string rest_;    // of the cursor's line, when it is more than closers
  std::string suffix_;  // the lines after the cursor's, as they were first seen
  Time exact_at_{};     // when suffix_ was last what stands there
  std::string blocks_;  // the rendered context
  std::optional<Time> frozen_at_;
};

}  // namespace fimd
