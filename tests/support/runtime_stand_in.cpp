#include "tests/support/runtime_stand_in.h"

#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace fimd::test {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kBase = "/2018-06-01/runtime/";
constexpr std::size_t kMaxPayload = 6 * 1024 * 1024 + 100;
constexpr auto kPatience = 10s;

std::string json_head(int status, std::size_t length, Headers headers = {}) {
  headers.emplace_back("Content-Type", "application/json");
  headers.emplace_back("Content-Length", std::to_string(length));
  return http_head(status, headers);
}

std::int64_t unix_ms(std::chrono::system_clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

}  // namespace

RuntimeStandIn::RuntimeStandIn() : queued_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  listener_.emplace([this](HttpConnection& connection) { serve(connection); });
}

RuntimeStandIn::~RuntimeStandIn() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  listener_.reset();
  ::close(queued_fd_);
}

std::string RuntimeStandIn::address() const {
  return "127.0.0.1:" + std::to_string(listener_->port());
}

RuntimeResult RuntimeStandIn::invoke(const std::string& event, std::chrono::milliseconds time,
                                     const OnChunk& on_chunk) {
  std::unique_lock lock(mutex_);
  auto invocation = std::make_shared<Invocation>();
  invocation->id = "00000000-0000-4000-8000-" + std::to_string(100000000000 + ++next_id_);
  invocation->event = event;
  invocation->deadline = std::chrono::system_clock::now() + time;
  invocation->on_chunk = on_chunk;
  queue_.push_back(invocation);
  ::eventfd_write(queued_fd_, 1);
  changed_.wait_for(lock, time, [&] { return invocation->state == State::done; });
  if (invocation->state != State::done) invocation->on_chunk = nullptr;  // its owner goes away
  return invocation->result;
}

bool RuntimeStandIn::wait_for_next() {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] { return initialised_; });
}

std::optional<RuntimeResult> RuntimeStandIn::wait_for_init_error() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, kPatience, [&] { return init_error_.has_value(); });
  return init_error_;
}

void RuntimeStandIn::freeze_when_idle(pid_t process) {
  const std::lock_guard lock(mutex_);
  process_ = process;
  set_idle(idle_);
}

void RuntimeStandIn::set_idle(bool idle) {
  idle_ = idle;
  if (process_ != 0) ::kill(process_, idle ? SIGSTOP : SIGCONT);
}

void RuntimeStandIn::break_once(int status) {
  const std::lock_guard lock(mutex_);
  break_with_ = status;
}

std::vector<std::string> RuntimeStandIn::refusals() const {
  const std::lock_guard lock(mutex_);
  return refusals_;
}

void RuntimeStandIn::serve(HttpConnection& connection) {
  while (auto request = connection.read_head()) {
    std::string_view path = request->target;
    path.remove_prefix(std::min(path.size(), path.starts_with(kBase) ? kBase.size() : path.size()));
    int status = 404;
    if (path == "invocation/next") {
      status = answer_next(connection);
    } else if (path == "init/error") {
      status = take_init_error(connection, *request);
    } else if (path.starts_with("invocation/")) {
      path.remove_prefix(std::string_view("invocation/").size());
      const auto slash = std::min(path.find('/'), path.size());
      const bool error = path.substr(slash) == "/error";
      status = take_result(connection, *request, std::string(path.substr(0, slash)), error);
    }
    if (status == 0) return;      // the connection is gone
    if (status == 200) continue;  // an event: already written
    const std::string body = status == 202 ? R"({"status":"OK"})" : R"({"errorType":"Refused"})";
    connection.write(json_head(status, body.size()) + body);
    const std::lock_guard lock(mutex_);
    if (status != 202)
      refusals_.push_back(std::to_string(status) + " " + request->method + " " + request->target);
  }
}

int RuntimeStandIn::answer_next(HttpConnection& connection) {
  std::unique_lock lock(mutex_);
  if (break_with_) return *std::exchange(break_with_, std::nullopt);
  if (current_ && current_->state != State::done) {  // asks for the next without having answered
    current_->result.kind = RuntimeResult::Kind::error;
    current_->state = State::done;
  }
  initialised_ = true;
  changed_.notify_all();
  set_idle(queue_.empty());
  while (queue_.empty() && !stopping_) {
    lock.unlock();
    if (!connection.wait(1h, queued_fd_)) return 0;
    eventfd_t ignored;
    ::eventfd_read(queued_fd_, &ignored);
    lock.lock();
  }
  if (stopping_) return 0;
  set_idle(false);
  current_ = queue_.front();
  queue_.pop_front();
  current_->state = State::running;
  const auto event = current_->event;
  const Headers headers = {
      {"Lambda-Runtime-Aws-Request-Id", current_->id},
      {"Lambda-Runtime-Deadline-Ms", std::to_string(unix_ms(current_->deadline))},
      {"Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-west-1:123456789012:function:fim"},
      {"Lambda-Runtime-Trace-Id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0"}};
  lock.unlock();
  connection.write(json_head(200, event.size(), headers) + event);
  return 200;
}

int RuntimeStandIn::take_init_error(HttpConnection& connection, HttpRequest& request) {
  while (auto piece = connection.read_piece(request)) request.body += *piece;
  const std::lock_guard lock(mutex_);
  if (initialised_) return 403;
  init_error_ =
      RuntimeResult{.kind = RuntimeResult::Kind::error, .body = request.body, .headers = request.headers};
  changed_.notify_all();
  return 202;
}

int RuntimeStandIn::take_result(HttpConnection& connection, HttpRequest& request, const std::string& id,
                                bool error) {
  std::shared_ptr<Invocation> invocation;
  int refused = 0;
  {
    const std::lock_guard lock(mutex_);
    const std::string mode = request.header("Lambda-Runtime-Function-Response-Mode");
    if (std::exchange(break_with_, std::nullopt)) refused = 500;
    if (!mode.empty() && mode != "streaming") refused = 400;
    if (!current_ || current_->id != id) refused = 400;
    if (refused == 0 && current_->state != State::running) refused = 403;
    invocation = current_;
    if (refused == 0) {
      invocation->state = State::responding;
      invocation->result.streamed = mode == "streaming";
      invocation->result.headers = request.headers;
    }
  }
  if (refused != 0) {
    while (connection.read_piece(request)) {
    }
    return refused;
  }
  const bool whole = take_body(connection, request, *invocation);
  const std::lock_guard lock(mutex_);
  auto& result = invocation->result;
  result.trailers = request.trailers;
  if (!error && !result.streamed && result.body.size() > kMaxPayload) {
    result.body.clear();
    invocation->state = State::running;  // the runtime may still report the error
    return 413;
  }
  result.kind = error || !whole ? RuntimeResult::Kind::error : RuntimeResult::Kind::response;
  invocation->state = State::done;
  changed_.notify_all();
  return whole ? 202 : 0;
}

bool RuntimeStandIn::take_body(HttpConnection& connection, HttpRequest& request, Invocation& invocation) {
  while (auto piece = connection.read_piece(request)) {
    const std::lock_guard lock(mutex_);
    invocation.result.body += *piece;
    if (!invocation.result.streamed) continue;
    invocation.result.chunks.push_back(*piece);
    if (invocation.on_chunk && !invocation.on_chunk(*piece)) return false;
  }
  return connection.body_complete();
}

}  // namespace fimd::test
