// The FIM endpoint: request -> text, as it streams in. Owns the policy of the network: authorisation,
// deadline, back-off. HTTP itself is HttpClient's.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/config.h"
#include "daemon/http_client.h"
#include "daemon/task.h"
#include "protocol/completion.h"

namespace fimd {

// Takes the texts as they arrive, piece by piece. Returning false cuts the transfer.
using TextSink = std::function<bool(const Delta&)>;

struct EndpointAnswer {
  enum class Status {
    ok,            // the model said all it wanted, or the sink cut it
    broken_off,    // text came, then the stream ended early: what was sunk is usable, but not the whole
    refused,       // 4xx: the request, the token or the set-up is wrong
    rate_limited,  // 429
    unavailable,   // no connection, a deadline, 5xx, or an answer that is not ours
  };
  Status status = Status::ok;
  int http_status = 0;    // 0: there was no answer at all
  std::string message;    // for the log and the status when not ok; one line, no document text
  Completion completion;  // everything but the texts
};

// How the endpoint is doing, for the status line.
struct EndpointHealth {
  int failures = 0;      // in a row
  std::string message;   // of the last failure; empty when the last call succeeded
  bool lasting = false;  // worth one message to the user: refused, or failed three times in a row
};

// Back-off: after three failures in a row no calls for 1, 2, 4, then 8 s; after a 429 for its Retry-After (60
// s at most), or when it names none, the same from the first one on; after a refusal for 8 s. All but
// Retry-After count from the start of the call, since one that is never answered has taken its time already.
// So a model that returns is in use again within 10 s.
class Endpoint {
 public:
  Endpoint(asio::io_context& io, HttpClient& http, const Config& config);

  // Where to call. With an empty URL, as before the first connect(), calls wait for one, at most for the
  // deadline.
  void connect(std::string url, std::string token);
  // There is nowhere to call, and why. connect() ends that state.
  void fail(std::string reason);

  // Nothing is configured, and that is no fault.
  void disconnect();
  bool absent() const { return absent_; }

  // False while backing off: a call now would be pointless.
  bool available(SteadyClock::time_point now) const;
  const EndpointHealth& health() const { return health_; }
  // Who made the last completion ("codestral", "local", ...); empty when the endpoint does not say.
  const std::string& provider() const { return provider_; }

  // One call. Never throws but when the task is cancelled.
  Task<EndpointAnswer> complete(CompletionRequest request, TextSink sink);

 private:
  Task<> await_target();
  Task<EndpointAnswer> call(const CompletionRequest& request, TextSink& sink);
  HttpRequest http_request(const CompletionRequest& request) const;
  void note(const EndpointAnswer& answer, std::optional<std::chrono::seconds> retry_after,
            SteadyClock::time_point begun);

  asio::io_context& io_;
  HttpClient& http_;
  const Config& config_;
  std::string url_;
  std::string token_;
  std::string fault_;
  std::string provider_;
  bool absent_ = false;
  Signal target_known_;
  EndpointHealth health_;
  SteadyClock::time_point closed_until_{};
};

}  // namespace fimd
