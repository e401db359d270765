#include "daemon/task.h"

namespace fimd {

Task<> Signal::wait() {
  const auto generation = generation_;
  SystemErrorCode ec;
  co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, ec));
  if (generation == generation_) throw SystemError(asio::error::operation_aborted);
}

Task<> Signal::wait_until(SteadyClock::time_point deadline) {
  asio::steady_timer alarm(timer_.get_executor(), deadline);
  alarm.async_wait([this](SystemErrorCode ec) {
    if (!ec) notify();
  });
  co_await wait();
}

Task<> sleep_until(asio::io_context& io, SteadyClock::time_point deadline) {
  asio::steady_timer timer(io, deadline);
  co_await timer.async_wait(asio::use_awaitable);
}

}  // namespace fimd
