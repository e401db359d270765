// The handler behind a plain HTTP server, for laptops, tests and the daemon's bundled backend: `fim-lambda
// serve`.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "lambda/handler.h"
#include "lambda/record.h"

namespace fimd {

// HTTP/1.1 with keep-alive, one thread per connection, at most 64 of them. Answers are JSON, errors too, or
// server-sent events when the request asks to stream. A client that leaves ends its call of the model.
class LocalServer {
 public:
  // Listens at once. `port` 0 picks a free one. `log` may be called from several threads. Throws
  // system_error.
  LocalServer(const std::string& address, std::uint16_t port, Handler& handler,
              std::function<void(const Record&)> log);
  ~LocalServer();

  std::string url() const;  // http://127.0.0.1:PORT/fim
  void run();               // accepts until the process ends

 private:
  struct Listener;
  std::unique_ptr<Listener> listener_;
  Handler& handler_;
  std::function<void(const Record&)> log_;
};

}  // namespace fimd
