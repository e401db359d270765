#include "daemon/connection.h"

#include <fcntl.h>
#include <unistd.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <string_view>
#include <utility>

namespace fimd {
namespace {

constexpr std::size_t kMaxQueuedBytes = 8 * 1024 * 1024;

}  // namespace

Connection::Connection(asio::io_context& io, int in, int out, Framing framing, std::size_t max_body)
    : in_(io, ::dup(in)),
      out_(io, ::dup(out)),
      in_flags_(::fcntl(in, F_GETFL)),
      out_flags_(::fcntl(out, F_GETFL)),
      framing_(framing),
      decoder_(framing, max_body),
      written_(io) {}

Connection::~Connection() {
  ::fcntl(in_.native_handle(), F_SETFL, in_flags_);
  ::fcntl(out_.native_handle(), F_SETFL, out_flags_);
}

Task<std::optional<Frame>> Connection::read() {
  for (;;) {
    while (!ended_ && kMaxQueuedBytes < queued_.size()) co_await written_.wait();
    if (auto frame = decoder_.next()) co_return frame;
    if (ended_) co_return decoder_.finish();
    SystemErrorCode ec;
    const auto count =
        co_await in_.async_read_some(asio::buffer(chunk_), asio::redirect_error(asio::use_awaitable, ec));
    if (ec == asio::error::operation_aborted && !ended_) throw SystemError(ec);
    ended_ = ended_ || ec;
    decoder_.feed(std::string_view(chunk_.data(), count));
  }
}

void Connection::close_input() {
  ended_ = true;
  in_.cancel();
  written_.notify();
}

void Connection::write(const std::string& body) {
  if (closed_) return;
  queued_ += encode_frame(framing_, body);
  if (writing_.empty()) write_next();
}

void Connection::write_next() {
  writing_ = std::exchange(queued_, std::string());
  asio::async_write(out_, asio::buffer(writing_), [this](SystemErrorCode ec, std::size_t) {
    writing_.clear();
    closed_ = static_cast<bool>(ec);
    if (closed_) queued_.clear();
    if (!queued_.empty()) write_next();
    written_.notify();
  });
}

Task<> Connection::flush(SteadyClock::time_point limit) {
  while (!writing_.empty() && SteadyClock::now() < limit) co_await written_.wait_until(limit);
}

}  // namespace fimd
