#include "lambda/model.h"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/system/system_error.hpp>
#include <nlohmann/json.hpp>

#include "lambda/model_answer.h"
#include "protocol/event_stream.h"
#include "protocol/framing.h"

namespace fimd {
namespace {

using boost::system::system_error;
using nlohmann::json;

constexpr std::size_t kMaxAnswerBytes = 1024 * 1024;
constexpr std::size_t kMaxRefusalBytes = 64 * 1024;
constexpr std::size_t kMaxCompletionBytes =
    64 * 1024;  // far above what max_tokens allows: for streams without end
constexpr std::size_t kMaxMessageBytes = 200;

// The sentence inside an error answer, in any of the shapes vendors use.
std::string sentence(const json& body) {
  if (body.is_string()) return body;
  if (body.is_array() && !body.empty()) return sentence(body.front());
  if (!body.is_object()) return "";
  for (const char* name : {"message", "detail", "msg", "error"}) {
    if (const auto found = body.find(name); found != body.end()) return sentence(*found);
  }
  return "";
}

// One line, at most kMaxMessageBytes, and without the key: some vendors quote it.
std::string presentable(std::string text, const std::string& key) {
  constexpr std::string_view kInstead = "[key]";
  for (auto at = key.empty() ? std::string::npos : text.find(key); at != std::string::npos;
       at = text.find(key, at + kInstead.size())) {
    text.replace(at, key.size(), kInstead);
  }
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20; }, ' ');
  auto end = std::min(text.size(), kMaxMessageBytes);
  while (end < text.size() && end > 0 && (text[end] & 0xC0) == 0x80) --end;
  return text.substr(0, end);
}

// The two ways of cutting a stream into JSON texts.
class Splitter {
 public:
  explicit Splitter(Dialect::Streaming streaming)
      : by_line_(streaming == Dialect::Streaming::lines), lines_(Framing::ndjson, kMaxEventBytes) {}

  void feed(std::string_view bytes) { by_line_ ? lines_.feed(bytes) : events_.feed(bytes); }
  std::optional<std::string> next() {
    if (!by_line_) return events_.next();
    const auto frame = lines_.next();
    return frame ? std::optional(frame->body) : std::nullopt;
  }

 private:
  bool by_line_;
  EventStreamDecoder events_;
  FrameDecoder lines_;
};

// Nothing came back at all, as from a peer that had closed the connection before. Bytes that are no HTTP are
// an answer.
bool found_dead(const boost::system::error_code& error) {
  using boost::beast::http::error::end_of_stream;
  const auto http = make_error_code(end_of_stream);
  const bool gave_up =
      error == boost::asio::error::timed_out || error == boost::asio::error::operation_aborted;
  return !gave_up && (error == http || error.category() != http.category());
}

HttpHead send(HttpClient& client, const HttpRequest& request, Deadline deadline) {
  const bool reused = client.connected();
  try {
    return client.send(request, deadline);
  } catch (const system_error& error) {
    if (!reused || !found_dead(error.code())) throw;
  }
  return client.send(request, deadline);
}

CompletionRequest for_one(CompletionRequest request) {
  request.n = 1;
  return request;
}

}  // namespace

UpstreamModel::UpstreamModel(UpstreamSettings settings, const Tls* tls)
    : settings_(std::move(settings)), tls_(tls) {}

std::unique_ptr<HttpClient> UpstreamModel::take() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return std::make_unique<HttpClient>(settings_.url, tls_);
  auto client = std::move(idle_.back());
  idle_.pop_back();
  return client;
}

void UpstreamModel::give_back(std::unique_ptr<HttpClient> client) {
  client->abandon_when({});
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(client));
}

void UpstreamModel::connect(Deadline deadline) {
  auto client = take();
  client->connect(deadline);
  give_back(std::move(client));
}

HttpRequest UpstreamModel::http_request(const CompletionRequest& request) const {
  HttpRequest result{.target = settings_.url.path + std::string(settings_.dialect->path),
                     .headers = {{"Content-Type", "application/json"},
                                 {"Accept", request.stream ? "text/event-stream" : "application/json"},
                                 {"User-Agent", "fim-lambda/" FIMD_VERSION}},
                     .body = settings_.dialect->request(request, settings_.choice)};
  if (!settings_.key.empty()) result.headers.emplace_back("Authorization", "Bearer " + settings_.key);
  return result;
}

