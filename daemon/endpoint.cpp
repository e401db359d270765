#include "daemon/endpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "daemon/log.h"
#include "daemon/tokens.h"
#include "protocol/event_stream.h"

namespace fimd {
namespace {

using namespace std::chrono_literals;
using Status = EndpointAnswer::Status;

// A completion is a few hundred bytes; what is far beyond is not one of ours.
constexpr std::size_t kMaxBodyBytes = 1024 * 1024;
constexpr std::size_t kMaxTextBytes = 64 * 1024;

Status status_of(int http_status) {
  if (http_status == 429) return Status::rate_limited;
  return 400 <= http_status && http_status < 500 && http_status != 408 ? Status::refused
                                                                       : Status::unavailable;
}

// What quoting leaves of a text: no blanks, signs or escapes, which every way of quoting writes differently.
std::string bare(std::string_view text) {
  std::string result;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto c = static_cast<unsigned char>(text[at]);
    const auto escape = c == '\\' ? text.substr(at + 1, 1) : std::string_view();
    if (escape == "n" || escape == "r" || escape == "t")
      ++at;
    else if (is_word(static_cast<char>(c)))
      result += static_cast<char>(c);
  }
  return result;
}

// Whether a message repeats a piece of a text.
bool quotes(std::string_view said, std::string_view sent) {
  constexpr std::size_t kPiece = 12;  // shorter ones are words that an error message may share with a program
  const auto message = bare(said), text = bare(sent);
  for (std::size_t at = 0; at + kPiece <= message.size(); ++at) {
    if (text.find(message.substr(at, kPiece)) != std::string::npos) return true;
  }
  return false;
}

// Turns the bytes of one answer, buffered or streamed, into text for the sink and an EndpointAnswer.
class AnswerReader {
 public:
  explicit AnswerReader(TextSink& sink) : sink_(sink) {}

  bool take(const HttpHead& head, std::string_view bytes) {
    received_ += bytes.size();
    if (kMaxBodyBytes < received_) return false;
    if (head.status == 200 && head.content_type == "text/event-stream") return take_events(bytes);
    body_ += bytes;
    return true;
  }

  EndpointAnswer finish(const HttpHead& head) {
    if (kMaxBodyBytes < received_) return unavailable("the endpoint's answer has no end");
    if (head.status != 200) return failed(status_of(head.status), error_message(head.status, body_));
    if (head.content_type == "text/event-stream") return finish_events();
    auto completion = read_completion(body_);
    if (!completion) return unavailable("the endpoint's answer is not a completion: is the URL right?");
    sink_texts(*completion);
    answer_.completion = std::move(*completion);
    return answer_;
  }

  // The connection broke: text that came before is still worth having.
  EndpointAnswer break_off(std::string message) {
    return failed(text_bytes_ == 0 ? Status::unavailable : Status::broken_off, std::move(message));
  }

 private:
  void sink_texts(Completion& completion) {
    std::size_t index = 0;
    sink_({.text = std::exchange(completion.completion, {}), .index = index});
    for (auto& text : std::exchange(completion.alternatives, {}))
      sink_({.text = std::move(text), .index = ++index});
  }

  bool take_events(std::string_view bytes) {
    events_.feed(bytes);
    while (auto data = events_.next()) {
      if (!take_event(stream_event(*data))) return false;
    }
    return true;
  }

  // What follows the end is no part of the answer, be it the answer once more: the transfer is cut there.
  bool take_event(StreamEvent event) {
    if (ended_) return event.kind == StreamEvent::Kind::done;
    switch (event.kind) {
      case StreamEvent::Kind::delta:
        text_bytes_ += event.delta.text.size();
        cut_ = kMaxTextBytes < text_bytes_ || !sink_(event.delta);
        return !cut_;
      case StreamEvent::Kind::end:
        ended_ = true;
        answer_.completion = std::move(event.completion);
        return true;
      case StreamEvent::Kind::error:
        ended_ = true;
        answer_ = failed(status_of(event.status), std::move(event.error));
        return true;
      default:
        return true;
    }
  }

  EndpointAnswer finish_events() {
    if (cut_ || ended_) return answer_;
    return break_off("the endpoint's stream ended early");
  }

  static EndpointAnswer failed(Status status, std::string message) {
    EndpointAnswer answer;
    answer.status = status;
    answer.message = std::move(message);
    return answer;
  }
  static EndpointAnswer unavailable(std::string message) {
    return failed(Status::unavailable, std::move(message));
  }

