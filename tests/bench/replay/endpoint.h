// The oracle behind a real HTTP endpoint on loopback.
#pragma once

#include <list>
#include <mutex>
#include <string>
#include <vector>

#include "tests/bench/replay/policy.h"
#include "tests/bench/replay/prompt_reuse.h"
#include "tests/support/http_wire.h"

namespace fimd::bench {

// What the endpoint says to a request, and what it remembers of all of them. Not for several threads at once.
class OracleAnswers {
 public:
  explicit OracleAnswers(Oracle oracle) : oracle_(std::move(oracle)) {}

  void person_is_at(std::size_t step) { step_ = step; }
  struct Reply {
    double seconds = 0;
    std::string bytes;  // head and body
  };
  Reply reply_to(const std::string& body);
  // The answer that this text was cut from was of use.
  void mark_shown(std::string_view text);
  std::vector<Call>& calls() { return calls_; }
  double prompt_reuse() const { return meter_.reuse(); }

 private:
  Oracle oracle_;
  std::size_t step_ = 0;
  PromptMeter meter_;
  std::vector<Call> calls_;
};

// In the time of the clock on the wall.
class OracleEndpoint {
 public:
  explicit OracleEndpoint(Oracle oracle);

  std::string url() const { return listener_.url("/fim"); }
  std::size_t calls();

 private:
  void serve(test::HttpConnection& connection);

  std::mutex mutex_;
  OracleAnswers answers_;
  test::HttpListener listener_;  // last: its threads use what stands above
};

// In virtual time: it does only what serve() and reply() say.
class VirtualEndpoint {
 public:
  VirtualEndpoint();
  ~VirtualEndpoint();
  VirtualEndpoint(const VirtualEndpoint&) = delete;
  VirtualEndpoint& operator=(const VirtualEndpoint&) = delete;

  std::string url() const;
  // Takes the requests that are there at `now`; true if there were any.
  bool serve(OracleAnswers& answers, double now);
  double next_reply() const;  // infinity: none
  // Sends the replies that are due.
  void reply(double now);

 private:
  struct Connection {
    int fd = -1;
    test::HttpConnection http;
    double due;  // infinity: nothing to reply
    std::string bytes;
  };
  void accept_all();
  bool read(Connection& connection, OracleAnswers& answers, double now);

  int fd_;
  std::list<Connection> connections_;
};

}  // namespace fimd::bench
