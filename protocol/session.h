// What frames a session on the editor wire: initialize, settings, commands, log, progress. As in lsp.h, only
// the fields we read or write, under LSP's own names.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/lsp.h"

namespace fimd {

struct InitializeParams {
  std::optional<std::int64_t> processId;
  std::vector<std::string>
      positionEncodings;                // general.positionEncodings, in the client's order; empty = utf-16
  std::vector<std::string> rootUris;    // workspaceFolders, else rootUri, else rootPath; may be empty
  std::string clientName;               // clientInfo.name
  std::string trace;                    // "off", "messages" or "verbose"; empty when absent
  bool workDoneProgress = false;        // window.workDoneProgress
  bool configuration = false;           // workspace.configuration: settings can be pulled
  bool registersConfiguration = false;  // workspace.didChangeConfiguration.dynamicRegistration
  bool registersWatchedFiles = false;   // workspace.didChangeWatchedFiles.dynamicRegistration
  bool status = false;                  // initializationOptions.status: wants fimd/status
  bool copilot = false;                 // initializationOptions.editorInfo: speaks Copilot's dialect
};

struct ServerCapabilities {
  PositionEncoding positionEncoding = PositionEncoding::utf16;
  std::vector<std::string> commands;  // for workspace/executeCommand; the accept command must be one of them
};

struct Registration {
  std::string id;
  std::string method;
  std::vector<std::string> watched;  // globs of the files meant; for workspace/didChangeWatchedFiles only
};

struct WorkspaceFoldersChange {  // URIs
  std::vector<std::string> added;
  std::vector<std::string> removed;
};

struct ExecuteCommandParams {
  std::string command;
  std::vector<std::string> arguments;  // strings as they are, anything else as its JSON text
};

// fimd/status: what a status line shows. Sent when it changes, to clients that asked for it.
struct Status {
  std::string kind;     // "ready", "busy", "local", "off" or "error"
  std::string message;  // for people; empty when all is well
  std::int64_t callsToday = 0;
  std::int64_t tokensToday = 0;
  bool excluded = false;  // the last request's document is kept from completions; for Copilot's clients only
  bool operator==(const Status&) const = default;
};

enum class MessageType { error = 1, warning = 2, info = 3, log = 4, debug = 5 };

// Readers. Each throws RpcError{invalid_params} that names the field that is missing or of the wrong type.
InitializeParams initialize_params(const nlohmann::json& params);
ExecuteCommandParams execute_command_params(const nlohmann::json& params);
std::string set_trace_value(const nlohmann::json& params);
// Raw settings, whose shape `config` knows: initializationOptions, and settings of didChangeConfiguration.
// Null when absent. They live as long as `params`.
const nlohmann::json& initialization_options(const nlohmann::json& params);
const nlohmann::json& changed_settings(const nlohmann::json& params);
// workspace/didChangeWatchedFiles: the URIs, whatever happened to the files.
std::vector<std::string> changed_files(const nlohmann::json& params);
// workspace/didChangeWorkspaceFolders.
WorkspaceFoldersChange changed_folders(const nlohmann::json& params);
// $/cancelRequest: the id of the request that is no longer wanted.
const nlohmann::json& cancelled_id(const nlohmann::json& params);

// utf-8 if it is offered, else utf-32 if that is all there is, else utf-16.
PositionEncoding choose_encoding(const std::vector<std::string>& offered);
// Inline completion, incremental sync, the commands, changing folders; name and version of this program.
nlohmann::json initialize_result(const ServerCapabilities& capabilities, std::string_view version);

// fimd.why: why the last request got nothing; empty when it got something.
nlohmann::json silence_reason(std::string_view reason);
nlohmann::json status_params(const Status& status);
// window/logMessage and window/showMessage.
nlohmann::json message_params(MessageType type, std::string_view text);
// $/logTrace; `verbose` is left out when it is empty.
nlohmann::json log_trace_params(std::string_view message, std::string_view verbose);
// workspace/configuration: asks for one section.
nlohmann::json configuration_params(std::string_view section);
// client/registerCapability: asks to be told of these.
nlohmann::json registration_params(const std::vector<Registration>& wanted);
// window/workDoneProgress/create, then $/progress: one begin, any number of reports, one end. Empty messages
// are left out.
nlohmann::json progress_create(std::string_view token);
nlohmann::json progress_begin(std::string_view token, std::string_view title, std::string_view message);
nlohmann::json progress_report(std::string_view token, std::string_view message);
nlohmann::json progress_end(std::string_view token, std::string_view message);

}  // namespace fimd
