// HTTP over libcurl's multi-socket interface on the event loop. The only user of curl.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/task.h"

namespace fimd {

struct HttpRequest {
  std::string url;
  std::vector<std::string> headers;  // "Name: value"
  std::string body;
  std::chrono::milliseconds connect_timeout{3'000};
  std::chrono::milliseconds deadline{10'000};  // for the whole transfer
};

struct HttpHead {
  int status = 0;
  std::string content_type;                         // lower case, without parameters
  std::optional<std::chrono::seconds> retry_after;  // Retry-After in seconds; a date is ignored
};

// Takes the body as it arrives (already decompressed); the head is complete by then. Returning false cuts the
// transfer: post() then returns as if the body had ended. Must not throw and not call back into the client.
using BodySink = std::function<bool(const HttpHead&, std::string_view)>;

// Owns one curl multi handle for the life of the process, so connections, TLS sessions and DNS answers are
// reused. curl itself is initialised by the first post(): it costs milliseconds that `initialize` should not
// wait for. Redirects are not followed, retries are the caller's: policy lives in Endpoint.
class HttpClient {
 public:
  explicit HttpClient(asio::io_context& io);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;

  // POSTs and returns the head once the body is over. Any HTTP status is a value. Throws SystemError for
  // transport faults; its code equals asio::error::timed_out when the deadline passed. Cancelling the task
  // frees the socket.
  Task<HttpHead> post(HttpRequest request, BodySink sink);

 private:
  class Multi;
  asio::io_context& io_;
  std::shared_ptr<Multi> multi_;
};

}  // namespace fimd
