// From a cursor in a document to the bytes that the model is asked with. Pure.
//
// Providers bill cached prompt tokens at a tenth, and compare from the first byte on: Mistral puts the suffix
// first, then what we call the prompt. So the bytes must not change from key to key. The window's start
// sticks, the suffix is kept while it is similar, the context blocks are frozen; what is typed only adds to
// the end.
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

// One document's prompt, kept while it is open. Call order for a request: follow(), with_context() when that
// says so, then request(). The cursor, and the text around it, may be any at each call.
class Prompt {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // `workspace` and `path` (relative to it) name the document to the model and make the cache key.
  Prompt(std::string_view workspace, std::string_view path);

  // Moves the windows to a cursor. True when context blocks should be chosen anew: the old ones are some
  // seconds old, or the cached bytes are lost anyway.
  bool follow(std::string_view prefix, std::string_view suffix, Time now);

  // Freezes the context: snippets of other files, most similar first, then regions edited lately, oldest
  // first. What goes over the budget is left out, the recent edits last.
  void freeze(const std::vector<Snippet>& similar, const std::vector<Snippet>& edits, Time now);

  // For the cursor of the last follow(). max_tokens is the caller's.
  CompletionRequest request(std::string_view prefix, std::string_view suffix,
                            std::string_view language) const;

 private:
  bool keep_start(std::string_view prefix);
  bool keep_suffix(std::string_view suffix);

  std::string path_;
  std::string cache_key_;
  std::size_t start_ = 0;  // of the window, in the document
  std::string head_;       // the window's first bytes, by which it is found again
  std::string suffix_;     // the lines after the cursor's, as they were first seen
  std::string blocks_;     // the rendered context
  std::optional<Time> frozen_at_;
};

}  // namespace fimd
