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

std::string dump_message(json message) {
  message["jsonrpc"] = "2.0";
  return dump_json(message);
}

}  // namespace

Message parse_message(std::string_view body) {
  auto parsed = parse_json(body);
  if (!parsed) throw RpcError(ErrorCode::parse_error, "Message is not valid JSON");
  require(!parsed->is_array(), "Batches are not supported");
  require(parsed->is_object(), "Message must be a JSON object");
  require(parsed->value("jsonrpc", json()) == "2.0", "Field jsonrpc must be \"2.0\"");

  const bool has_id = parsed->contains("id");
  const bool has_method = parsed->contains("method");
  Message message;
  message.id = take(*parsed, "id");
  if (has_method) {
    message.kind = has_id ? Message::Kind::request : Message::Kind::notification;
    require(!has_id || message.id.is_number_integer() || message.id.is_string(),
            "Field id must be an integer or a string");
    const json method = take(*parsed, "method");
    require(method.is_string(), "Field method must be a string");
    message.method = method.get<std::string>();
    message.params = take(*parsed, "params");
  } else {
    require(has_id && (parsed->contains("result") || parsed->contains("error")),
            "Missing required field: method");
    message.kind = Message::Kind::response;
    message.result = take(*parsed, "result");
    message.failed = parsed->contains("error");
  }
  return message;
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
