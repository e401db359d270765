// The subset of LSP 3.18 that fimd reads or writes, and our own stateless request. Field names are LSP's own:
// they are quotations. Fields that are not here are ignored on reading. New ones are added when they are
// needed.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

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

// How `Position::character` counts: the unit the client and we agreed on in `initialize`.
enum class PositionEncoding { utf8, utf16, utf32 };

struct Position {
  std::uint32_t line = 0;
  std::uint32_t character = 0;
  bool operator==(const Position&) const = default;
};

struct Range {
  Position start;
  Position end;
  bool operator==(const Range&) const = default;
};

struct InitializeParams {
  std::optional<std::int64_t> processId;
  std::vector<std::string>
      positionEncodings;              // general.positionEncodings, in the client's order; empty = utf-16
  std::vector<std::string> rootUris;  // workspaceFolders, else rootUri, else rootPath; may be empty
  std::string clientName;             // clientInfo.name
  std::string trace;                  // "off", "messages" or "verbose"; empty when absent
  bool workDoneProgress = false;      // window.workDoneProgress
  bool configuration = false;         // workspace.configuration: settings can be pulled
};

struct DidOpenParams {
  std::string uri;
  std::string languageId;
  std::int64_t version = 0;
  std::string text;
};

struct ContentChange {
  std::optional<Range> range;  // absent: text is the whole document
  std::optional<std::uint32_t>
      rangeLength;  // deprecated, in units of the position encoding; checked when sent
  std::string text;
};

struct DidChangeParams {
  std::string uri;
  std::int64_t version = 0;
  std::vector<ContentChange> contentChanges;
};

struct DocumentParams {  // didClose, didSave, didFocus
  std::string uri;
};

enum class TriggerKind { invoked = 1, automatic = 2 };

struct SelectedCompletionInfo {
  Range range;
  std::string text;
};

struct FormattingOptions {
  int tabSize = 0;
  bool insertSpaces = true;
};

struct InlineCompletionParams {
  std::string uri;
  Position position;
  TriggerKind triggerKind = TriggerKind::automatic;  // the old numbering (0, 1) is translated, see from_json
  std::optional<SelectedCompletionInfo> selectedCompletionInfo;
  std::optional<FormattingOptions> formattingOptions;  // not in LSP; sent by Copilot's clients
};

struct InlineCompletionItem {
  std::string
      insertText;  // starts with what `range` already holds before the cursor; "\n" line ends; never empty
  Range range;     // on one line, contains the cursor
  std::string id;  // becomes the argument of the accept command
  std::string source;  // "model", "cache" or "local": who made it
};

// fim/complete: one completion with no document behind it.
struct FimCompleteParams {
  std::string prefix;
  std::string suffix;
  std::string languageId;
  std::string path;
  std::optional<int> maxTokens;
};

// A message as it came, already known to be a JSON object with jsonrpc "2.0".
struct Message {
  enum class Kind { request, notification, response };
  Kind kind = Kind::notification;
  std::string method;  // empty for a response
};

// Readers. Each throws RpcError{invalid_params} that names the field that is missing or of the wrong type.
InitializeParams initialize_params(const nlohmann::json& params);
DidOpenParams did_open_params(const nlohmann::json& params);
DidChangeParams did_change_params(const nlohmann::json& params);
DocumentParams document_params(const nlohmann::json& params);
// `legacy_trigger_kinds`: a client built on the 3.17 proposal numbers Invoked 0 and Automatic 1. A 0 proves
// one; once seen, the caller remembers it (the flag is set) and 1 means Automatic from then on.
InlineCompletionParams inline_completion_params(const nlohmann::json& params, bool& legacy_trigger_kinds);
FimCompleteParams fim_complete_params(const nlohmann::json& params);

// Parses one body into a JSON message. Throws RpcError: parse_error for bad JSON or UTF-8, invalid_request
// for a batch, a non-object or a wrong "jsonrpc". Lone surrogates in strings become U+FFFD.
nlohmann::json parse_message(std::string_view body);

// Writers. All results are ready to be framed.
nlohmann::json inline_completion_list(const std::vector<InlineCompletionItem>& items,
                                      std::string_view accept_command);
nlohmann::json fim_complete_result(const std::vector<InlineCompletionItem>& items);
nlohmann::json position_json(const Position& position);
nlohmann::json range_json(const Range& range);
std::string response(const nlohmann::json& id, const nlohmann::json& result);
std::string error_response(const nlohmann::json& id, ErrorCode code, std::string_view message);
std::string notification(std::string_view method, const nlohmann::json& params);
std::string request(const nlohmann::json& id, std::string_view method, const nlohmann::json& params);

}  // namespace fimd
