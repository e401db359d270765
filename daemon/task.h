// Coroutines on the one event loop. Everything in the daemon that waits is a Task.
//
// Rules, each learned from GCC 12 or from Asio:
//  * A statement with co_await contains no `{` and binds no `[a, b]`: name the value first, then await. GCC
//  12 destroys
//    braced temporaries in such statements a wrong number of times. `scripts/check` enforces it.
//  * Parameters by value, or references to objects that main owns. No capturing lambda is itself a coroutine.
//  * Expected failures use redirect_error; a cancelled wait throws operation_aborted and unwinds to the reply
//  site.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>

namespace fimd {

namespace asio = boost::asio;
using SystemError = boost::system::system_error;
using SystemErrorCode = boost::system::error_code;
using SteadyClock = std::chrono::steady_clock;

template <class T = void>
using Task = asio::awaitable<T>;

// A condition variable for one loop: notify() wakes all who wait now; it is not remembered for those who wait
// later.
class Signal {
 public:
  explicit Signal(asio::io_context& io) : timer_(io, SteadyClock::time_point::max()) {}

  void notify() {
    ++generation_;
    timer_.cancel();
  }

  // Returns on notify(). Throws operation_aborted when the waiting task itself is cancelled.
  Task<> wait();

  // The same, at most until `deadline`. Its passing wakes the others too: they look and wait again.
  Task<> wait_until(SteadyClock::time_point deadline);

 private:
  asio::steady_timer timer_;
  unsigned long generation_ = 0;
};

// Waits until `deadline`. Throws operation_aborted when the waiting task is cancelled.
Task<> sleep_until(asio::io_context& io, SteadyClock::time_point deadline);

}  // namespace fimd
