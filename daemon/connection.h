// The editor's end of the wire: stdin and stdout, or any pair of file descriptors in tests.
#pragma once

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <optional>
#include <string>

#include "daemon/task.h"
#include "protocol/framing.h"

namespace fimd {

// Reads whole messages and writes whole messages; the only user of its two descriptors, which it does not
// own. Asio makes them non-blocking, which a shell shares: the destructor puts the flags back.
class Connection {
 public:
  Connection(asio::io_context& io, int in, int out, Framing framing, std::size_t max_body = kMaxBodyBytes);
  ~Connection();
  Connection(const Connection&) = delete;

  // The next message or framing fault; nothing at end of input. While the peer does not read what we wrote
  // (over 8 MiB queued), nothing is read either: memory stays bounded.
  Task<std::optional<Frame>> read();

  // Ends the input: read() gives what is whole, then nothing, however much the peer has left unread.
  void close_input();

  // Queues one message. A peer that has gone away is noticed by read(), not here.
  void write(const std::string& body);

  // Returns when all that was queued is written, the peer is gone, or it is `limit`.
  Task<> flush(SteadyClock::time_point limit);

 private:
  void write_next();

  asio::posix::stream_descriptor in_;
  asio::posix::stream_descriptor out_;
  int in_flags_;
  int out_flags_;
  Framing framing_;
  FrameDecoder decoder_;
  std::array<char, 64 * 1024> chunk_;
  std::string queued_;
  std::string writing_;
  bool closed_ = false;
  bool ended_ = false;
  Signal written_;
};

}  // namespace fimd
