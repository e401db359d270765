// Requests that are being worked on, and the one place from which each request gets its one reply.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "daemon/connection.h"
#include "daemon/task.h"
#include "protocol/json_rpc.h"

namespace fimd {

class Requests {
 public:
  Requests(asio::io_context& io, Connection& connection);
  ~Requests();

  // Immediate replies.
  void reply(const nlohmann::json& id, const nlohmann::json& result);
  void refuse(const nlohmann::json& id, ErrorCode code, std::string_view message);

  // Starts work on a completion request; its end, whatever it is, becomes the reply: the result; `null` when
  // a newer request for the same non-empty topic came; -32800 when it was cancelled; an empty list and a line
  // in the log when it failed, since the user is typing and must not be interrupted.
  void start(const nlohmann::json& id, const std::string& topic, Task<nlohmann::json> work);

  // `$/cancelRequest`. Unknown ids are ignored: the reply may be on its way.
  void cancel(const nlohmann::json& id);

  bool idle() const { return pending_.empty(); }
  std::size_t size() const { return pending_.size(); }

  // Withdraws what was asked on a topic, as a newer request would.
  void supersede(const std::string& topic);
  // Withdraws all as if superseded.
  void withdraw_all();

  // Waits until all requests are answered, at most for `limit`; what is left then is withdrawn.
  Task<> drain(SteadyClock::duration limit);

 private:
  enum class Withdrawn { no, cancelled, superseded };
  struct Pending;

  void withdraw(Pending& pending, Withdrawn why);
  void finish(unsigned long serial, std::exception_ptr fault, nlohmann::json result);

  asio::io_context& io_;
  Connection& connection_;
  std::map<unsigned long, std::unique_ptr<Pending>>
      pending_;  // by serial number: clients may use an id again
  unsigned long last_serial_ = 0;
  Signal finished_;
};

}  // namespace fimd
