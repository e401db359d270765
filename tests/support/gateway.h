// What stands between the internet and a Lambda function, on loopback: turns HTTP into events and answers
// into HTTP, as API Gateway's HTTP API (payload 2.0), its REST API (1.0) or a function URL do, with their
// checks and their errors.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/http_wire.h"
#include "tests/support/runtime_stand_in.h"

namespace fimd::test {

class Gateway {
 public:
  enum class Door {
    v2,
    v1,
    url,
    invoke
  };  // invoke: a request's body is the event itself, as for `aws lambda invoke`
  struct Options {
    Door door = Door::v2;
    bool stream = false;          // the function answers in streaming mode
    bool freeze = false;          // the function is stopped while it waits: for who starts it to set up
    std::string access_key = {};  // not empty: requests must be signed by this key
    std::string secret_key = {};
    std::vector<std::string> cors = {};  // allowed origins
    double rate = 1000;                  // requests a second, and how many at once
    double burst = 1000;
    std::chrono::milliseconds timeout = std::chrono::seconds(25);  // of the function
    std::uint16_t port = 0;
  };

  explicit Gateway(Options options);

  std::string url() const;  // of POST /fim
  RuntimeStandIn& runtime() { return runtime_; }

 private:
  struct Reply {
    int status;
    Headers headers;
    std::string body;
  };
  void serve(HttpConnection& connection);
  std::optional<Reply> refuse(const HttpRequest& request);
  bool within_rate();
  bool signature_is_good(const HttpRequest& request) const;
  bool origin_is_allowed(const std::string& origin) const;
  std::string event_of(const HttpRequest& request) const;
  Reply reply_of(const RuntimeResult& result) const;
  bool pass_stream(HttpConnection& connection, const std::string& event);

  Options options_;
  std::mutex mutex_;
  double tokens_;
  std::chrono::steady_clock::time_point refilled_;
  RuntimeStandIn runtime_;
  HttpListener listener_;
};

}  // namespace fimd::test
