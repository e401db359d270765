#include "tests/support/gateway.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "lambda/sigv4.h"

namespace fimd::test {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

constexpr std::string_view kSeparator("\0\0\0\0\0\0\0\0", 8);
constexpr std::size_t kMaxBody = 6 * 1024 * 1024;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

std::string base64(std::string_view bytes) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  unsigned bits = 0;
  int count = 0;
  for (const unsigned char byte : bytes) {
    bits = bits << 8 | byte;
    for (count += 8; count >= 6;) text += kDigits[bits >> (count -= 6) & 63];
  }
  if (count > 0) text += kDigits[bits << (6 - count) & 63];
  text.resize((text.size() + 3) / 4 * 4, '=');
  return text;
}

bool passes_as_text(const std::string& type) {
  return type.starts_with("text/") || type.starts_with("application/json");
}

std::string path_of(const HttpRequest& request) {
  return request.target.substr(0, request.target.find('?'));
}

std::string query_of(const HttpRequest& request) {
  const auto mark = request.target.find('?');
  return mark == std::string::npos ? "" : request.target.substr(mark + 1);
}

// The part of an Authorization header between `name` and the next comma.
std::string field(const std::string& authorization, const std::string& name) {
  const auto begin = authorization.find(name + "=");
  if (begin == std::string::npos) return "";
  const auto value = begin + name.size() + 1;
  return authorization.substr(value, std::min(authorization.find(',', value), authorization.size()) - value);
}

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

Headers headers_of(const json& object) {
  Headers headers;
  for (const auto& [name, value] : object.items()) headers.emplace_back(name, value.get<std::string>());
  return headers;
}

std::string message(const char* text) {
  return json{{"message", text}}.dump();
}

const Headers kJson = {{"Content-Type", "application/json"}};

}  // namespace

Gateway::Gateway(Options options)
    : options_(std::move(options)),
      tokens_(options_.burst),
      refilled_(std::chrono::steady_clock::now()),
      listener_([this](HttpConnection& connection) { serve(connection); }, options_.port) {}

std::string Gateway::url() const {
  return listener_.url(options_.door == Door::v1 ? "/prod/fim" : "/fim");
}

