// AWS's Lambda Runtime API, played on loopback with the state machine of the real one: `next` blocks until
// there is an event, answers are taken once and only for the running invocation, too large ones are refused,
// streams are passed on chunk by chunk.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/http_wire.h"

namespace fimd::test {

struct RuntimeResult {
  enum class Kind { response, error, timeout };
  Kind kind = Kind::timeout;
  std::string body;
  Headers headers = {};
  bool streamed = false;
  std::vector<std::string> chunks = {};  // of a streamed response, as they were cut
  Headers trailers = {};
};

class RuntimeStandIn {
 public:
  // Gets the chunks of a streamed response; false: the caller has left, the runtime's connection is broken.
  using OnChunk = std::function<bool(std::string_view)>;

  RuntimeStandIn();
  ~RuntimeStandIn();

  std::string address() const;  // for AWS_LAMBDA_RUNTIME_API

  // One invocation, from the event to the answer. Several may wait in line.
  RuntimeResult invoke(const std::string& event, std::chrono::milliseconds time = std::chrono::seconds(10),
                       const OnChunk& on_chunk = {});

  // Wait at most 10 s: for the runtime to ask for an event (INIT is over), or to report that INIT failed.
  bool wait_for_next();
  std::optional<RuntimeResult> wait_for_init_error();

  // From now on that process stands still (SIGSTOP) while it waits for an event, as in AWS.
  void freeze_when_idle(pid_t process);

  // The next call of the runtime is answered with this status and nothing is done.
  void break_once(int status);
  // Everything the runtime got refused: "403 POST /2018-06-01/...".
  std::vector<std::string> refusals() const;

 private:
  enum class State { queued, running, responding, done };
  struct Invocation {
    std::string id;
    std::string event;
    std::chrono::system_clock::time_point deadline;
    OnChunk on_chunk;
    State state = State::queued;
    RuntimeResult result;
  };
  using Path = std::string_view;

  void serve(HttpConnection& connection);
  int answer_next(HttpConnection& connection);
  void set_idle(bool idle);
  int take_result(HttpConnection& connection, HttpRequest& request, const std::string& id, bool error);
  bool take_body(HttpConnection& connection, HttpRequest& request, Invocation& invocation);
  int take_init_error(HttpConnection& connection, HttpRequest& request);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Invocation>> queue_;
  std::shared_ptr<Invocation> current_;
  std::optional<RuntimeResult> init_error_;
  std::vector<std::string> refusals_;
  std::optional<int> break_with_;
  int next_id_ = 0;
  int queued_fd_;      // an eventfd, readable while somebody has put an event into the line
  pid_t process_ = 0;  // the one to freeze; 0: none
  bool idle_ = false;  // it waits for an event
  bool initialised_ = false;
  bool stopping_ = false;
  std::optional<HttpListener> listener_;
};

}  // namespace fimd::test
