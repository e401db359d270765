#include "daemon/budget.h"

#include "tests/support/catch.h"

namespace fimd {
namespace {

using namespace std::chrono_literals;
using Limit = Budget::Limit;

constexpr Budget::Time kStart = Budget::Time() + 1h;
constexpr Budget::Day kToday = std::chrono::year(2026) / 11 / 22;
constexpr Budget::Day kTomorrow = kToday + std::chrono::days(1);

TEST_CASE("no limit, no end") {
  Budget budget({});
  for (int i = 0; i < 10'000; ++i) budget.spend_call(kStart, kToday);
  budget.spend_tokens(1'000'000'000, kToday);
  CHECK(budget.reached(kStart, kToday) == Limit::none);
  CHECK(budget.calls_on(kToday) == 10'000);
}

TEST_CASE("calls per minute count the last sixty seconds") {
  Budget budget({.calls_per_minute = 3});
  for (int i = 0; i < 3; ++i) {
    CHECK(budget.reached(kStart + i * 20s, kToday) == Limit::none);
    budget.spend_call(kStart + i * 20s, kToday);
  }
  CHECK(budget.reached(kStart + 59s, kToday) == Limit::calls_per_minute);
  CHECK(budget.reached(kStart + 60s, kToday) == Limit::none);
  budget.spend_call(kStart + 60s, kToday);
  CHECK(budget.reached(kStart + 79s, kTomorrow) == Limit::calls_per_minute);
  CHECK(budget.reached(kStart + 80s, kTomorrow) == Limit::none);
}

TEST_CASE("calls and tokens of a day are free again on the next") {
  Budget budget({.calls_per_day = 2, .tokens_per_day = 100});
  budget.spend_call(kStart, kToday);
  budget.spend_tokens(99, kToday);
  CHECK(budget.reached(kStart, kToday) == Limit::none);
  budget.spend_tokens(1, kToday);
  CHECK(budget.reached(kStart, kToday) == Limit::tokens_per_day);
  budget.spend_call(kStart, kToday);
  CHECK(budget.reached(kStart, kToday) == Limit::calls_per_day);
  CHECK(budget.reached(kStart, kTomorrow) == Limit::none);
  CHECK(budget.calls_on(kTomorrow) == 0);
  budget.spend_tokens(40, kTomorrow);
  CHECK(budget.tokens_on(kTomorrow) == 40);
  CHECK(budget.reached(kStart, kTomorrow) == Limit::none);
}

TEST_CASE("the user is told once a day of each limit") {
  Budget budget({.calls_per_minute = 1});
  CHECK_FALSE(budget.tell(Limit::none, kToday));
  CHECK(budget.tell(Limit::calls_per_minute, kToday));
  CHECK_FALSE(budget.tell(Limit::calls_per_minute, kToday));
  CHECK(budget.tell(Limit::tokens_per_day, kToday));
  CHECK(budget.tell(Limit::calls_per_minute, kTomorrow));
  CHECK(name_of(Limit::tokens_per_day) == "tokensPerDay");
}

}  // namespace
}  // namespace fimd
