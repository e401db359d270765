// One completion from start to end: the straight path.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "daemon/budget.h"
#include "daemon/cache.h"
#include "daemon/clock.h"
#include "daemon/completion_query.h"
#include "daemon/config.h"
#include "daemon/endpoint.h"
#include "daemon/fetches.h"
#include "daemon/offers.h"
#include "daemon/privacy.h"
#include "daemon/prompts.h"
#include "daemon/stats.h"
#include "daemon/task.h"
#include "daemon/trigger.h"
#include "daemon/typed_lines.h"
#include "predictor/predictor.h"
#include "predictor/workspace_index.h"

namespace fimd {

struct LocalSuggestion {
  Suggestion suggestion;
  double probability = 0;
};

// Owns everything that an answer can come from. Tell it of every edit, request, accept and dismissal.
class Completer {
 public:
  Completer(asio::io_context& io, Endpoint& endpoint, const Documents& documents, const Config& config);

  // Best first; empty when there is nothing to show: silence() says why. Throws only when it is cancelled.
  Task<std::vector<Suggestion>> complete(CompletionQuery query);
  void configure();                                 // the settings have changed
  void set_workspace(std::string_view folder_uri);  // that the model is told paths in
  bool read_ignore_files(std::string_view uri);  // every `.fimdignore` above this file; whether one changed
  void opened(Snapshot document);
  void edited(const Edit& edit);
  void closed(std::string_view uri);

  // What the editor says of a suggestion, by its id. All optional: the text of later requests tells most.
  void shown(std::string_view id) { offers_.shown(id); }
  void accepted(std::string_view id) { offers_.accepted(id); }
  void partly_accepted(std::string_view id) { offers_.partly_accepted(id); }
  // It will not be offered at this place again until the text around it changes.
  void dismissed(std::string_view id);

  // The workspace's, to predict from; null: none.
  void set_index(std::shared_ptr<const WorkspaceIndex> index) { predictor_.set_workspace(std::move(index)); }
  const Privacy& privacy() const { return privacy_; }
  const Stats& stats() const { return stats_; }
  // Why the last request got nothing; empty when it got something.
  const std::string& silence() const { return silence_; }
  bool last_excluded() const { return last_excluded_; }  // its document is kept from completions
  std::int64_t calls_today() const { return budget_.calls_on(Clock::today()); }
  std::int64_t tokens_today() const { return budget_.tokens_on(Clock::today()); }
  std::optional<std::string> news_of_budget();  // a limit that is reached; once per limit and day

 private:
  using Suggestions = std::vector<Suggestion>;

  Task<Suggestions> answer(const CompletionQuery& query, const CursorState& state);
  Task<Suggestions> wait_for_model(const CompletionQuery& query, const CursorState& state,
                                   Clock::Time ask_at);
  std::optional<std::string> excluded(const CompletionQuery& query);
  std::optional<Suggestions> from_cache(const CompletionQuery& query, const CursorState& state,
                                        std::string_view source);
  std::optional<LocalSuggestion> predict(const CompletionQuery& query, const CursorState& state);
  void keep_shown(const CompletionQuery& query, const CursorState& state, Suggestions& found);
  Task<Suggestions> and_another(const CompletionQuery& query, const CursorState& state, Suggestions found,
                                std::string_view source);
  Task<Suggestions> and_others(const CompletionQuery& query, const CursorState& state, Suggestions found,
                               std::string_view source);
  std::optional<std::string> why_not_ask(const CompletionQuery& query);
  std::optional<std::string> ask(const CompletionQuery& query, const CursorState& state, int n,
                                 double temperature);
  CompletionRequest request_for(const CompletionQuery& query, const CursorState& state);
  Suggestions nothing(std::string_view why);
  Suggestions local_or_nothing(const CompletionQuery& query, const CursorState& state, std::string_view why);
  Task<> read_ahead(Snapshot document);
  void typed(std::string_view line);
  Task<> speculate(CompletionQuery query, CursorState state, Suggestion suggestion);

  const Clock clock_;
  Endpoint& endpoint_;
  const Config& config_;
  asio::io_context& io_;
  Stats stats_;
  Cache cache_;
  Budget budget_;
  Fetches fetches_;
  Trigger trigger_;
  Offers offers_;
  Privacy privacy_;
  Prompts prompts_;
  Predictor predictor_;
  TypedLines typed_;
  std::unordered_set<std::string> told_excluded_;  // documents whose exclusion the log has
  std::string silence_;
  bool last_excluded_ = false;
  unsigned long last_id_ = 0;
  unsigned long last_request_ = 0, last_event_ = 0;  // an event ends the dwell
};

}  // namespace fimd
