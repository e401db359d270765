#include "protocol/json_rpc.h"

#include <utility>

#include "protocol/json_text.h"

namespace fimd {
namespace {

using nlohmann::json;

void require(bool condition, const char* complaint) {
  if (!condition) throw RpcError(ErrorCode::invalid_request, complaint);
}

// Moves a member out, so that a large document is not copied; null when it is absent.
json take(json& object, const char* name) {
  const auto member = object.find(name);
  return member == object.end() ? json() : std::move(*member);
}

json parse_envelope(std::string_view body) {
  auto envelope = parse_json(body);
  if (!envelope) throw RpcError(ErrorCode::parse_error, "Message is not valid JSON");
  require(!envelope->is_array(), "Batches are not supported");
  require(envelope->is_object(), "Message must be a JSON object");
  require(envelope->value("jsonrpc", json()) == "2.0", "Field jsonrpc must be \"2.0\"");
  return std::move(*envelope);
}

Message read_call(json& envelope) {
  Message message;
  message.kind = envelope.contains("id") ? Message::Kind::request : Message::Kind::notification;
  message.id = take(envelope, "id");
  require(
      message.kind == Message::Kind::notification || message.id.is_number_integer() || message.id.is_string(),
      "Field id must be an integer or a string");
  const json method = take(envelope, "method");
  require(method.is_string(), "Field method must be a string");
  message.method = method.get<std::string>();
  message.params = take(envelope, "params");
  return message;
}

Message read_answer(json& envelope) {
  Message message;
  message.kind = Message::Kind::response;
  message.failed = envelope.contains("error");
  require(envelope.contains("id") && (message.failed || envelope.contains("result")),
          "Missing required field: method");
  message.id = take(envelope, "id");
  message.result = take(envelope, "result");
  return message;
}

std::string dump_message(json message) {
  message["jsonrpc"] = "2.0";
  return dump_json(message);
}

}  // namespace

Message parse_message(std::string_view body) {
  auto envelope = parse_envelope(body);
  return envelope.contains("method") ? read_call(envelope) : read_answer(envelope);
}

std::string response(const json& id, const json& result) {
  return dump_message({{"id", id}, {"result", result}});
}

std::string error_response(const json& id, ErrorCode code, std::string_view message) {
  const json error = {{"code", static_cast<int>(code)}, {"message", message}};
  return dump_message({{"id", id}, {"error", error}});
}

std::string notification(std::string_view method, const json& params) {
  return dump_message({{"method", method}, {"params", params}});
}

std::string request(const json& id, std::string_view method, const json& params) {
  return dump_message({{"id", id}, {"method", method}, {"params", params}});
}

}  // namespace fimd