bool Gateway::within_rate() {
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  const std::chrono::duration<double> passed = now - std::exchange(refilled_, now);
  tokens_ = std::min(options_.burst, tokens_ + passed.count() * options_.rate);
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

bool Gateway::origin_is_allowed(const std::string& origin) const {
  return std::find(options_.cors.begin(), options_.cors.end(), origin) != options_.cors.end();
}

bool Gateway::signature_is_good(const HttpRequest& request) const {
  const std::string authorization = request.header("Authorization");
  const auto credential = split(field(authorization, "Credential"), '/');
  const std::string service = options_.door == Door::url ? "lambda" : "execute-api";
  if (credential.size() != 5 || credential[0] != options_.access_key || credential[3] != service)
    return false;
  SignedRequest signed_request{.method = request.method,
                               .path = path_of(request),
                               .query = query_of(request),
                               .headers = {},
                               .body = request.body};
  for (const auto& name : split(field(authorization, "SignedHeaders"), ';')) {
    signed_request.headers.emplace_back(name, request.header(name));
  }
  const SigningScope scope{.time = request.header("X-Amz-Date"), .region = credential[2], .service = service};
  if (scope.time.size() != 16) return false;
  return sigv4_signature(signed_request, scope, options_.secret_key) == field(authorization, "Signature");
}

// What never reaches the function, and how the gateway words it.
std::optional<Gateway::Reply> Gateway::refuse(const HttpRequest& request) {
  if (options_.door == Door::invoke) return std::nullopt;
  const std::string origin = request.header("Origin");
  if (request.method == "OPTIONS" && !options_.cors.empty()) {
    if (!origin_is_allowed(origin)) return Reply{204, {}, ""};
    return Reply{
        204, {{"Access-Control-Allow-Origin", origin}, {"Access-Control-Allow-Methods", "POST"}}, ""};
  }
  if (!within_rate()) return Reply{429, kJson, message("Too Many Requests")};
  const bool routed = path_of(request).ends_with("/fim") && request.method == "POST";
  if (!routed && options_.door != Door::url) return Reply{404, kJson, message("Not Found")};
  if (!options_.access_key.empty() && !signature_is_good(request))
    return Reply{403, kJson, message("Forbidden")};
  if (request.body.size() > kMaxBody) return Reply{413, kJson, message("Request Too Long")};
  return std::nullopt;
}

std::string Gateway::event_of(const HttpRequest& request) const {
  if (options_.door == Door::invoke) return request.body;
  json headers = json::object();
  for (const auto& [name, value] : request.headers)
    headers[options_.door == Door::v1 ? name : lower(name)] = value;
  const bool binary = !passes_as_text(request.header("Content-Type"));
  json event = {{"headers", headers},
                {"body", binary ? base64(request.body) : request.body},
                {"isBase64Encoded", binary}};
  if (options_.door == Door::v1) {
    event["resource"] = "/fim";
    event["path"] = path_of(request);
    event["httpMethod"] = request.method;
    event["requestContext"] = {{"stage", "prod"}, {"httpMethod", request.method}};
  } else {
    const std::string route =
        options_.door == Door::url ? "$default" : request.method + " " + path_of(request);
    event["version"] = "2.0";
    event["routeKey"] = route;
    event["rawPath"] = path_of(request);
    event["rawQueryString"] = query_of(request);
    event["requestContext"] = {{"routeKey", route},
                               {"stage", "$default"},
                               {"http", {{"method", request.method}, {"path", path_of(request)}}}};
  }
  return event.dump(-1, ' ', false, json::error_handler_t::replace);
}

Gateway::Reply Gateway::reply_of(const RuntimeResult& result) const {
  if (result.kind == RuntimeResult::Kind::timeout) return {503, kJson, message("Service Unavailable")};
  if (options_.door == Door::invoke) return {200, kJson, result.body};
  const json answer = json::parse(result.body, nullptr, false);
  if (result.kind == RuntimeResult::Kind::error || !answer.is_object()) {
    return {500, kJson, message("Internal Server Error")};
  }
  if (!answer.contains("statusCode")) return {200, kJson, result.body};
  return {answer["statusCode"], headers_of(answer.value("headers", json::object())),
          answer.value("body", "")};
}

// Forwards what the function streams: first the prelude becomes the head, then every chunk goes out as it
// comes.
bool Gateway::pass_stream(HttpConnection& connection, const std::string& event) {
  std::string held;
  bool begun = false;
  const auto forward = [&](std::string_view bytes) {
    if (begun) return connection.wait(0ms) && connection.write_chunk(bytes);
    held += bytes;
    const auto separator = held.find(kSeparator);
    if (separator == std::string::npos) return true;
    const json prelude = json::parse(held.substr(0, separator));
    Headers headers = headers_of(prelude.value("headers", json::object()));
    headers.emplace_back("Transfer-Encoding", "chunked");
    begun = connection.write(http_head(prelude["statusCode"], headers));
    const std::string rest = held.substr(separator + kSeparator.size());
    return begun && (rest.empty() || connection.write_chunk(rest));
  };
  const RuntimeResult result = runtime_.invoke(event, options_.timeout, forward);
  if (result.streamed && begun) return connection.write("0\r\n\r\n");
  const Reply reply = reply_of(result);
  Headers headers = reply.headers;
  headers.emplace_back("Content-Length", std::to_string(reply.body.size()));
  return connection.write(http_head(reply.status, headers) + reply.body);
}

void Gateway::serve(HttpConnection& connection) {
  while (auto request = connection.read()) {
    auto refused = refuse(*request);
    if (!refused && options_.stream) {
      if (!pass_stream(connection, event_of(*request))) return;
      continue;
    }
    Reply reply = refused ? *refused : reply_of(runtime_.invoke(event_of(*request), options_.timeout));
    const std::string origin = request->header("Origin");
    if (!refused && origin_is_allowed(origin))
      reply.headers.emplace_back("Access-Control-Allow-Origin", origin);
    reply.headers.emplace_back("Content-Length", std::to_string(reply.body.size()));
    if (!connection.write(http_head(reply.status, reply.headers) + reply.body)) return;
  }
}

}  // namespace fimd::test
