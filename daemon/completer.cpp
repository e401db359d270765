#include "daemon/completer.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <functional>
#include <utility>

#include "daemon/log.h"
#include "daemon/uri.h"

namespace fimd {
namespace {

using namespace std::chrono_literals;

// A second call may start when the first one has not answered for this long and the user has typed on
// meanwhile.
constexpr auto kJoinWait = 200ms;
// A suggestion that stands for this long without a new request is being read: time to fetch what follows it.
constexpr auto kDwell = 150ms;
constexpr std::size_t kCandidates = 3;
constexpr std::size_t kRememberedIds = 10'000;

std::uint64_t document_id(std::string_view uri) {
  return std::hash<std::string>()(uri_key(uri));
}

CursorLine cursor_line(const CursorState& state) {
  const auto line = state.text->line_of(state.cursor);
  const auto start = state.text->line_start(line);
  const auto whole = state.text->line(line);
  const auto column = std::min(state.cursor - start, whole.size());
  return {whole.substr(0, column), whole.substr(column), state.language};
}

// The state after `suggestion` is accepted.
CursorState accepted_state(CursorState state, const Suggestion& suggestion) {
  auto text = std::make_shared<Text>(*state.text);
  text->replace(state.cursor, state.cursor + suggestion.replaces, suggestion.text);
  state.text = std::move(text);
  state.cursor += suggestion.text.size();
  return state;
}

}  // namespace

Completer::Completer(asio::io_context& io, Endpoint& endpoint, const Documents& documents,
                     const Config& config)
    : io_(io),
      endpoint_(endpoint),
      documents_(documents),
      config_(config),
      clock_(io, config.time_scale),
      budget_(Budget::Limits()),
      fetches_(io, clock_, endpoint, cache_, budget_, stats_) {
  configure();
}

void Completer::set_ignore_file(std::string_view folder, std::string_view text) {
  privacy_.set_ignore_file(folder, text);
}

void Completer::configure() {
  budget_.set_limits({config_.calls_per_minute, config_.calls_per_day, config_.tokens_per_day});
  privacy_.set_patterns(config_.excluded_globs);
}

Task<std::vector<Suggestion>> Completer::complete(CompletionQuery query) {
  ++stats_.requests;
  ++last_request_;
  const auto asked = clock_.now();
  const auto state = state_of(query);
  fetches_.follow(state);
  judge_offer(state);
  if (const auto why = excluded(query)) co_return nothing(*why);

  auto suggestions = from_cache(query, state, "cache");
  if (!suggestions) suggestions = co_await wait_and_ask(query, state);
  if (suggestions->empty()) co_return std::move(*suggestions);
  silence_.clear();
  ++stats_.answered[suggestions->front().source];
  stats_.answer_latency.add(clock_.now() - asked);
  offer(query, state, suggestions->front());
  co_return std::move(*suggestions);
}

Task<std::vector<Suggestion>> Completer::wait_and_ask(CompletionQuery query, CursorState state) {
  const bool invoked = query.trigger == TriggerKind::invoked;
  const auto decision = trigger_.decide(cursor_line(state), invoked, clock_.now());
  if (decision.silence != Silence::none) co_return nothing(name_of(decision.silence));

  const auto ask_at = clock_.now() + decision.wait;
  const auto join_until = clock_.now() + kJoinWait;
  bool asked = false;
  for (;;) {
    if (auto suggestions = from_cache(query, state, endpoint_.provider() == "local" ? "local" : "model"))
      co_return std::move(*suggestions);
    const auto help = fetches_.help_for(state);
    const auto now = clock_.now();
    if (help == Fetches::Help::here || (help == Fetches::Help::likely && (asked || now < join_until))) {
      const bool bounded = help == Fetches::Help::likely && !asked;
      co_await clock_.wait(fetches_.arrivals(), bounded ? join_until : Clock::Time::max());
    } else if (asked) {
      co_return nothing("the model had nothing to add");
    } else if (now < ask_at) {
      co_await clock_.sleep_until(ask_at);
    } else {
      if (const auto why = ask(query, state)) co_return nothing(*why);
      asked = true;
    }
  }
}

// Why the endpoint may not be asked; nothing when it now is.
std::optional<std::string> Completer::ask(const CompletionQuery& query, const CursorState& state) {
  if (!endpoint_.available(SteadyClock::now())) return "the endpoint is not available";
  const auto limit = budget_.reached(clock_.now(), Clock::today());
  if (limit != Budget::Limit::none) return std::string(name_of(limit));
  auto request = request_for(query, state);
  if (auto secret = secret_in(request.prompt)) return secret;
  if (auto secret = secret_in(request.suffix)) return secret;
  fetches_.start(state, std::move(request));
  return std::nullopt;
}

std::optional<std::string> Completer::excluded(const CompletionQuery& query) {
  if (!config_.enabled) return "completions are switched off";
  const auto& languages = config_.disabled_languages;
  if (std::ranges::find(languages, query.snapshot.languageId) != languages.end())
    return "this language is switched off";
  auto why = privacy_.excludes(query.snapshot.uri);
  if (why && told_excluded_.insert(query.snapshot.uri).second) log_warning("no completions: {}", *why);
  return why;
}

// What the texts kept give here; nothing when the model must be asked. An empty list: it has been, in vain.
std::optional<std::vector<Suggestion>> Completer::from_cache(const CompletionQuery& query,
                                                             const CursorState& state,
                                                             std::string_view source) {
  const bool invoked = query.trigger == TriggerKind::invoked;
  const auto found = cache_.find(state.place(), state.suffix(), clock_.now(), invoked ? kCandidates : 1);
  if (found.silent && !invoked) return nothing("nothing to add here, or dismissed");
  std::vector<Suggestion> suggestions;
  bool in_vain = false;
  for (const auto& hit : found.hits) {
    const auto context = state.trim_context(hit.typed);
    const bool running = hit.ending == Cache::Ending::running;
    auto trimmed = running ? progress(hit.text, context).ready : trim(hit.text, context);
    in_vain |= !running && !trimmed;
    if (!trimmed) continue;
    trimmed = first_block(std::move(*trimmed), state.prefix());
    const auto id = fmt::format("{}.{}", hit.id, ++last_id_);
    suggestions.push_back({id, std::move(trimmed->text), trimmed->replaces, std::string(source)});
    cache_.served(hit.id);
  }
  if (!suggestions.empty()) return suggestions;
  if (in_vain) return nothing("what the model said does not fit here");
  return std::nullopt;
}

CompletionRequest Completer::request_for(const CompletionQuery& query, const CursorState& state) const {
  CompletionRequest request;
  request.prompt = state.prefix();
  request.suffix = state.suffix();
  request.stream = config_.stream;
  request.language = state.language;
  request.temperature = config_.temperature;
  const bool multi = lines_wanted(state.prefix(), state.suffix(), state.language) == Lines::multi;
  request.max_tokens = query.max_tokens.value_or(multi ? config_.max_tokens : config_.single_line_tokens);
  return request;
}

std::vector<Suggestion> Completer::nothing(std::string_view why) {
  silence_ = why;
  ++stats_.silent[silence_];
  return {};
}

CursorState Completer::state_of(const CompletionQuery& query) const {
  CursorState state;
  state.document = document_id(query.snapshot.uri);
  state.text = query.snapshot.text;
  state.cursor = query.cursor;
  state.language = query.snapshot.languageId;
  if (query.formatting) state.indentation = {!query.formatting->insertSpaces, query.formatting->tabSize};
  return state;
}

void Completer::judge_offer(const CursorState& state) {
  const auto entry = offers_.find(state.document);
  if (entry == offers_.end()) return;
  const auto& shown = entry->second.shown;
  const auto fate = fate_of(shown, *state.text, state.cursor, clock_.now());
  if (fate == Fate::open) return;
  if (fate == Fate::accepted) accepted(shown.id);
  if (fate == Fate::rejected && first_time("dismissed", shown.id)) {
    ++stats_.rejected;
    trigger_.rejected(clock_.now());
  }
  offers_.erase(state.document);
}

// An editor may say what the text tells as well: each counts once. Ids are never used again, so an old set
// may go.
bool Completer::first_time(std::string_view what, std::string_view id) {
  if (kRememberedIds < counted_.size()) counted_.clear();
  return counted_.insert(fmt::format("{} {}", what, id)).second;
}

void Completer::shown(std::string_view id) {
  stats_.shown += first_time("shown", id);
}

void Completer::accepted(std::string_view id) {
  if (!first_time("accepted", id)) return;
  ++stats_.accepted;
  trigger_.accepted();
}

void Completer::partly_accepted(std::string_view id) {
  stats_.partly_accepted += first_time("partly", id);
}

void Completer::dismissed(std::string_view id) {
  for (const auto& [document, offer] : offers_) {
    if (offer.shown.id != id || !first_time("dismissed", id)) continue;
    ++stats_.dismissed;
    trigger_.rejected(clock_.now());
    cache_.dismiss(offer.state.place(), offer.state.suffix(), clock_.now());
  }
}

void Completer::offer(const CompletionQuery& query, const CursorState& state, const Suggestion& suggestion) {
  ++stats_.offered;
  auto& offer = offers_[state.document];
  offer.shown = {suggestion.id, suggestion.text, spot_at(*state.text, state.cursor), clock_.now()};
  offer.state = state;
  if (config_.speculation) asio::co_spawn(io_, speculate(query, state, suggestion), asio::detached);
}

Task<> Completer::speculate(CompletionQuery query, CursorState state, Suggestion suggestion) {
  const auto request = last_request_;
  co_await clock_.sleep_until(clock_.now() + kDwell);
  if (request != last_request_ || fetches_.speculating()) co_return;
  auto next = accepted_state(state, suggestion);
  const auto found = cache_.find(next.place(), next.suffix(), clock_.now());
  const bool worth_it = silence_at(cursor_line(next)) == Silence::none;
  if (found.silent || !found.hits.empty() || !worth_it || !endpoint_.available(SteadyClock::now())) co_return;
  if (budget_.reached(clock_.now(), Clock::today()) != Budget::Limit::none) co_return;
  auto prompt = request_for(query, next);
  if (secret_in(prompt.prompt) || secret_in(prompt.suffix)) co_return;
  fetches_.speculate(state, suggestion.text, std::move(next), std::move(prompt));
}

void Completer::edited(std::string_view) {
  trigger_.edited(clock_.now());
}

void Completer::closed(std::string_view uri) {
  const auto document = document_id(uri);
  fetches_.forget(document);
  cache_.forget(document);
  offers_.erase(document);
}

std::int64_t Completer::calls_today() const {
  return budget_.calls_on(Clock::today());
}

std::int64_t Completer::tokens_today() const {
  return budget_.tokens_on(Clock::today());
}

}  // namespace fimd
