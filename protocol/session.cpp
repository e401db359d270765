#include "protocol/session.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "protocol/fields.h"
#include "protocol/json_rpc.h"
#include "protocol/json_text.h"

namespace fimd {
namespace {

using nlohmann::json;

const json& field_or_null(const json& value, const char* name) {
  static const json kNull;
  const auto* field = find_field(value, name);
  return field != nullptr ? *field : kNull;
}

// A client's capabilities are hints: a wrong shape counts as absent, not as a reason to refuse the session.
bool is_true(const json& value, const json::json_pointer& path) {
  return value.contains(path) && value.at(path) == true;
}

std::vector<std::string> strings(const json& list) {
  std::vector<std::string> result;
  if (!list.is_array()) return result;
  for (const auto& value : list) {
    if (value.is_string()) result.push_back(value.get<std::string>());
  }
  return result;
}

// The `uri` of each element that has one.
std::vector<std::string> uris(const json& list) {
  std::vector<std::string> result;
  for (const auto& element : list) result.push_back(optional_string(element, "uri"));
  std::erase(result, "");
  return result;
}

std::vector<std::string> root_uris(const json& params) {
  auto roots = uris(field_or_null(params, "workspaceFolders"));
  for (const char* older : {"rootUri", "rootPath"}) {
    if (roots.empty() && find_field(params, older) != nullptr)
      roots.push_back(required_string(params, older));
  }
  std::erase(roots, "");
  return roots;
}

const char* encoding_name(PositionEncoding encoding) {
  switch (encoding) {
    case PositionEncoding::utf8:
      return "utf-8";
    case PositionEncoding::utf32:
      return "utf-32";
    case PositionEncoding::utf16:
      break;
  }
  return "utf-16";
}

json progress(std::string_view token, const char* kind, std::string_view message) {
  json value = {{"kind", kind}};
  if (!message.empty()) value["message"] = message;
  return {{"token", token}, {"value", std::move(value)}};
}

}  // namespace

InitializeParams initialize_params(const json& params) {
  const auto& capabilities = field_or_null(params, "capabilities");
  InitializeParams result;
  if (find_field(params, "processId") != nullptr) result.processId = optional_integer(params, "processId", 0);
  result.positionEncodings =
      strings(field_or_null(field_or_null(capabilities, "general"), "positionEncodings"));
  result.rootUris = root_uris(params);
  result.clientName = optional_string(field_or_null(params, "clientInfo"), "name");
  result.trace = optional_string(params, "trace");
  using Path = json::json_pointer;
  result.workDoneProgress = is_true(capabilities, Path("/window/workDoneProgress"));
  result.configuration = is_true(capabilities, Path("/workspace/configuration"));
  result.registersConfiguration =
      is_true(capabilities, Path("/workspace/didChangeConfiguration/dynamicRegistration"));
  result.registersWatchedFiles =
      is_true(capabilities, Path("/workspace/didChangeWatchedFiles/dynamicRegistration"));
  result.status = is_true(params, Path("/initializationOptions/status"));
  result.copilot = find_field(field_or_null(params, "initializationOptions"), "editorInfo") != nullptr;
  return result;
}

ExecuteCommandParams execute_command_params(const json& params) {
  ExecuteCommandParams result{required_string(params, "command"), {}};
  for (const auto& argument : field_or_null(params, "arguments")) {
    result.arguments.push_back(argument.is_string() ? argument.get<std::string>() : dump_json(argument));
  }
  return result;
}

std::string set_trace_value(const json& params) {
  return required_string(params, "value");
}

const json& initialization_options(const json& params) {
  return field_or_null(params, "initializationOptions");
}

const json& changed_settings(const json& params) {
  return field_or_null(params, "settings");
}

std::vector<std::string> changed_files(const json& params) {
  return uris(field_or_null(params, "changes"));
}

WorkspaceFoldersChange changed_folders(const json& params) {
  const auto& event = required_field(params, "event");
  return {uris(field_or_null(event, "added")), uris(field_or_null(event, "removed"))};
}

const json& cancelled_id(const json& params) {
  return required_field(params, "id");
}

PositionEncoding choose_encoding(const std::vector<std::string>& offered) {
  const auto offers = [&](const char* name) {
    return std::find(offered.begin(), offered.end(), name) != offered.end();
  };
  if (offers("utf-8")) return PositionEncoding::utf8;
  return offers("utf-32") && !offers("utf-16") ? PositionEncoding::utf32 : PositionEncoding::utf16;
}

json initialize_result(const ServerCapabilities& capabilities, std::string_view version) {
  // inlineCompletionProvider is `true` and not `{}`: lsp-mode with property lists reads an empty object as
  // nil.
  return {{"capabilities",
           {{"positionEncoding", encoding_name(capabilities.positionEncoding)},
            {"textDocumentSync", {{"openClose", true}, {"change", 2}, {"save", true}}},
            {"inlineCompletionProvider", true},
            {"executeCommandProvider", {{"commands", capabilities.commands}}},
            {"workspace", {{"workspaceFolders", {{"supported", true}, {"changeNotifications", true}}}}}}},
          {"serverInfo", {{"name", "fimd"}, {"version", version}}}};
}

json silence_reason(std::string_view reason) {
  return {{"reason", reason}};
}

json status_params(const Status& status) {
  return {{"kind", status.kind},
          {"message", status.message},
          {"callsToday", status.callsToday},
          {"tokensToday", status.tokensToday}};
}

json message_params(MessageType type, std::string_view text) {
  return {{"type", static_cast<int>(type)}, {"message", text}};
}

json log_trace_params(std::string_view message, std::string_view verbose) {
  json params = {{"message", message}};
  if (!verbose.empty()) params["verbose"] = verbose;
  return params;
}

json configuration_params(std::string_view section) {
  return {{"items", json::array({{{"section", section}}})}};
}

json registration_params(const std::vector<Registration>& wanted) {
  json registrations = json::array();
  for (const auto& [id, method, watched] : wanted) {
    auto& registration = registrations.emplace_back(json{{"id", id}, {"method", method}});
    for (const auto& glob : watched)
      registration["registerOptions"]["watchers"].push_back({{"globPattern", glob}});
  }
  return {{"registrations", std::move(registrations)}};
}

json progress_create(std::string_view token) {
  return {{"token", token}};
}

json progress_begin(std::string_view token, std::string_view title, std::string_view message) {
  auto params = progress(token, "begin", message);
  params["value"]["title"] = title;
  return params;
}

json progress_report(std::string_view token, std::string_view message) {
  return progress(token, "report", message);
}

json progress_end(std::string_view token, std::string_view message) {
  return progress(token, "end", message);
}

}  // namespace fimd
