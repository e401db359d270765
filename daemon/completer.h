// One completion from start to end: the straight path.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "daemon/budget.h"
#include "daemon/cache.h"
#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/documents.h"
#include "daemon/endpoint.h"
#include "daemon/fetches.h"
#include "daemon/privacy.h"
#include "daemon/shown.h"
#include "daemon/stats.h"
#include "daemon/task.h"
#include "daemon/trigger.h"
#include "protocol/lsp.h"

namespace fimd {

struct CompletionQuery {
  Snapshot snapshot;
  Offset cursor = 0;
  TriggerKind trigger = TriggerKind::automatic;
  std::optional<FormattingOptions> formatting;
  std::optional<int> max_tokens;
};

struct Suggestion {
  std::string id;
  std::string text;          // to insert at the cursor; never empty
  std::size_t replaces = 0;  // bytes after the cursor, on its line, that `text` contains
  std::string source;        // "model", "cache" or "local"
};

// Owns everything an answer can come from. Tell it of every edit, request, accept and dismissal.
class Completer {
 public:
  Completer(asio::io_context& io, Endpoint& endpoint, const Documents& documents, const Config& config);

  // Best first; empty when there is nothing to show, and silence() says why. Throws only when the task is
  // cancelled.
  Task<std::vector<Suggestion>> complete(CompletionQuery query);

  // The settings have changed.
  void configure();
  void set_ignore_file(std::string_view folder, std::string_view text);

  void edited(std::string_view uri);
  void closed(std::string_view uri);

  // What the editor says of a suggestion, by its id. All are optional: the text of later requests tells most
  // of it.
  void shown(std::string_view id);
  void accepted(std::string_view id);
  void partly_accepted(std::string_view id);
  // It will not be offered at this place again until the text around it changes.
  void dismissed(std::string_view id);

  const Stats& stats() const { return stats_; }
  // Why the last request got nothing; empty when it got something.
  const std::string& silence() const { return silence_; }
  std::int64_t calls_today() const;
  std::int64_t tokens_today() const;

 private:
  Task<std::vector<Suggestion>> wait_and_ask(CompletionQuery query, CursorState state);
  std::optional<std::string> excluded(const CompletionQuery& query);
  std::optional<std::vector<Suggestion>> from_cache(const CompletionQuery& query, const CursorState& state,
                                                    std::string_view source);
  std::optional<std::string> ask(const CompletionQuery& query, const CursorState& state);
  CompletionRequest request_for(const CompletionQuery& query, const CursorState& state) const;
  std::vector<Suggestion> nothing(std::string_view why);
  CursorState state_of(const CompletionQuery& query) const;

  struct Offer {
    Shown shown;
    CursorState state;
  };
  void judge_offer(const CursorState& state);
  bool first_time(std::string_view what, std::string_view id);
  void offer(const CompletionQuery& query, const CursorState& state, const Suggestion& suggestion);
  Task<> speculate(CompletionQuery query, CursorState state, Suggestion suggestion);

  asio::io_context& io_;
  Endpoint& endpoint_;
  const Documents& documents_;
  const Config& config_;
  Clock clock_;
  Stats stats_;
  Cache cache_;
  Budget budget_;
  Fetches fetches_;
  Trigger trigger_;
  Privacy privacy_;
  std::unordered_map<std::uint64_t, Offer> offers_;  // the last one of each document
  std::unordered_set<std::string> counted_;          // what the stats have of which suggestion
  std::unordered_set<std::string> told_excluded_;    // documents whose exclusion the log has
  std::string silence_;
  unsigned long last_id_ = 0;
  unsigned long last_request_ = 0;
};

}  // namespace fimd
