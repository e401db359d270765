#include "daemon/fetches.h"

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <ranges>
#include <utility>

namespace fimd {
namespace {

// Nothing is shown of a line that has not ended, but its beginning may contradict what is typed meanwhile,
// which is not longer than this.
constexpr std::size_t kTypedMeanwhile = 64;
// A longer text is not looked at for each line: that would take the square of its size.
constexpr std::size_t kShort = 1024;

bool says_more_than_blanks(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") != std::string_view::npos;
}

}  // namespace

// One of the texts that a fetch asked for.
struct Fetches::FetchedText {
  std::string received;  // as the model sent it
  std::string cleaned;   // what of it is in the cache
  Cache::TextId id = 0;
  std::size_t next_look = 0;  // when so much of it has come
  bool begun = false;
  bool over = false;      // the model has said that it ends here
  bool ready = false;     // enough of it has come to be shown, if any of it may be
  bool finished = false;  // nothing that can still come would be shown

  bool agrees_with(std::string_view typed, const std::string& expected) const {
    return over ? expected.starts_with(typed) : agree(typed, expected);
  }
};

struct Fetches::Fetch {
  CursorState state;    // what the model was asked to complete
  Spot spot;            // where `assumed` would stand; that is state's cursor when nothing is assumed
  SuffixAnchor suffix;  // at the spot
  std::string assumed;  // inserted ahead of time, see speculate()
  bool speculative = false;
  std::vector<FetchedText> texts;  // as many as were asked for; a model may give fewer
  bool dropped = false;
  Clock::Time started;
  asio::cancellation_signal stop;

  // Nothing when the cursor is not after the spot.
  std::optional<std::string> typed_at(const CursorState& now) const {
    if (now.document != state.document) return std::nullopt;
    return typed_since(spot, *now.text, now.cursor);
  }
  bool begun() const { return std::ranges::any_of(texts, &FetchedText::begun); }
  bool agrees_with(std::string_view typed) const {
    if (!begun()) return agree(typed, assumed);
    return std::ranges::any_of(texts, [&](const FetchedText& text) {
      return text.begun &&
             text.agrees_with(typed, assumed + clean(text.received, state.trim_context(0), text.over));
    });
  }
  bool owes() const {
    return !begun() || std::ranges::any_of(
                           texts, [](const auto& text) { return text.begun && !text.ready && !text.over; });
  }
  // A text that has not begun by now may never do.
  bool finished() const {
    return std::ranges::all_of(texts, [](const auto& text) { return !text.begun || text.finished; });
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

bool Fetches::owe(const CursorState& now) const {
  const auto suffix = suffix_anchor(now.suffix());
  return std::ranges::any_of(running_, [&](const auto& fetch) {
    return help_of(*fetch, now, suffix) == Help::here && fetch->owes();
  });
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
  fetch->texts.resize(static_cast<std::size_t>(std::max(request.n, 1)));
  // Of equals, the cache serves the newest: the model's first.
  for (auto& text : fetch->texts | std::views::reverse)
    text.id = cache_.put(state.place(), state.suffix(), origin, clock_.now());
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
  TextSink sink = [this, &fetch](const Delta& delta) { return take(*fetch, delta); };
  try {
    const auto answer = co_await endpoint_.complete(std::move(request), std::move(sink));
    stats_.call_latency.add(clock_.now() - started);
    end(fetch, answer);
  } catch (const SystemError&) {
    for (const auto& text : fetch->texts) cache_.finish(text.id, Cache::Ending::cut, clock_.now());
    ++stats_.dropped_calls;
  }
  running_.remove(fetch);
  arrivals_.notify();
}

bool Fetches::take(Fetch& fetch, const Delta& delta) {
  if (fetch.texts.size() <= delta.index) return true;
  auto& text = fetch.texts[delta.index];
  const bool was_finished = text.finished;
  if (!text.over) grow(text, delta, fetch.state.trim_context(0));
  // Who gives several texts begins them all before it goes on with one.
  const bool all_begun = was_finished || std::ranges::all_of(fetch.texts, &FetchedText::begun);
  return !all_begun || !fetch.finished();
}

// Whole lines go into the cache as they come: what follows the last line end may still be cleaned away.
void Fetches::grow(FetchedText& text, const Delta& delta, const TrimContext& context) {
  text.begun = true;
  text.over = !delta.finish_reason.empty();
  text.received += delta.text;
  text.finished |= text.over || kTrimWindow < text.received.size();  // beyond it nothing is looked at
  const bool line_came = delta.text.find('\n') != std::string::npos &&
                         text.next_look <= text.received.size() && says_more_than_blanks(text.received);
  if (!text.over && !line_came) {
    if (text.received.size() <= kTypedMeanwhile) arrivals_.notify();
    return;
  }
  if (kShort < text.received.size()) text.next_look = text.received.size() + text.received.size() / 8;
  const auto cleaned = clean(text.received, context, text.over);
  const auto made = progress(cleaned, context);
  text.ready |= made.ready.has_value();
  text.finished |= made.finished;
  keep(text, std::string_view(cleaned).substr(0, text.over ? cleaned.size() : cleaned.rfind('\n') + 1));
  const bool cut = delta.finish_reason == "length";
  if (text.over && !cleaned.empty())
    cache_.finish(text.id, cut ? Cache::Ending::cut : Cache::Ending::whole, clock_.now());
  arrivals_.notify();
}

void Fetches::keep(FetchedText& text, std::string_view cleaned) {
  if (cleaned.size() <= text.cleaned.size() || !cleaned.starts_with(text.cleaned)) return;
  cache_.append(text.id, cleaned.substr(text.cleaned.size()));
  text.cleaned = cleaned;
}

void Fetches::end(const std::shared_ptr<Fetch>& fetch, const EndpointAnswer& answer) {
  const bool ok = answer.status == EndpointAnswer::Status::ok;
  const bool whole = ok && answer.completion.finish_reason != "length";
  for (auto& text : fetch->texts) keep(text, clean(text.received, fetch->state.trim_context(0)));
  const auto silent = [](const FetchedText& text) { return text.cleaned.empty(); };
  const bool nothing_said = std::ranges::all_of(fetch->texts, silent);
  for (const auto& text : fetch->texts) {
    // That the model has nothing to say here is known once, and only if it has said nothing.
    const bool none = silent(text) && !(nothing_said && &text == &fetch->texts.front());
    cache_.finish(text.id, whole && !none ? Cache::Ending::whole : Cache::Ending::cut, clock_.now());
  }
  if (!ok) ++stats_.failed_calls;
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
