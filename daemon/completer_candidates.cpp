// Several suggestions to choose from: of the texts that are kept, of one call, and of another call.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "daemon/completer.h"

namespace fimd {
namespace {

using namespace std::chrono_literals;

// Texts that differ may come to the same when they are trimmed.
constexpr std::size_t kTextsTried = 12;
// At the usual temperature a model that is asked twice says the same twice.
constexpr double kOtherTemperature = 0.8;
// What fits already is not held back for longer: nine of ten answers have come in half of this.
constexpr auto kOtherWait = 2s;

}  // namespace

// What the texts kept give here; nothing when the model must be asked or is about to say more. An empty list:
// it has been asked, in vain.
std::optional<std::vector<Suggestion>> Completer::from_cache(const CompletionQuery& query,
                                                             const CursorState& state,
                                                             std::string_view source) {
  const bool invoked = query.trigger == TriggerKind::invoked;
  const auto wanted = static_cast<std::size_t>(wanted_by(query));
  const auto found = cache_.find(state.place(), state.suffix(), clock_.now(), invoked ? kTextsTried : 1);
  if (found.silent && !invoked) return nothing("nothing to add here, or dismissed");
  Suggestions suggestions;
  bool in_vain = false;
  for (const auto& hit : found.hits) {
    const auto context = state.trim_context(hit);
    const bool running = hit.ending == Cache::Ending::running;
    auto trimmed = running ? progress(hit.text, context).ready : trim(hit.text, context);
    in_vain |= !running && !trimmed;
    if (!trimmed) continue;
    auto block = first_block(std::move(*trimmed), state.prefix());
    if (std::ranges::find(suggestions, block.text, &Suggestion::text) != suggestions.end()) continue;
    if (suggestions.empty()) cache_.served(hit.id);
    auto id = fmt::format("{}.{}", hit.id, ++last_id_);
    suggestions.push_back({std::move(id), std::move(block.text), block.replaces, std::string(source)});
    if (suggestions.size() == wanted) break;
  }
  if (!suggestions.empty()) return suggestions;
  if (in_vain && !fetches_.owe(state)) return nothing("what the model said does not fit here");
  return std::nullopt;
}

// The texts of one call come side by side: those that have begun are worth a wait, but not a long one.
Task<std::vector<Suggestion>> Completer::and_others(const CompletionQuery& query, const CursorState& state,
                                                    Suggestions found, std::string_view source) {
  const auto wanted = static_cast<std::size_t>(wanted_by(query));
  const auto until = clock_.now() + kOtherWait;
  while (found.size() < wanted && fetches_.owe(state) && clock_.now() < until) {
    co_await clock_.wait(fetches_.arrivals(), until);
    auto now = from_cache(query, state, source);
    if (now && found.size() < now->size()) found = std::move(*now);
  }
  co_return found;
}

// Who invokes where texts are known already wants to choose, or did not get any that fits: one call for those
// that are missing, if none is under way for this place.
Task<std::vector<Suggestion>> Completer::and_another(const CompletionQuery& query, const CursorState& state,
                                                     Suggestions found, std::string_view source) {
  const auto missing = wanted_by(query) - static_cast<int>(found.size());
  if (missing <= 0 || endpoint_.provider() == "local") co_return found;
  const auto temperature = std::max(config_.temperature, kOtherTemperature);
  if (!fetches_.owe(state) && ask(query, state, missing, temperature)) co_return found;
  co_return co_await and_others(query, state, std::move(found), source);
}

}  // namespace fimd
