#include "tests/support/scripted_server.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>

#include "protocol/completion.h"

namespace fimd::test {
namespace {

using namespace std::chrono_literals;
using Ending = Reply::Ending;

constexpr auto kPatience = 10s;
constexpr auto kForever = std::chrono::milliseconds(1h);

bool chunked(const Reply& reply) {
  return reply.chunk_bytes > 0 || !reply.chunks.empty() || reply.ending == Ending::endless;
}

// The body in the pieces it is sent in.
std::vector<std::string> pieces_of(const Reply& reply) {
  if (!reply.chunks.empty()) return reply.chunks;
  std::vector<std::string> pieces;
  const std::size_t size =
      reply.chunk_bytes > 0 ? reply.chunk_bytes : std::max<std::size_t>(reply.body.size(), 1);
  for (std::size_t begin = 0; begin < reply.body.size(); begin += size) {
    pieces.push_back(reply.body.substr(begin, size));
  }
  return pieces;
}

std::string head_of(const Reply& reply) {
  Headers headers = reply.headers;
  if (header(headers, "Content-Type").empty()) headers.emplace_back("Content-Type", "application/json");
  if (chunked(reply)) {
    headers.emplace_back("Transfer-Encoding", "chunked");
  } else {
    headers.emplace_back("Content-Length", std::to_string(reply.claimed_length.value_or(reply.body.size())));
  }
  return http_head(reply.status, headers);
}

// The replies of a script, one after the other; the last one repeats.
ScriptedServer::Answer one_after_the_other(std::vector<Reply> script) {
  return [script = std::move(script), next = std::size_t{0}](const HttpRequest&) mutable {
    const Reply& reply = script.at(next);
    next = std::min(next + 1, script.size() - 1);
    return reply;
  };
}

}  // namespace

Reply saying(const std::string& text, std::chrono::milliseconds delay) {
  Completion completion;
  completion.completion = text;
  Reply reply;
  reply.body = to_body(completion);
  reply.delay = delay;
  return reply;
}

ScriptedServer::Event::Event() : fd(::eventfd(0, EFD_CLOEXEC)) {}
ScriptedServer::Event::~Event() {
  ::close(fd);
}

ScriptedServer::ScriptedServer(Answer answer, std::uint16_t port)
    : answer_(std::move(answer)),
      listener_([this](HttpConnection& connection) { serve(connection); }, port) {}

ScriptedServer::ScriptedServer(std::vector<Reply> script)
    : ScriptedServer(one_after_the_other(std::move(script))) {}

void ScriptedServer::release() {
  ::eventfd_write(released_.fd, 1);
}

std::vector<Exchange> ScriptedServer::exchanges() const {
  const std::lock_guard lock(mutex_);
  return exchanges_;
}

template <typename Condition>
bool ScriptedServer::wait_for(Condition condition) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, condition);
}

bool ScriptedServer::wait_for_requests(std::size_t count) {
  return wait_for([&] { return exchanges_.size() >= count; });
}

bool ScriptedServer::wait_for_disconnects(std::size_t count) {
  const auto left = [](const Exchange& exchange) { return exchange.disconnected; };
  return wait_for([&] {
    return static_cast<std::size_t>(std::count_if(exchanges_.begin(), exchanges_.end(), left)) >= count;
  });
}

void ScriptedServer::serve(HttpConnection& connection) {
  int number;
  {
    const std::lock_guard lock(mutex_);
    number = ++connections_;
  }
  while (auto request = connection.read()) {
    Reply reply;
    {
      const std::lock_guard one_at_a_time(answer_mutex_);
      reply = answer_(*request);
    }
    std::size_t index;
    {
      const std::lock_guard lock(mutex_);
      index = exchanges_.size();
      exchanges_.push_back(Exchange{std::move(*request), number, false, false});
    }
    changed_.notify_all();
    const bool answered = send(connection, reply);
    {
      const std::lock_guard lock(mutex_);
      exchanges_[index].answered = answered;
      exchanges_[index].disconnected = !answered;
    }
    changed_.notify_all();
    if (!answered || reply.raw || reply.ending == Ending::close || reply.ending == Ending::reset) return;
    if (reply.claimed_length && *reply.claimed_length != reply.body.size()) return;
  }
}

// False when the client left before the end of the answer.
bool ScriptedServer::send(HttpConnection& connection, const Reply& reply) {
  if (reply.delay > 0ms && !connection.wait(reply.delay)) return false;
  if (reply.raw) return connection.write(*reply.raw);
  if (!connection.write(head_of(reply)) || !send_body(connection, reply)) return false;
  if (reply.ending == Ending::reset) connection.reset();
  if (reply.ending == Ending::close || reply.ending == Ending::reset || !chunked(reply)) return true;
  return connection.write("0\r\n\r\n");
}

bool ScriptedServer::send_body(HttpConnection& connection, const Reply& reply) {
  const auto send = [&](std::string_view piece) {
    return chunked(reply) ? piece.empty() || connection.write_chunk(piece) : connection.write(piece);
  };
  const bool breaks_off = reply.ending == Ending::close || reply.ending == Ending::reset;
  const bool stops = breaks_off || reply.ending == Ending::stall;
  std::size_t left = stops ? reply.stop_after : std::string::npos;
  bool first = true;
  do {
    for (const std::string& piece : pieces_of(reply)) {
      if (!std::exchange(first, false) && reply.chunk_delay > 0ms && !connection.wait(reply.chunk_delay))
        return false;
      const auto now = std::min(piece.size(), left);
      if (!send(std::string_view(piece).substr(0, now))) return false;
      left -= left == std::string::npos ? 0 : now;
      if (now == piece.size()) continue;
      if (breaks_off) return true;
      if (!connection.wait(kForever, released_.fd) || !send(std::string_view(piece).substr(now)))
        return false;
      left = std::string::npos;
    }
  } while (reply.ending == Ending::endless);
  return true;
}

}  // namespace fimd::test
