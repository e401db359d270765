#include "daemon/fetches.h"

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <utility>

namespace fimd {

struct Fetches::Fetch {
  CursorState state;    // what the model was asked to complete
  Spot spot;            // where `assumed` would stand; that is state's cursor when nothing is assumed
  SuffixAnchor suffix;  // at the spot
  std::string assumed;  // inserted ahead of time, see speculate()
  bool speculative = false;
  std::string received;  // as the model sent it
  std::string cleaned;   // what of it is in the cache
  Cache::TextId text = 0;
  bool dropped = false;
  Clock::Time started;
  asio::cancellation_signal stop;

  // Nothing when the cursor is not after the spot.
  std::optional<std::string> typed_at(const CursorState& now) const {
    if (now.document != state.document) return std::nullopt;
    return typed_since(spot, *now.text, now.cursor);
  }
  bool agrees_with(std::string_view typed) const {
    return agree(typed, assumed + clean(received, state.trim_context(0), false));
  }
};

Fetches::Fetches(asio::io_context& io, const Clock& clock, Endpoint& endpoint, Cache& cache, Budget& budget,
                 Stats& stats)
    : io_(io),
      clock_(clock),
      endpoint_(endpoint),
      cache_(cache),
      budget_(budget),
      stats_(stats),
      arrivals_(io) {}
Fetches::~Fetches() = default;

Fetches::Help Fetches::help_of(const Fetch& fetch, const CursorState& now, const SuffixAnchor& suffix) const {
  const auto typed = fetch.typed_at(now);
  if (fetch.dropped || !typed || typed->size() < fetch.assumed.size()) return Help::none;
  if (!fetch.agrees_with(*typed) || !same_place(fetch.suffix, suffix)) return Help::none;
  return typed->size() == fetch.assumed.size() ? Help::here : Help::likely;
}

Fetches::Help Fetches::help_for(const CursorState& now) const {
  const auto suffix = suffix_anchor(now.suffix());
  auto help = Help::none;
  for (const auto& fetch : running_) help = std::max(help, help_of(*fetch, now, suffix));
  return help;
}

Clock::Time Fetches::room_at(const CursorState& now) const {
  if (!full()) return {};
  const auto& last = *running_.back();
  const bool helps = help_of(last, now, suffix_anchor(now.suffix())) != Help::none;
  return helps ? last.started + kYoung : Clock::Time();
}

void Fetches::start(CursorState state, CompletionRequest request) {
  auto fetch = std::make_shared<Fetch>();
  fetch->state = std::move(state);
  fetch->spot = spot_at(*fetch->state.text, fetch->state.cursor);
  while (full()) drop(running_.back());
  launch(std::move(fetch), std::move(request));
}

void Fetches::speculate(const CursorState& base, std::string assumed, CursorState state,
                        CompletionRequest request) {
  auto fetch = std::make_shared<Fetch>();
  fetch->state = std::move(state);
  fetch->spot = spot_at(*base.text, base.cursor);
  fetch->assumed = std::move(assumed);
  fetch->speculative = true;
  launch(std::move(fetch), std::move(request));
}

bool Fetches::may_speculate() const {
  return !full() && std::ranges::none_of(running_, [](const auto& fetch) { return fetch->speculative; });
}

void Fetches::launch(std::shared_ptr<Fetch> fetch, CompletionRequest request) {
  const auto& state = fetch->state;
  const auto origin = fetch->speculative ? Cache::Origin::speculation : Cache::Origin::request;
  fetch->suffix = suffix_anchor(state.suffix());
  fetch->text = cache_.put(state.place(), state.suffix(), origin, clock_.now());
  ++(fetch->speculative ? stats_.speculative_calls : stats_.calls);
  budget_.spend_call(clock_.now(), Clock::today());
  fetch->started = clock_.now();
  running_.push_back(fetch);
  auto stop = fetch->stop.slot();
  asio::co_spawn(io_, run(std::move(fetch), std::move(request)),
                 asio::bind_cancellation_slot(stop, asio::detached));
}

Task<> Fetches::run(std::shared_ptr<Fetch> fetch, CompletionRequest request) {
  const auto started = clock_.now();
  TextSink sink = [this, &fetch](const Delta& delta) { return delta.index != 0 || take(*fetch, delta.text); };
  try {
    const auto answer = co_await endpoint_.complete(std::move(request), std::move(sink));
    stats_.call_latency.add(clock_.now() - started);
    end(fetch, answer);
  } catch (const SystemError&) {
    cache_.finish(fetch->text, Cache::Ending::cut, clock_.now());
    ++stats_.dropped_calls;
  }
  running_.remove(fetch);
  arrivals_.notify();
}

// Whole lines go into the cache as they come: what follows the last line end may still be cleaned away.
bool Fetches::take(Fetch& fetch, std::string_view piece) {
  fetch.received += piece;
  const bool room = fetch.received.size() <= kTrimWindow;  // beyond it nothing is looked at
  if (piece.find('\n') == std::string_view::npos) return room;
  const auto context = fetch.state.trim_context(0);
  const auto cleaned = clean(fetch.received, context, false);
  const auto whole = std::string_view(cleaned).substr(0, cleaned.rfind('\n') + 1);
  if (fetch.cleaned.size() < whole.size() && whole.starts_with(fetch.cleaned)) {
    cache_.append(fetch.text, whole.substr(fetch.cleaned.size()));
    fetch.cleaned = whole;
  }
  arrivals_.notify();
  return room && !progress(cleaned, context).finished;
}

void Fetches::end(const std::shared_ptr<Fetch>& fetch, const EndpointAnswer& answer) {
  const auto cleaned = clean(fetch->received, fetch->state.trim_context(0));
  if (cleaned.starts_with(fetch->cleaned)) cache_.append(fetch->text, cleaned.substr(fetch->cleaned.size()));
  const bool whole =
      answer.status == EndpointAnswer::Status::ok && answer.completion.finish_reason != "length";
  cache_.finish(fetch->text, whole ? Cache::Ending::whole : Cache::Ending::cut, clock_.now());
  if (answer.status != EndpointAnswer::Status::ok) ++stats_.failed_calls;
  if (const auto& usage = answer.completion.usage) {
    stats_.add(*usage);
    budget_.spend_tokens(usage->prompt_tokens + usage->completion_tokens, Clock::today());
  }
}

void Fetches::drop(const std::shared_ptr<Fetch>& fetch) {
  const auto kept = fetch;
  kept->dropped = true;
  running_.remove(kept);
  kept->stop.emit(asio::cancellation_type::terminal);
}

void Fetches::follow(const CursorState& now) {
  const Running running = running_;
  for (const auto& fetch : running) {
    const auto typed = fetch->typed_at(now);
    const bool elsewhere = now.document != fetch->state.document;
    // Deleting back, moving about and other documents leave a fetch alone: the user may come back to it.
    if (elsewhere || !typed || fetch->agrees_with(*typed)) continue;
    drop(fetch);
  }
}

void Fetches::forget(std::uint64_t document) {
  const Running running = running_;
  for (const auto& fetch : running) {
    if (fetch->state.document == document) drop(fetch);
  }
}

}  // namespace fimd
