// A real HTTP server on 127.0.0.1 that does what a test tells it to: the other end of every network edge.
// There are no mocks; the seam is the URL.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/http_wire.h"

namespace fimd::test {

// What one request gets. The plain case is {.status, .body}; everything else is for making trouble.
struct Reply {
  int status = 200;
  Headers headers = {};  // Content-Type is application/json unless given here
  std::string body = {};
  std::chrono::milliseconds delay{0};        // before the first byte
  std::size_t chunk_bytes = 0;               // not 0: chunked transfer, the body cut to this size
  std::vector<std::string> chunks = {};      // not empty: chunked transfer of these, instead of the body
  std::chrono::milliseconds chunk_delay{0};  // between chunks

  enum class Ending {
    normal,
    stall,    // after `stop_after` bytes of body say nothing until release(), then go on
    close,    // ... close the connection: half an answer
    reset,    // ... reset it
    endless,  // repeat the body for as long as the client reads (chunked)
  };
  Ending ending = Ending::normal;
  std::size_t stop_after = 0;
  std::optional<std::size_t> claimed_length = {};  // a Content-Length that lies
  std::optional<std::string> raw = {};             // these bytes instead of HTTP, then close
};

// The endpoint's answer with this text.
Reply saying(const std::string& text, std::chrono::milliseconds delay = {});

struct Exchange {
  HttpRequest request;
  int connection = 0;         // 1 for the first connection accepted: shows reuse
  bool answered = false;      // the last byte was written
  bool disconnected = false;  // the client left before that
};

class ScriptedServer {
 public:
  using Answer = std::function<Reply(const HttpRequest&)>;
  // `answer` is called from the connections' threads, one call at a time.
  explicit ScriptedServer(Answer answer, std::uint16_t port = 0);
  // One reply per request in the order of arrival; the last one repeats.
  explicit ScriptedServer(std::vector<Reply> script);

  std::uint16_t port() const { return listener_.port(); }
  std::string url(std::string_view path = "") const { return listener_.url(path); }

  // Ends the stalls: those that wait now and those to come.
  void release();

  std::vector<Exchange> exchanges() const;
  // Wait for an event, at most 10 s; false when it did not happen.
  bool wait_for_requests(std::size_t count);
  bool wait_for_disconnects(std::size_t count);

 private:
  void serve(HttpConnection& connection);
  bool send(HttpConnection& connection, const Reply& reply);
  bool send_body(HttpConnection& connection, const Reply& reply);
  template <typename Condition>
  bool wait_for(Condition condition);

  struct Event {  // an eventfd: once signalled it stays so
    Event();
    ~Event();
    int fd;
  };

  Answer answer_;
  Event released_;
  mutable std::mutex mutex_;
  std::mutex answer_mutex_;
  std::condition_variable changed_;
  std::vector<Exchange> exchanges_;
  int connections_ = 0;
  HttpListener listener_;  // last: its threads use what stands above
};

}  // namespace fimd::test
