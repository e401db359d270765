// JSON-RPC 2.0, the envelope of the editor wire.
#pragma once

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

namespace fimd {

// JSON-RPC and LSP error codes.
enum class ErrorCode : int {
  parse_error = -32700,
  invalid_request = -32600,
  method_not_found = -32601,
  invalid_params = -32602,
  internal_error = -32603,
  server_not_initialized = -32002,
  request_cancelled = -32800,
};

// A peer broke the protocol; becomes the error of the reply. `what()` never quotes document text.
struct RpcError : std::runtime_error {
  RpcError(ErrorCode error_code, const std::string& message)
      : std::runtime_error(message), code(error_code) {}
  ErrorCode code;
};

struct Message {
  enum class Kind { request, notification, response };
  Kind kind = Kind::notification;
  nlohmann::json id;      // integer or string; null for a notification
  std::string method;     // empty for a response
  nlohmann::json params;  // null when absent
  nlohmann::json result;  // of a response; null when it failed
  bool failed = false;    // a response that carries an error
};

// Parses one body. Throws RpcError: parse_error for what parse_json refuses; invalid_request for a batch, a
// non-object, a wrong "jsonrpc", an id or method of the wrong type. Both are answered with id null.
Message parse_message(std::string_view body);

// Writers. All results are ready to be framed.
std::string response(const nlohmann::json& id, const nlohmann::json& result);
std::string error_response(const nlohmann::json& id, ErrorCode code, std::string_view message);
std::string notification(std::string_view method, const nlohmann::json& params);
std::string request(const nlohmann::json& id, std::string_view method, const nlohmann::json& params);

}  // namespace fimd
