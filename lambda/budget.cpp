#include "lambda/budget.h"

namespace fimd {
namespace {

constexpr std::chrono::seconds kDay = std::chrono::hours(24);

}  // namespace

Budget::Day& Budget::today(const std::string& caller, std::chrono::seconds now) {
  Day& day = days_[caller];
  if (day.number != now / kDay) day = Day{.number = now / kDay};
  return day;
}

bool Budget::admit(const std::string& caller, std::chrono::seconds now) {
  const std::lock_guard lock(mutex_);
  Day& day = today(caller, now);
  if (limit_.calls > 0 && day.calls >= limit_.calls) return false;
  if (limit_.tokens > 0 && day.tokens >= limit_.tokens) return false;
  ++day.calls;
  return true;
}

void Budget::spend(const std::string& caller, int tokens, std::chrono::seconds now) {
  const std::lock_guard lock(mutex_);
  today(caller, now).tokens += tokens;
}

std::chrono::seconds Budget::until_tomorrow(std::chrono::seconds now) {
  return kDay - now % kDay;
}

}  // namespace fimd
