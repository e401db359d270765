#include "lambda/events.h"

#include <nlohmann/json.hpp>

#include "lambda/fields.h"
#include "protocol/json_text.h"

namespace fimd {
namespace {

using nlohmann::json;

constexpr int kNotABase64Digit = -1;

int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  if (c == '/' || c == '_') return 63;
  return kNotABase64Digit;
}

std::optional<std::string> decode_base64(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  if (text.size() % 4 == 1) return std::nullopt;
  std::string bytes;
  bytes.reserve(text.size() * 3 / 4);
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    const int digit = base64_digit(c);
    if (digit == kNotABase64Digit) return std::nullopt;
    bits = (bits << 6 | static_cast<unsigned>(digit)) & 0xFFFF;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 0xFF);
  }
  return bytes;
}

HeaderList headers_of(const json& event) {
  HeaderList headers;
  const json& found = member(event, "headers");
  if (!found.is_object()) return headers;
  for (const auto& [name, value] : found.items()) {
    if (value.is_string()) headers.emplace_back(name, value.get<std::string>());
  }
  return headers;
}

EventShape shape_of(const json& event) {
  const json& http = member(member(event, "requestContext"), "http");
  if (text_member(event, "version") == "2.0" || http.is_object()) return EventShape::v2;
  if (member(event, "httpMethod").is_string()) return EventShape::v1;
  return event.contains("body") ? EventShape::body : EventShape::direct;
}

// A body may be absent: then it is empty, and the contract's own sentence about bad JSON answers it.
void read_body(const json& event, Event& result) {
  const json& body = member(event, "body");
  if (!body.is_string() && !body.is_null()) {
    result.call.fault = "Field body must be a string";
    return;
  }
  result.call.body = text_member(event, "body");
  if (!flag_member(event, "isBase64Encoded")) return;
  if (auto bytes = decode_base64(result.call.body)) {
    result.call.body = std::move(*bytes);
  } else {
    result.call.fault = "Field body is not valid base64";
  }
}

json headers_json(const HeaderList& headers) {
  json result = json::object();
  for (const auto& [name, value] : headers) result[name] = value;
  return result;
}

}  // namespace

Event read_event(std::string_view text) {
  Event result;
  const json event = json::parse(text, nullptr, false);
  if (!event.is_object()) {
    result.call.trusted = true;  // as below: it has no envelope
    result.call.fault = "The event is not a JSON object";
    return result;
  }
  result.shape = shape_of(event);
  result.call.headers = headers_of(event);
  const json& http = member(member(event, "requestContext"), "http");
  switch (result.shape) {
    case EventShape::v2:
      result.call.method = text_member(http, "method");
      result.call.path = text_member(event, "rawPath");
      break;
    case EventShape::v1:
      result.call.method = text_member(event, "httpMethod");
      result.call.path = text_member(event, "path");
      break;
    case EventShape::body:
    case EventShape::direct:
      // No request of the internet comes without an envelope: who can send this may invoke the function.
      result.call.trusted = true;
      break;
  }
  if (result.shape == EventShape::direct) {
    result.call.body = text;
  } else {
    read_body(event, result);
  }
  return result;
}

std::string event_answer(EventShape shape, const Answer& answer) {
  if (shape == EventShape::direct) return answer.body;
  return dump_json({{"statusCode", answer.status},
                    {"headers", headers_json(answer.headers)},
                    {"body", answer.body},
                    {"isBase64Encoded", false}});
}

std::string stream_prelude(const Answer& head) {
  return dump_json({{"statusCode", head.status}, {"headers", headers_json(head.headers)}});
}

}  // namespace fimd
