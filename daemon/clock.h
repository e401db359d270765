// The engine's clock: steady time, or for benches steady time that runs faster.
#pragma once

#include <chrono>

#include "daemon/task.h"

namespace fimd {

// Every duration and time of the engine (pauses, waits, lifetimes) is in engine time; only here is it
// converted.
class Clock {
 public:
  using Time = SteadyClock::time_point;
  using Duration = SteadyClock::duration;

  Clock(asio::io_context& io, double scale) : io_(io), scale_(scale) {}

  // The day that the budget counts by, in UTC.
  static std::chrono::sys_days today() {
    return std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  }

  Time now() const { return Time(scaled(SteadyClock::now().time_since_epoch(), scale_)); }
  Duration real(Duration engine) const { return scaled(engine, 1 / scale_); }
  Task<> sleep_until(Time time) const { return fimd::sleep_until(io_, real_time(time)); }
  // Time::max() is never.
  Task<> wait(Signal& signal, Time time) const {
    return time == Time::max() ? signal.wait() : signal.wait_until(real_time(time));
  }

 private:
  SteadyClock::time_point real_time(Time time) const { return SteadyClock::now() + real(time - now()); }
  static Duration scaled(Duration duration, double factor) {
    return Duration(static_cast<Duration::rep>(static_cast<double>(duration.count()) * factor));
  }

  asio::io_context& io_;
  double scale_;
};

}  // namespace fimd
