// Calls to the endpoint that are under way. A fetch outlives the request that started it: while the user
// types on in agreement with it, it will answer the requests to come.
#pragma once

#include <boost/asio/cancellation_signal.hpp>
#include <cstdint>
#include <list>
#include <memory>
#include <string>

#include "daemon/budget.h"
#include "daemon/cache.h"
#include "daemon/clock.h"
#include "daemon/cursor_state.h"
#include "daemon/endpoint.h"
#include "daemon/spot.h"
#include "daemon/stats.h"
#include "daemon/suffix.h"
#include "daemon/task.h"

namespace fimd {

class Fetches {
 public:
  Fetches(asio::io_context& io, const Clock& clock, Endpoint& endpoint, Cache& cache, Budget& budget,
          Stats& stats);
  ~Fetches();

  // What a fetch under way may do for a cursor.
  enum class Help {
    none,
    likely,  // what was typed since agrees with all that has come of it
    here,    // it was asked for this very place
  };
  Help help_for(const CursorState& state) const;
  // Whether a text asked for this very place has begun, or none has yet, and may still give something to
  // show.
  bool owe(const CursorState& state) const;
  // From when on another fetch for `state` pushes out none that may help it and is still young.
  Clock::Time room_at(const CursorState& state) const;

  // Asks the endpoint for `state`; the texts, one or as many as the model gives of those requested, go into
  // the cache as they arrive. It is cut when all that have begun can only go on with what trim would drop. At
  // most kMaxRunning run: the oldest runs on, the newest takes the place of the second.
  void start(CursorState state, CompletionRequest request);

  bool full() const { return kMaxRunning <= running_.size(); }

  // The same ahead of time, for the state after `assumed` is inserted at `base`. At most one at a time, and
  // only where it pushes out none; it ends when the user goes another way.
  void speculate(const CursorState& base, std::string assumed, CursorState state, CompletionRequest request);
  bool may_speculate() const;

  // The document has changed, or the cursor has moved: ends what can serve no likely state any more.
  void follow(const CursorState& state);
  // The document was closed.
  void forget(std::uint64_t document);

  // Wakes when any fetch has new text or has ended.
  Signal& arrivals() { return arrivals_; }

  static constexpr std::size_t kMaxRunning = 2;
  static constexpr auto kYoung = std::chrono::seconds(1);  // nine of ten answers have come by then

 private:
  struct Fetch;
  struct FetchedText;
  Help help_of(const Fetch& fetch, const CursorState& state, const SuffixAnchor& suffix) const;
  using Running = std::list<std::shared_ptr<Fetch>>;

  void launch(std::shared_ptr<Fetch> fetch, CompletionRequest request);
  Task<> run(std::shared_ptr<Fetch> fetch, CompletionRequest request);
  bool take(Fetch& fetch, const Delta& delta);
  void grow(FetchedText& text, const Delta& delta, const TrimContext& context);
  void keep(FetchedText& text, std::string_view cleaned);
  void end(const std::shared_ptr<Fetch>& fetch, const EndpointAnswer& answer);
  void drop(const std::shared_ptr<Fetch>& fetch);

  asio::io_context& io_;
  const Clock& clock_;
  Endpoint& endpoint_;
  Cache& cache_;
  Budget& budget_;
  Stats& stats_;
  Signal arrivals_;
  Running running_;  // oldest first
};

}  // namespace fimd
