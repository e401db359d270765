#include "daemon/completer.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <utility>

#include "daemon/log.h"
#include "daemon/uri.h"

namespace fimd {
namespace {

using namespace std::chrono_literals;

// A second call may start when the first has not answered for this long and the user has typed on meanwhile.
// Two calls on their way at different places are two chances; `scripts/bench replay` gives 200 ms two points
// less of keys with the right text, for a tenth fewer calls.
constexpr auto kJoinWait = 50ms;
// A suggestion that stands for this long without a new request is being read, not typed over: time to fetch
// what follows it.
constexpr auto kDwell = 150ms;
// Who accepts this share of what is shown will probably accept the next one: no need to wait for the dwell.
constexpr double kLikelyAccept = 0.25;
// Who accepts less than half of what is usual types all of it: a third of all calls were for nothing then.
constexpr double kUnlikelyAccept = kUsualAcceptance / 2;
// A model that has not answered for this long is slow: the prediction fills in.
constexpr auto kPatience = 800ms;
// A prediction this likely is not worth waiting for the model.
constexpr double kSurePrediction = 0.85;

std::optional<std::string> secret_in(const CompletionRequest& request) {
  return fimd::secret_in(request.prompt + '\n' + request.suffix);
}

}  // namespace

Completer::Completer(asio::io_context& io, Endpoint& endpoint, const Documents& documents,
                     const Config& config)
    : clock_(io, config.time_scale),
      endpoint_(endpoint),
      config_(config),
      io_(io),
      budget_(Budget::Limits()),
      fetches_(io, clock_, endpoint, cache_, budget_, stats_),
      offers_(stats_, trigger_),
      prompts_(documents, privacy_) {
  configure();
}

Task<std::vector<Suggestion>> Completer::complete(CompletionQuery query) {
  const auto asked = clock_.now();
  const auto state = state_of(query);
  ++stats_.requests;
  ++last_request_;
  ++last_event_;
  if (!query.stateless) fetches_.follow(state);
  offers_.follow(state, asked);

  auto suggestions = co_await answer(query, state);
  if (suggestions.empty()) co_return suggestions;
  silence_.clear();
  ++stats_.answered[suggestions.front().source];
  stats_.answer_latency.add(clock_.now() - asked);
  offers_.offer(state, suggestions, clock_.now());
  const bool speculative = config_.speculation && query.trigger == TriggerKind::automatic;
  if (speculative) asio::co_spawn(io_, speculate(query, state, suggestions.front()), asio::detached);
  co_return suggestions;
}

// From what is at hand to what must be waited for.
Task<std::vector<Suggestion>> Completer::answer(const CompletionQuery& query, const CursorState& state) {
  const auto why = excluded(query);
  last_excluded_ = why.has_value();
  if (why) co_return nothing(*why);
  if (auto found = from_cache(query, state, "cache")) {
    if (1 < wanted_by(query)) *found = co_await and_another(query, state, std::move(*found), "cache");
    keep_shown(query, state, *found);
    co_return std::move(*found);
  }
  const auto decision = trigger_.decide(state.line(), query.trigger == TriggerKind::invoked, clock_.now());
  if (decision.silence != Silence::none) {
    const auto open = offers_.open_at(state);
    const bool stands = open && open->source == "local";
    co_return stands ? local_or_nothing(query, state, name_of(decision.silence))
                     : nothing(name_of(decision.silence));
  }

  const auto ask_at = clock_.now() + decision.wait;
  auto predicted = predict(query, state);
  const bool eager = config_.predictor == PredictorMode::eager || endpoint_.absent();
  const bool chooses =
      1 < wanted_by(query) && !endpoint_.absent();  // who invokes waits for what the model says
  const bool sure = predicted && !chooses && (eager || kSurePrediction <= predicted->probability);
  if (!sure) co_return co_await wait_for_model(query, state, ask_at);
  // The model is asked all the same, for the keys to come.
  if (decision.wait == Clock::Duration::zero() && fetches_.help_for(state) == Fetches::Help::none)
    ask(query, state, wanted_by(query), config_.temperature);
  co_return Suggestions(1, std::move(predicted->suggestion));
}

// The answer arrives in the cache: of a fetch under way that fits, or of one that is started at `ask_at`.
Task<std::vector<Suggestion>> Completer::wait_for_model(const CompletionQuery& query,
                                                        const CursorState& state, Clock::Time ask_at) {
  const auto join_until = clock_.now() + kJoinWait;
  const auto patience_until = clock_.now() + kPatience;
  const bool patient = query.trigger == TriggerKind::invoked || config_.predictor == PredictorMode::off;
  bool asked = false;
  for (;;) {
    const std::string_view source = endpoint_.provider() == "local" ? "local" : "model";
    if (auto found = from_cache(query, state, source)) {
      stats_.joined += !asked && !found->empty();
      // The call that was joined may have been made for a key, which wants one.
      if (!asked && 1 < wanted_by(query))
        co_return co_await and_another(query, state, std::move(*found), source);
      co_return co_await and_others(query, state, std::move(*found), source);
    }
    const auto now = clock_.now();
    const auto help = fetches_.help_for(state);
    const auto join_end = std::max(join_until, fetches_.room_at(state));
    const bool join =
        help == Fetches::Help::here || (help == Fetches::Help::likely && (asked || now < join_end));
    if (join) {
      const bool bounded = help == Fetches::Help::likely && !asked;
      if (patience_until <= now && !patient) co_return local_or_nothing(query, state, "the model is slow");
      const auto until = bounded ? join_end : patient ? Clock::Time::max() : patience_until;
      co_await clock_.wait(fetches_.arrivals(), until);
    } else if (asked) {
      co_return local_or_nothing(query, state, "the model had nothing to add");
    } else if (now < ask_at) {
      co_await clock_.sleep_until(ask_at);
    } else if (query.stateless && fetches_.full()) {
      // Nobody types on there: it waits for its turn, and takes none from another.
      co_await clock_.wait(fetches_.arrivals(), Clock::Time::max());
    } else {
      if (const auto why = ask(query, state, wanted_by(query), config_.temperature))
        co_return local_or_nothing(query, state, *why);
      asked = true;
    }
  }
}

std::optional<std::string> Completer::excluded(const CompletionQuery& query) {
  if (!config_.enabled) return "completions are switched off";
  if (std::ranges::count(config_.disabled_languages, query.snapshot.languageId) > 0)
    return "this language is switched off";
  auto why = privacy_.excludes(query.snapshot.uri);
  if (why && told_excluded_.insert(query.snapshot.uri).second)
    log_warning("no completions in {}: {}", query.snapshot.uri, *why);
  return why;
}

// Judged when the text would leave: the rules may have changed since the request came.
std::optional<std::string> Completer::why_not_ask(const CompletionQuery& query) {
  if (auto why = excluded(query)) return why;
  if (!endpoint_.available(SteadyClock::now())) return "the endpoint is not available";
  const auto limit = budget_.reached(clock_.now(), Clock::today());
  if (limit != Budget::Limit::none) return fmt::format("the limit {} is reached", name_of(limit));
  return std::nullopt;
}

std::optional<std::string> Completer::news_of_budget() {
  const auto limit = budget_.reached(clock_.now(), Clock::today());
  if (!budget_.tell(limit, Clock::today())) return std::nullopt;
  return fmt::format("the limit {} is reached: completions come from the cache and your own text",
                     name_of(limit));
}

// Starts a fetch of `n` texts, or says why not.
std::optional<std::string> Completer::ask(const CompletionQuery& query, const CursorState& state, int n,
                                          double temperature) {
  if (auto why = why_not_ask(query)) return why;
  auto request = request_for(query, state);
  request.n = n;
  request.temperature = temperature;
  if (auto secret = secret_in(request)) return secret;
  fetches_.start(state, std::move(request));
  if (prompts_.behind()) asio::co_spawn(io_, read_ahead(query.snapshot), asio::detached);
  return std::nullopt;
}

CompletionRequest Completer::request_for(const CompletionQuery& query, const CursorState& state) {
  auto request = prompts_.request(query.snapshot.uri, state, clock_.now());
  const bool multi = lines_wanted(state.prefix(), state.suffix(), state.language) == Lines::multi;
  request.max_tokens = query.max_tokens.value_or(multi ? config_.max_tokens : config_.single_line_tokens);
  request.temperature = config_.temperature;
  request.stream = config_.stream;
  return request;
}

std::vector<Suggestion> Completer::nothing(std::string_view why) {
  silence_ = why;
  ++stats_.silent[silence_];
  return {};
}

Task<> Completer::speculate(CompletionQuery query, CursorState state, Suggestion suggestion) {
  const auto event = last_event_;
  if (offers_.acceptance() < kUnlikelyAccept) co_return;
  if (offers_.acceptance() < kLikelyAccept) co_await clock_.sleep_until(clock_.now() + kDwell);
  if (event != last_event_ || !config_.speculation) co_return;
  if (!fetches_.may_speculate() || why_not_ask(query)) co_return;
  auto next = state.after(suggestion.text, suggestion.replaces);
  const auto found = cache_.find(next.place(), next.suffix(), clock_.now());
  if (found.silent || !found.hits.empty() || trigger_.silence_for(next.line()) != Silence::none) co_return;
  auto prompt = request_for(query, next);
  if (!secret_in(prompt)) fetches_.speculate(state, suggestion.text, std::move(next), std::move(prompt));
}

void Completer::configure() {
  budget_.set_limits({config_.calls_per_minute, config_.calls_per_day, config_.tokens_per_day});
  privacy_.set_patterns(config_.excluded_globs);
  trigger_.set_mid_line(config_.mid_line);
  prompts_.forget_all();
}

void Completer::set_workspace(std::string_view folder_uri) {
  prompts_.set_workspace(uri_path(folder_uri));
}

void Completer::edited(const Edit& edit) {
  ++last_event_;
  trigger_.edited(clock_.now(), edit.begin == edit.end);
  prompts_.edited(edit);
  offers_.edited(document_id(edit.uri), edit.text);
  // An excluded document's lines would be suggested elsewhere, from where they could be sent.
  if (!privacy_.excludes(edit.uri)) typed_.edited(edit, [this](std::string_view line) { typed(line); });
}

void Completer::closed(std::string_view uri) {
  ++last_event_;
  const auto document = document_id(uri);
  fetches_.forget(document);
  cache_.forget(document);
  offers_.forget(document);
  prompts_.closed(uri);
  predictor_.forget(uri);
}

void Completer::dismissed(std::string_view id) {
  ++last_event_;
  if (const auto state = offers_.dismissed(id, clock_.now()))
    cache_.dismiss(state->place(), state->suffix(), clock_.now());
}

}  // namespace fimd
