// The Lambda Runtime API, version 2018-06-01: the loop of a custom runtime.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lambda/handler.h"
#include "lambda/http_client.h"

namespace fimd {

struct Invocation {
  std::string id;
  std::string event;
  Deadline deadline;  // by when AWS kills the process
};

// What AWS is told about a failure: "Runtime.Reason" or "Function.Reason", other types are not kept.
struct Failure {
  std::string type;
  std::string message;
};

// One invocation at a time: next, then respond or stream or fail. Throws system_error when the API is gone or
// answers 500, which means: exit. A refused answer (413 and such) is reported as the invocation's failure.
class RuntimeApi {
 public:
  explicit RuntimeApi(Url url);

  // Waits without limit; the process may be frozen meanwhile.
  Invocation next();
  void respond(const Invocation& invocation, const std::string& body);
  void fail(const Invocation& invocation, const Failure& failure);
  // Before the first next(). The process must exit then.
  void fail_init(const Failure& failure);

  // A streamed response: begin, any number of writes, end. A failure after begin goes into the trailers.
  void begin_stream(const Invocation& invocation, const std::string& prelude);
  bool write(std::string_view bytes);  // false: nobody listens any more
  // While a response is streamed: AWS has dropped it, because its reader is gone.
  bool stream_dropped() const;
  void end_stream(const std::optional<Failure>& failure);

 private:
  HttpHead post(const std::string& path, HeaderList headers, const std::string& body);

  HttpClient client_;
  bool streaming_ = false;
  bool stream_broken_ = false;
};

}  // namespace fimd
