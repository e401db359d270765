// What the user allows the daemon to spend: calls per minute and per day, tokens per day. Pure: the clock and
// the calendar are parameters. When a limit is reached the daemon goes on with cache and predictor.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <string_view>

namespace fimd {

class Budget {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Day = std::chrono::sys_days;  // of the user's calendar; a new one starts the counts of the day anew

  struct Limits {  // 0: none
    std::int64_t calls_per_minute = 0;
    std::int64_t calls_per_day = 0;
    std::int64_t tokens_per_day = 0;
  };
  enum class Limit { none, calls_per_minute, calls_per_day, tokens_per_day };

  explicit Budget(Limits limits) : limits_(limits) {}
  void set_limits(Limits limits) { limits_ = limits; }

  // The limit that forbids a call now, `none` if one may be made.
  Limit reached(Time now, Day today) const;
  // A call was made, and what it turned out to cost.
  void spend_call(Time now, Day today);
  void spend_tokens(std::int64_t tokens, Day today);

  // True once per limit and day: the user is to be told that it is reached.
  bool tell(Limit limit, Day today);

  std::int64_t calls_on(Day today) const { return today == day_ ? calls_ : 0; }
  std::int64_t tokens_on(Day today) const { return today == day_ ? tokens_ : 0; }

 private:
  void turn_to(Day today);

  Limits limits_;
  std::deque<Time> last_minute_;  // calls, oldest first; kept only if they are limited
  Day day_{};
  std::int64_t calls_ = 0;
  std::int64_t tokens_ = 0;
  bool told_[4] = {};
};

std::string_view name_of(Budget::Limit limit);  // as the setting is called; for the log and the status

}  // namespace fimd
