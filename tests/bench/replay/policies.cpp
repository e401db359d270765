#include <algorithm>
#include <unordered_map>

#include "daemon/cache.h"
#include "daemon/line_hash.h"
#include "daemon/suffix.h"
#include "tests/bench/replay/policy.h"

namespace fimd::bench {
namespace {

CachePlace place_of(std::string_view prefix) {
  CachePlace place{1, 0, prefix};
  for (auto end = place.line.find('\n'); end != std::string_view::npos; end = place.line.find('\n')) {
    place.above = chain(place.above, place.line.substr(0, end));
    place.line.remove_prefix(end + 1);
  }
  return place;
}

Cache::Time at(double seconds) {
  return Cache::Time() +
         std::chrono::duration_cast<Cache::Time::duration>(std::chrono::duration<double>(1 + seconds));
}

struct Fetch {
  std::string prefix;
  std::string suffix;
  double arrives = 0;
  std::size_t call = 0;
};

// What all the others do, in virtual time. A policy says how long it waits before it asks, whether it keeps
// answers, and whether it joins what is in flight.
struct Habits {
  std::string name;
  double debounce = 0;
  bool caches = false;
  double join = 0;  // seconds that a new request waits for a fetch that fits; 0: each key cancels the fetch
  bool mid_line = true;  // asks also with more than closers after the cursor
};

class Peer : public Policy {
 public:
  Peer(Oracle oracle, Habits habits)
      : oracle_(std::move(oracle)),
        habits_(std::move(habits)),
        cache_({.texts = 100, .lifetime = std::chrono::hours(99)}) {}

  std::string name() const override { return habits_.name; }
  std::vector<Call>& calls() override { return calls_; }

  std::optional<Shown> ask(const Step&, const Moment& moment, bool) override {
    prefix_ = moment.text.substr(0, moment.cursor);
    suffix_ = moment.text.substr(moment.cursor);
    if (habits_.join == 0) fetches_.clear();
    if (!habits_.caches) cache_.forget(1);
    while (deliver(moment.now)) {
    }
    if (!habits_.mid_line && !only_closers(rest_of_line(suffix_))) return std::nullopt;
    if (auto shown = lookup(moment.now)) return shown;
    auto start = moment.now + habits_.debounce;
    if (is_joinable()) {
      if (auto shown = wait(moment, std::min(moment.now + habits_.join, moment.until))) return shown;
      start = is_joinable() ? moment.now + habits_.join : std::max(start, last_arrival_);
    }
    if (start >= moment.until) return std::nullopt;
    std::erase_if(fetches_, [&](const auto& fetch) { return !fits(fetch); });
    fetch(moment, start);
    return wait(moment, moment.until);
  }

 private:
  bool fits(const Fetch& fetch) const {
    return prefix_.starts_with(fetch.prefix) && next_lines(suffix_) == next_lines(fetch.suffix);
  }
  bool is_joinable() const {
    return std::any_of(fetches_.begin(), fetches_.end(), [&](const auto& fetch) { return fits(fetch); });
  }

  // Takes in what arrives before `end`, until something fits or nothing can fit any more.
  std::optional<Shown> wait(const Moment& moment, double end) {
    while (is_joinable() && deliver(end))
      if (auto shown = lookup(std::max(last_arrival_, moment.now))) return shown;
    return std::nullopt;
  }

  // The first fetch that arrives before `end` goes into the cache.
  bool deliver(double end) {
    const auto first = std::min_element(fetches_.begin(), fetches_.end(),
                                        [](const auto& a, const auto& b) { return a.arrives < b.arrives; });
    if (first == fetches_.end() || first->arrives >= end) return false;
    const auto fetch = *first;
    fetches_.erase(first);
    last_arrival_ = fetch.arrives;
    const auto id =
        cache_.put(place_of(fetch.prefix), fetch.suffix, Cache::Origin::request, at(fetch.arrives));
    cache_.append(id, calls_[fetch.call].answer);
    cache_.finish(id, Cache::Ending::cut, at(fetch.arrives));
    call_of_[id] = fetch.call;
    return true;
  }

  std::optional<Shown> lookup(double now) {
    const auto found = cache_.find(place_of(prefix_), suffix_, at(now));
    if (found.hits.empty()) return std::nullopt;
    const auto& hit = found.hits.front();
    cache_.served(hit.id);
    calls_[call_of_[hit.id]].shown = true;
    return Shown{std::string(hit.text), now};
  }

  void fetch(const Moment& moment, double start) {
    const auto answer = oracle_.answer(prefix_, moment.step);
    calls_.push_back({answer.text});
    fetches_.push_back({prefix_, suffix_, start + answer.seconds, calls_.size() - 1});
  }

  Oracle oracle_;
  Habits habits_;
  Cache cache_;
  std::vector<Fetch> fetches_;
  std::vector<Call> calls_;
  std::unordered_map<Cache::TextId, std::size_t> call_of_;
  double last_arrival_ = 0;
  std::string prefix_, suffix_;
};

}  // namespace

std::vector<std::unique_ptr<Policy>> peers(const Oracle& oracle, bool mid_line) {
  std::vector<std::unique_ptr<Policy>> result;
  for (const auto& habits :
       {Habits{.name = "cancel at each key"}, Habits{.name = "debounce of 300 ms", .debounce = 0.3},
        Habits{.name = "trie that cancels, 75 ms", .debounce = 0.075, .caches = true, .mid_line = mid_line},
        Habits{.name = "leader: trie, joins for 200 ms", .caches = true, .join = 0.2, .mid_line = mid_line}})
    result.push_back(std::make_unique<Peer>(oracle, habits));
  return result;
}

}  // namespace fimd::bench
