#include "tests/bench/replay/endpoint.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <utility>

#include "protocol/completion.h"
#include "protocol/event_stream.h"

namespace fimd::bench {
namespace {

constexpr std::size_t kDeltaBytes = 12;
constexpr std::size_t kRecentCalls = 64;
constexpr double kNever = std::numeric_limits<double>::infinity();

std::string event_stream(const std::string& text) {
  std::string events;
  for (std::size_t i = 0; i < text.size();) {
    auto end = std::min(i + kDeltaBytes, text.size());
    while (end < text.size() && (text[end] & 0xC0) == 0x80) ++end;
    events += encode_event(delta_data({text.substr(i, end - i)}));
    i = end;
  }
  Completion end;
  end.model = "oracle";
  end.finish_reason = "stop";
  events += encode_event(end_data(end));
  return events + encode_event(kDoneData);
}

std::string reply(int status, const std::string& type, const std::string& body) {
  return test::http_head(status, {{"Content-Type", type}, {"Content-Length", std::to_string(body.size())}}) +
         body;
}

}  // namespace

OracleAnswers::Reply OracleAnswers::reply_to(const std::string& body) {
  auto request = completion_request(body);
  meter_.count(request.prompt, request.suffix);
  auto answer = oracle_.answer(request.prompt, step_);
  calls_.push_back({.answer = answer.text,
                    .step = step_,
                    .prompt = std::move(request.prompt),
                    .suffix = std::move(request.suffix)});
  const bool fine = answer.status == 200;
  return {answer.seconds, fine ? reply(200, "text/event-stream", event_stream(answer.text))
                               : reply(answer.status, "application/json", error_body("no"))};
}

void OracleAnswers::mark_shown(std::string_view text) {
  const auto head = text.substr(0, text.find('\n', 1));
  const auto oldest = calls_.rbegin() + static_cast<std::ptrdiff_t>(std::min(kRecentCalls, calls_.size()));
  const auto from = std::find_if(
      calls_.rbegin(), oldest, [&](const Call& call) { return call.answer.find(head) != std::string::npos; });
  if (from != oldest) from->shown = true;
}

OracleEndpoint::OracleEndpoint(Oracle oracle)
    : answers_(std::move(oracle)), listener_([this](auto& connection) { serve(connection); }) {}

std::size_t OracleEndpoint::calls() {
  const std::lock_guard lock(mutex_);
  return answers_.calls().size();
}

void OracleEndpoint::serve(test::HttpConnection& connection) {
  while (const auto request = connection.read()) {
    std::unique_lock lock(mutex_);
    const auto reply = answers_.reply_to(request->body);
    lock.unlock();
    const auto time = std::chrono::duration<double>(reply.seconds);
    if (!connection.wait(std::chrono::round<std::chrono::milliseconds>(time))) return;
    if (!connection.write(reply.bytes)) return;
  }
}

VirtualEndpoint::VirtualEndpoint() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 || ::listen(fd_, 16) != 0)
    throw std::runtime_error("cannot listen on 127.0.0.1");
}

VirtualEndpoint::~VirtualEndpoint() {
  for (const auto& connection : connections_) ::close(connection.fd);
  ::close(fd_);
}

std::string VirtualEndpoint::url() const {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
  return "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)) + "/fim";
}

void VirtualEndpoint::accept_all() {
  for (int fd; (fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connections_.push_back({fd, test::HttpConnection(fd), kNever, {}});
  }
}

bool VirtualEndpoint::serve(OracleAnswers& answers, double now) {
  accept_all();
  bool any = false;
  for (auto connection = connections_.begin(); connection != connections_.end();) {
    const auto next = std::next(connection);
    any |= read(*connection, answers, now);
    if (connection->fd < 0) connections_.erase(connection);
    connection = next;
  }
  return any;
}

// What the daemon writes it has written whole before it waits.
bool VirtualEndpoint::read(Connection& connection, OracleAnswers& answers, double now) {
  pollfd readable{connection.fd, POLLIN, 0};
  if (::poll(&readable, 1, 0) <= 0) return false;
  const auto request = connection.http.read();
  if (!request) {
    ::close(std::exchange(connection.fd, -1));
    return false;
  }
  auto reply = answers.reply_to(request->body);
  connection.due = now + reply.seconds;
  connection.bytes = std::move(reply.bytes);
  return true;
}

double VirtualEndpoint::next_reply() const {
  double next = kNever;
  for (const auto& connection : connections_) next = std::min(next, connection.due);
  return next;
}

void VirtualEndpoint::reply(double now) {
  for (auto& connection : connections_) {
    if (connection.due > now) continue;
    connection.due = kNever;
    connection.http.write(connection.bytes);
  }
}

}  // namespace fimd::bench