  TextSink& sink_;
  EventStreamDecoder events_;
  EndpointAnswer answer_;
  std::string body_;
  std::size_t received_ = 0;
  std::size_t text_bytes_ = 0;
  bool cut_ = false;
  bool ended_ = false;
};

}  // namespace

Endpoint::Endpoint(asio::io_context& io, HttpClient& http, const Config& config)
    : io_(io), http_(http), config_(config), target_known_(io) {}

void Endpoint::connect(std::string url, std::string token) {
  url_ = std::move(url);
  token_ = std::move(token);
  fault_.clear();
  absent_ = false;
  health_ = EndpointHealth();
  closed_until_ = {};
  target_known_.notify();
}

void Endpoint::fail(std::string reason) {
  fault_ = std::move(reason);
  health_ = EndpointHealth{.failures = 1, .message = fault_, .lasting = true};
  target_known_.notify();
}

void Endpoint::disconnect() {
  fault_ = "neither an endpoint nor a model is configured";
  absent_ = true;
  health_ = EndpointHealth();
  target_known_.notify();
}

bool Endpoint::available(SteadyClock::time_point now) const {
  return fault_.empty() && closed_until_ <= now;
}

Task<> Endpoint::await_target() {
  asio::steady_timer limit(io_, config_.deadline);
  limit.async_wait([this](SystemErrorCode ec) {
    if (!ec && url_.empty()) fail("the bundled backend did not start in time");
  });
  while (url_.empty() && fault_.empty()) co_await target_known_.wait();
}

HttpRequest Endpoint::http_request(const CompletionRequest& request) const {
  HttpRequest http;
  http.url = url_;
  http.headers.push_back("Content-Type: application/json");
  http.headers.push_back(request.stream ? "Accept: text/event-stream, application/json"
                                        : "Accept: application/json");
  if (!token_.empty()) http.headers.push_back("Authorization: Bearer " + token_);
  http.body = to_body(request);
  http.connect_timeout = config_.connect_timeout;
  http.deadline = config_.deadline;
  return http;
}

Task<EndpointAnswer> Endpoint::complete(CompletionRequest request, TextSink sink) {
  co_await await_target();
  if (!fault_.empty()) {
    EndpointAnswer answer;
    answer.status = Status::unavailable;
    answer.message = fault_;
    co_return answer;
  }
  co_return co_await call(request, sink);
}

Task<EndpointAnswer> Endpoint::call(const CompletionRequest& request, TextSink& sink) {
  const auto begun = SteadyClock::now();
  AnswerReader reader(sink);
  EndpointAnswer answer;
  std::optional<std::chrono::seconds> retry_after;
  try {
    BodySink body_sink = [&reader](const HttpHead& head, std::string_view bytes) {
      return reader.take(head, bytes);
    };
    const auto head = co_await http_.post(http_request(request), std::move(body_sink));
    retry_after = head.retry_after;
    answer = reader.finish(head);
    answer.http_status = head.status;
  } catch (const SystemError& error) {
    if (error.code() == asio::error::operation_aborted) throw;
    const bool late = error.code() == asio::error::timed_out;
    answer = reader.break_off(late ? "the endpoint did not answer in time" : error.code().message());
  }
  // Messages go to logs and to the screen.
  if (quotes(answer.message, request.prompt) || quotes(answer.message, request.suffix) ||
      (!token_.empty() && answer.message.find(token_) != std::string::npos)) {
    answer.message = "the endpoint refused the request, in words that quote it";
  }
  note(answer, retry_after, begun);
  co_return answer;
}

void Endpoint::note(const EndpointAnswer& answer, std::optional<std::chrono::seconds> retry_after,
                    SteadyClock::time_point begun) {
  if (!answer.completion.provider.empty()) provider_ = answer.completion.provider;
  if (answer.status == Status::ok) {
    health_ = EndpointHealth();
    return;
  }
  ++health_.failures;
  health_.message = answer.message;
  health_.lasting = answer.status == Status::refused || 3 <= health_.failures;
  log_warning("completion failed: {}", answer.message);

  const auto growing = [](int time) { return 1s * (1 << std::min(time, 3)); };
  std::chrono::seconds pause{0};
  if (answer.status == Status::refused) pause = 8s;
  if (answer.status == Status::rate_limited)
    pause = std::clamp(retry_after.value_or(growing(health_.failures - 1)), 1s, 60s);
  if (answer.status == Status::unavailable && 3 <= health_.failures) pause = growing(health_.failures - 3);
  const bool named = answer.status == Status::rate_limited && retry_after;
  const auto from = named ? SteadyClock::now() : begun;
  closed_until_ = std::max(closed_until_, from + config_.scaled(pause));
}

}  // namespace fimd
