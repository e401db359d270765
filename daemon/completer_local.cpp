// What the user's own text says: the session, the open files, the workspace; and which of it may be said.
#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "daemon/completer.h"
#include "daemon/file_tree.h"
#include "daemon/uri.h"

namespace fimd {
namespace {

PredictionQuery prediction_query(const Snapshot& document, const CursorState& state) {
  const bool multi = lines_wanted(state.prefix(), state.suffix(), state.language) == Lines::multi;
  return {document.uri, state.prefix(), state.suffix(), multi};
}

}  // namespace

// The user's own text says how it goes on. What is on the screen of it stays, or grows: with every key typed
// more of the line becomes likely.
std::optional<LocalSuggestion> Completer::predict(const CompletionQuery& query, const CursorState& state) {
  if (config_.predictor == PredictorMode::off) return std::nullopt;
  auto prediction = predictor_.predict(prediction_query(query.snapshot, state));
  if (prediction && !prediction->shown && query.trigger == TriggerKind::automatic) prediction.reset();
  std::size_t typed = 0;
  if (const auto open = offers_.open_at(state); open && open->source == "local") {
    const bool one_line = state.prefix().substr(state.cursor - open->typed).find('\n') == std::string::npos;
    const bool grows = prediction && one_line && prediction->text.starts_with(open->rest);
    prediction = Prediction{grows ? std::move(prediction->text) : std::string(open->rest), 1.0};
    typed = open->typed;
  }
  if (!prediction) return std::nullopt;
  auto trimmed = trim(prediction->text, state.trim_context(typed));
  if (!trimmed) return std::nullopt;
  Suggestion suggestion{fmt::format("p.{}.{}.{}", stats_.requests, query.snapshot.version, query.cursor),
                        std::move(trimmed->text), trimmed->replaces, "local"};
  return LocalSuggestion{std::move(suggestion), prediction->probability};
}

// A prediction that is on the screen gives way to the model's answer only if that extends it or the user has
// paused.
void Completer::keep_shown(const CompletionQuery& query, const CursorState& state, Suggestions& found) {
  const auto open = offers_.open_at(state);
  if (!open || open->source != "local" || found.empty() || trigger_.after_pause()) return;
  if (found.front().text.starts_with(open->rest)) return;
  if (auto shown = predict(query, state)) found.front() = std::move(shown->suggestion);
}

std::vector<Suggestion> Completer::local_or_nothing(const CompletionQuery& query, const CursorState& state,
                                                    std::string_view why) {
  if (auto predicted = predict(query, state)) return Suggestions(1, std::move(predicted->suggestion));
  return nothing(why);
}

void Completer::opened(Snapshot document) {
  if (!privacy_.excludes(document.uri)) asio::co_spawn(io_, read_ahead(std::move(document)), asio::detached);
}

// In pieces, so that no message waits for it: for the prompts of other documents, then for the predictor
// until the first request, which reads on.
Task<> Completer::read_ahead(Snapshot document) {
  const auto request = last_request_;
  while (prompts_.read_ahead()) co_await asio::post(io_, asio::use_awaitable);
  if (config_.predictor == PredictorMode::off || privacy_.excludes(document.uri)) co_return;
  PredictionQuery all;
  all.document = document.uri;
  all.prefix = document.text->view();
  while (request == last_request_ && predictor_.read(all)) co_await asio::post(io_, asio::use_awaitable);
}

// What was learnt under the old rules may be of documents that the new ones exclude.
bool Completer::read_ignore_files(std::string_view uri) {
  if (Privacy::kMaxUriBytes < uri.size()) return false;
  const auto path = normal_path(uri_path(uri));
  const auto target = link_target(path);
  privacy_.set_target(path, target);
  bool changed = false;
  for (const auto* name : {&path, &target}) {
    for (const auto folder : folders_above(*name))
      changed |= privacy_.set_ignore_file(folder, ignore_file_in(std::string(folder)));
  }
  if (!changed) return false;
  prompts_.forget_all();
  predictor_.forget_typed();
  return true;
}

// What looks like a secret is not suggested elsewhere, from where it could be sent.
void Completer::typed(std::string_view line) {
  if (!secret_in(line)) predictor_.typed(line);
}

}  // namespace fimd
