#include "daemon/requests.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <nlohmann/json.hpp>
#include <utility>

#include "daemon/log.h"
#include "protocol/lsp.h"

namespace fimd {

using nlohmann::json;

struct Requests::Pending {
  json id;
  std::string topic;
  Withdrawn withdrawn = Withdrawn::no;
  asio::cancellation_signal signal;
};

Requests::Requests(asio::io_context& io, Connection& connection)
    : io_(io), connection_(connection), finished_(io) {}
Requests::~Requests() = default;

void Requests::reply(const json& id, const json& result) {
  connection_.write(response(id, result));
}

void Requests::refuse(const json& id, ErrorCode code, std::string_view message) {
  connection_.write(error_response(id, code, message));
}

void Requests::start(const json& id, const std::string& topic, Task<json> work) {
  if (!topic.empty()) supersede(topic);
  const auto serial = ++last_serial_;
  auto& pending = *(pending_[serial] = std::make_unique<Pending>());
  pending.id = id;
  pending.topic = topic;
  asio::co_spawn(io_, std::move(work),
                 asio::bind_cancellation_slot(pending.signal.slot(),
                                              [this, serial](std::exception_ptr fault, json result) {
                                                finish(serial, std::move(fault), std::move(result));
                                              }));
}

void Requests::cancel(const json& id) {
  for (auto& [serial, pending] : pending_) {
    if (pending->id == id) withdraw(*pending, Withdrawn::cancelled);
  }
}

void Requests::supersede(const std::string& topic) {
  for (auto& [serial, pending] : pending_) {
    if (pending->topic == topic) withdraw(*pending, Withdrawn::superseded);
  }
}

void Requests::withdraw(Pending& pending, Withdrawn why) {
  if (pending.withdrawn != Withdrawn::no) return;
  pending.withdrawn = why;
  pending.signal.emit(asio::cancellation_type::terminal);
}

void Requests::finish(unsigned long serial, std::exception_ptr fault, json result) {
  const auto pending = std::move(pending_.extract(serial).mapped());
  switch (pending->withdrawn) {
    case Withdrawn::cancelled:
      refuse(pending->id, ErrorCode::request_cancelled, "request cancelled");
      break;
    case Withdrawn::superseded:
      reply(pending->id, nullptr);
      break;
    case Withdrawn::no:
      try {
        if (fault) std::rethrow_exception(fault);
      } catch (const std::exception& error) {
        log_error("a completion failed: {}", error.what());
        result = inline_completion_list({}, {});
      }
      reply(pending->id, result);
  }
  finished_.notify();
}

void Requests::withdraw_all() {
  for (auto& [serial, pending] : pending_) withdraw(*pending, Withdrawn::superseded);
}

Task<> Requests::drain(SteadyClock::duration limit) {
  asio::steady_timer timer(io_, limit);
  timer.async_wait([this](SystemErrorCode ec) {
    if (!ec) withdraw_all();
  });
  while (!pending_.empty()) co_await finished_.wait();
}

}  // namespace fimd
