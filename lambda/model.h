// One completion from the model: the only step of an invocation that waits for somebody else.
#pragma once

#include <boost/system/error_code.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "lambda/http_client.h"
#include "lambda/providers/dialect.h"
#include "protocol/completion.h"

namespace fimd {

// What a call depends on besides the request.
struct CallTerms {
  Deadline deadline = Deadline::max();
  // Takes the pieces of a streamed answer as they come; false ends the call, the client has left.
  std::function<bool(const Delta&)> on_delta;
  std::function<bool()> abandoned;  // asked while the model is silent; may be empty
};

// Status 200 and a completion, or an error sentence of the contract with its status.
struct Outcome {
  int status = 200;
  std::string error;
  std::string retry_after;       // seconds, as the model said it; empty when it did not
  Completion completion;         // with all the texts, streamed or not
  std::string asked_model = {};  // as configured; what the model calls itself is in `completion`
  std::chrono::steady_clock::time_point first_byte{};
};

using Model = std::function<Outcome(const CompletionRequest&, const CallTerms&)>;

struct UpstreamSettings {
  const Dialect* dialect = nullptr;
  Url url;  // base, without the dialect's path
  ModelChoice choice;
  std::string key;  // sent as bearer when not empty
};

// A model behind HTTP. Keeps its connections for the next call and repeats a call once when a kept one turns
// out to be dead (a frozen Lambda wakes up with such connections), or for one text when it refuses to give
// several (as llama.cpp does, of more than it has slots). Several threads may call at once. Any upstream
// error keeps its status; 502 is an answer nobody understands or a dead connection; 503 is a call that was
// abandoned; 504 is silence until the deadline.
class UpstreamModel {
 public:
  UpstreamModel(UpstreamSettings settings, const Tls* tls);

  // Opens the first connection. For INIT, whose CPU time is not throttled. Throws system_error.
  void connect(Deadline deadline);
  Outcome complete(const CompletionRequest& request, const CallTerms& terms);

 private:
  std::unique_ptr<HttpClient> take();
  void give_back(std::unique_ptr<HttpClient> client);
  HttpRequest http_request(const CompletionRequest& request) const;
  Outcome exchange(HttpClient& client, const CompletionRequest& request, const CallTerms& terms) const;
  Outcome read_whole(HttpClient& client, int n, const CallTerms& terms) const;
  Outcome read_stream(HttpClient& client, int n, const CallTerms& terms) const;
  Outcome refusal(int status, std::string_view message) const;
  Outcome broken_call(boost::system::error_code error) const;
  Outcome upstream_error(HttpClient& client, const HttpHead& head, const CallTerms& terms) const;

  UpstreamSettings settings_;
  const Tls* tls_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<HttpClient>> idle_;
};

}  // namespace fimd