Outcome UpstreamModel::complete(const CompletionRequest& asked, const CallTerms& terms) {
  const auto request = settings_.dialect->several ? asked : for_one(asked);
  auto client = take();
  client->abandon_when(terms.abandoned);
  Outcome outcome;
  try {
    outcome = exchange(*client, request, terms);
    const bool refused = outcome.status == 400 || outcome.status == 422;
    if (refused && request.n > 1) outcome = exchange(*client, for_one(request), terms);
  } catch (const system_error& error) {
    client->close();
    outcome = broken_call(error.code());
  }
  give_back(std::move(client));
  outcome.completion.provider = settings_.dialect->name;
  outcome.asked_model = settings_.choice.model;
  if (outcome.completion.model.empty()) outcome.completion.model = settings_.choice.model;
  return outcome;
}

Outcome UpstreamModel::exchange(HttpClient& client, const CompletionRequest& request,
                                const CallTerms& terms) const {
  const HttpHead head = send(client, http_request(request), terms.deadline);
  const auto first_byte = std::chrono::steady_clock::now();
  Outcome outcome;
  if (head.status != 200) {
    outcome = upstream_error(client, head, terms);
  } else {
    outcome = request.stream ? read_stream(client, request.n, terms) : read_whole(client, request.n, terms);
  }
  outcome.first_byte = first_byte;
  return outcome;
}

Outcome UpstreamModel::refusal(int status, std::string_view message) const {
  const std::string sentence =
      std::string(settings_.dialect->title) + " error: " + presentable(std::string(message), settings_.key);
  return Outcome{.status = status, .error = sentence, .retry_after = {}, .completion = {}};
}

Outcome UpstreamModel::broken_call(boost::system::error_code error) const {
  if (error == boost::asio::error::timed_out) return refusal(504, "no answer in time");
  if (error == boost::asio::error::operation_aborted) return refusal(503, "the call was given up");
  return refusal(502, "connection failed");
}

Outcome UpstreamModel::upstream_error(HttpClient& client, const HttpHead& head,
                                      const CallTerms& terms) const {
  const json body = json::parse(client.read_all(kMaxRefusalBytes, terms.deadline), nullptr, false);
  std::string message = sentence(body);
  if (message.empty()) message = "HTTP " + std::to_string(head.status);
  const auto hint = settings_.dialect->hint;
  const std::string advice = hint ? hint(head.status, settings_.url.host, message) : "";
  if (!advice.empty()) message += " (" + advice + ")";
  Outcome outcome = refusal(head.status >= 400 ? head.status : 502, message);
  outcome.retry_after = head.header("Retry-After");
  return outcome;
}

Outcome UpstreamModel::read_whole(HttpClient& client, int n, const CallTerms& terms) const {
  json body = json::parse(client.read_all(kMaxAnswerBytes, terms.deadline), nullptr, false);
  const bool several = body.is_array() && n > 1;  // as llama.cpp sends them
  if (!body.is_object() && !several) return refusal(502, "the answer is not JSON");
  if (body.is_object()) body = json::array({std::move(body)});
  ModelAnswer answer(n);
  for (const json& part : body) {
    if (const auto piece = settings_.dialect->answer(part)) answer.take(*piece);
  }
  if (!answer.begun()) return refusal(502, "the answer holds no completion");
  Outcome outcome;
  outcome.completion = answer.completion();
  return outcome;
}

Outcome UpstreamModel::read_stream(HttpClient& client, int n, const CallTerms& terms) const {
  Splitter splitter(settings_.dialect->streaming);
  ModelAnswer answer(n);
  Outcome outcome;
  for (auto bytes = client.read_some(terms.deadline); !bytes.empty();
       bytes = client.read_some(terms.deadline)) {
    splitter.feed(bytes);
    while (const auto text = splitter.next()) {
      const json event = json::parse(*text, nullptr, false);
      const auto piece = event.is_object() ? settings_.dialect->event(event) : std::nullopt;
      if (!piece && event.is_object() && !sentence(event).empty()) {
        client.close();
        return refusal(502, sentence(event));
      }
      if (!piece) continue;  // [DONE], or an event that says nothing to us
      const auto deltas = answer.take(*piece);
      const bool left = !std::ranges::all_of(deltas, terms.on_delta);
      if (!left && answer.bytes() <= kMaxCompletionBytes) continue;
      client.close();
      outcome.completion = answer.completion();
      if (!answer.over()) outcome.completion.finish_reason = left ? "abandoned" : "length";
      return outcome;
    }
  }
  if (!answer.over()) return refusal(502, "the answer broke off");
  outcome.completion = answer.completion();
  return outcome;
}

}  // namespace fimd
