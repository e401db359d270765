// Mistral's fill-in-the-middle endpoint, `POST /v1/fim/completions`, played on loopback: the wire format of
// the real one (JSON and server-sent events, its error shapes, its refusal of unknown fields) around a model
// of the test's choice.
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "tests/support/scripted_server.h"

namespace fimd::test {

class CodestralStandIn {
 public:
  // What the model says between `prompt` and `suffix`.
  using Model = std::function<std::string(const std::string& prompt, const std::string& suffix)>;

  struct Options {
    std::string key = "stand-in-key";  // expected bearer; empty: any
    std::chrono::milliseconds delay{0};
    std::size_t delta_bytes = 8;  // of a streamed delta, rounded up to whole UTF-8 characters
    std::chrono::milliseconds delta_delay{0};
    Reply::Ending ending = Reply::Ending::normal;  // how every answer ends
    std::size_t stop_after = 0;                    // see Reply
    std::uint16_t port = 0;
    std::string finish_reason = "stop";
    int cached_tokens = 0;
    std::optional<Reply> fault = {};  // what every request gets instead
  };

  explicit CodestralStandIn(Model model) : CodestralStandIn(std::move(model), Options{}) {}
  CodestralStandIn(Model model, Options options);
  explicit CodestralStandIn(std::string text) : CodestralStandIn(std::move(text), Options{}) {}
  CodestralStandIn(std::string text, Options options);

  std::string url() const { return server_.url(); }  // base URL, without the path
  // The next request gets this instead, whatever it asks.
  void fail_next(Reply reply);
  // Requests, waiting, release of stalls.
  ScriptedServer& server() { return server_; }

 private:
  Reply answer(const HttpRequest& request);
  Reply stream(const std::string& text, const std::string& model, const std::string& usage) const;

  Model model_;
  Options options_;
  std::mutex mutex_;
  std::optional<Reply> next_;
  ScriptedServer server_;
};

// The error shapes Mistral is known to send.
Reply unauthorized();                         // 401 {"detail": "Unauthorized"}
Reply gateway_unauthorized();                 // 401 {"message": "Unauthorized", "request_id": ...}
Reply unprocessable(std::string_view field);  // 422 {"detail": [{"loc", "msg", "type"}]}
Reply rate_limited(int retry_after_seconds);  // 429 with Retry-After
Reply broken();                               // 500 {"object": "error", ...}

}  // namespace fimd::test
