#include "lambda/runtime.h"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <charconv>
#include <cstdlib>
#include <nlohmann/json.hpp>

namespace fimd {
namespace {

using boost::system::system_error;
using nlohmann::json;

constexpr const char* kBase = "/2018-06-01/runtime/";
constexpr const char* kErrorType = "Lambda-Runtime-Function-Error-Type";
constexpr const char* kErrorBody = "Lambda-Runtime-Function-Error-Body";
constexpr auto kSeparator = std::string_view("\0\0\0\0\0\0\0\0", 8);
constexpr std::size_t kMaxEventBytes =
    16 * 1024 * 1024;  // twice what AWS sends, envelope and escapes included
constexpr std::size_t kMaxStatusBytes = 64 * 1024;
constexpr auto kPatience = std::chrono::seconds(10);

[[noreturn]] void give_up(int status) {
  throw system_error(make_error_code(boost::asio::error::connection_aborted),
                     "The Runtime API answered " + std::to_string(status));
}

Deadline soon() {
  return std::chrono::steady_clock::now() + kPatience;
}

// From Unix milliseconds to our clock. What is not a number is a deadline far away.
Deadline deadline_of(const std::string& text) {
  std::int64_t unix_ms = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), unix_ms);
  if (error != std::errc() || end == text.data()) return Deadline::max();
  const auto left = std::chrono::system_clock::time_point(std::chrono::milliseconds(unix_ms)) -
                    std::chrono::system_clock::now();
  return std::chrono::steady_clock::now() +
         std::chrono::duration_cast<std::chrono::steady_clock::duration>(left);
}

std::string failure_body(const Failure& failure) {
  return json{{"errorMessage", failure.message}, {"errorType", failure.type}, {"stackTrace", json::array()}}
      .dump();
}

std::string encode_base64(std::string_view bytes) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned bits = 0;
    for (std::size_t k = 0; k < 3; ++k)
      bits = bits << 8 | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k)
      text += i + k > bytes.size() ? '=' : kDigits[bits >> (18 - 6 * k) & 63];
  }
  return text;
}

}  // namespace

RuntimeApi::RuntimeApi(Url url) : client_(std::move(url), nullptr) {}

Invocation RuntimeApi::next() {
  const HttpRequest request{
      .method = "GET", .target = std::string(kBase) + "invocation/next", .headers = {}, .body = {}};
  const HttpHead head = client_.send(request, Deadline::max());
  Invocation invocation{.id = head.header("Lambda-Runtime-Aws-Request-Id"),
                        .event = client_.read_all(kMaxEventBytes, Deadline::max()),
                        .deadline = deadline_of(head.header("Lambda-Runtime-Deadline-Ms"))};
  if (head.status != 200) give_up(head.status);
  ::setenv("_X_AMZN_TRACE_ID", head.header("Lambda-Runtime-Trace-Id").c_str(), 1);
  return invocation;
}

HttpHead RuntimeApi::post(const std::string& path, HeaderList headers, const std::string& body) {
  headers.emplace_back("Content-Type", "application/json");
  const HttpHead head =
      client_.send({.method = "POST", .target = kBase + path, .headers = headers, .body = body}, soon());
  client_.read_all(kMaxStatusBytes, soon());
  if (head.status >= 500) give_up(head.status);
  return head;
}

void RuntimeApi::respond(const Invocation& invocation, const std::string& body) {
  const HttpHead head = post("invocation/" + invocation.id + "/response", {}, body);
  if (head.status == 413) fail(invocation, {"Function.ResponseSizeTooLarge", "The response is too large"});
}

void RuntimeApi::fail(const Invocation& invocation, const Failure& failure) {
  post("invocation/" + invocation.id + "/error", {{kErrorType, failure.type}}, failure_body(failure));
}

void RuntimeApi::fail_init(const Failure& failure) {
  post("init/error", {{kErrorType, failure.type}}, failure_body(failure));
}

void RuntimeApi::begin_stream(const Invocation& invocation, const std::string& prelude) {
  stream_broken_ = false;
  streaming_ = true;
  client_.begin({.method = "POST",
                 .target = kBase + ("invocation/" + invocation.id) + "/response",
                 .headers = {{"Content-Type", "application/vnd.awslambda.http-integration-response"},
                             {"Lambda-Runtime-Function-Response-Mode", "streaming"},
                             {"Trailer", std::string(kErrorType) + ", " + kErrorBody}},
                 .body = {}},
                soon());
  // Two chunks: some emulators take the first one for the prelude and the second one for the separator.
  write(prelude);
  write(kSeparator);
}

bool RuntimeApi::write(std::string_view bytes) {
  if (stream_broken_) return false;
  try {
    client_.write(bytes, soon());
  } catch (const system_error&) {
    stream_broken_ = true;
  }
  return !stream_broken_;
}

bool RuntimeApi::stream_dropped() const {
  return streaming_ && (stream_broken_ || client_.peer_closed());
}

void RuntimeApi::end_stream(const std::optional<Failure>& failure) {
  streaming_ = false;
  if (stream_broken_) return;
  HeaderList trailers;
  if (failure) {
    trailers = {{kErrorType, failure->type}, {kErrorBody, encode_base64(failure_body(*failure))}};
  }
  const HttpHead head = client_.end(trailers, soon());
  client_.read_all(kMaxStatusBytes, soon());
  client_.close();  // as the documentation asks after a streamed response
  if (head.status >= 500) give_up(head.status);
}

}  // namespace fimd
