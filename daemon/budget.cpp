#include "daemon/budget.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace fimd {

Budget::Limit Budget::reached(Time now, Day today) const {
  const auto full = [](std::int64_t spent, std::int64_t limit) { return limit > 0 && spent >= limit; };
  if (full(calls_on(today), limits_.calls_per_day)) return Limit::calls_per_day;
  if (full(tokens_on(today), limits_.tokens_per_day)) return Limit::tokens_per_day;
  const auto recent = std::count_if(last_minute_.begin(), last_minute_.end(),
                                    [&](Time call) { return now - call < std::chrono::minutes(1); });
  return full(recent, limits_.calls_per_minute) ? Limit::calls_per_minute : Limit::none;
}

void Budget::spend_call(Time now, Day today) {
  turn_to(today);
  ++calls_;
  if (limits_.calls_per_minute == 0) return;
  while (!last_minute_.empty() && now - last_minute_.front() >= std::chrono::minutes(1))
    last_minute_.pop_front();
  last_minute_.push_back(now);
}

void Budget::spend_tokens(std::int64_t tokens, Day today) {
  turn_to(today);
  tokens_ += tokens;
}

bool Budget::tell(Limit limit, Day today) {
  turn_to(today);
  return limit != Limit::none && !std::exchange(told_[static_cast<std::size_t>(limit)], true);
}

void Budget::turn_to(Day today) {
  if (today == day_) return;
  day_ = today;
  calls_ = tokens_ = 0;
  std::fill(std::begin(told_), std::end(told_), false);
}

std::string_view name_of(Budget::Limit limit) {
  switch (limit) {
    case Budget::Limit::calls_per_minute:
      return "callsPerMinute";
    case Budget::Limit::calls_per_day:
      return "callsPerDay";
    case Budget::Limit::tokens_per_day:
      return "tokensPerDay";
    case Budget::Limit::none:
      return "none";
  }
  return "";
}

}  // namespace fimd
