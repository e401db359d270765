// protocol/examples is the contract: what the readers understand of each message is written again and must be
// the same.
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "protocol/completion.h"
#include "protocol/copilot.h"
#include "protocol/json_rpc.h"
#include "protocol/json_text.h"
#include "protocol/lsp.h"
#include "protocol/session.h"
#include "tests/support/catch.h"

using namespace fimd;
using nlohmann::json;

namespace {

const std::filesystem::path kProtocol = std::filesystem::path(FIMD_SOURCE_DIR) / "protocol";

std::string file_text(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::map<std::string, json> examples() {
  std::map<std::string, json> result;
  for (const auto& entry : std::filesystem::directory_iterator(kProtocol / "examples")) {
    result[entry.path().filename().string()] = json::parse(file_text(entry.path()));
  }
  return result;
}

// Params and results: value -> struct -> value. What fimd only reads is written here, what it only
// writes is read.

using Rewrite = std::function<json(const json&)>;

json same(const json& value) {
  return value;
}

json nothing(const json& value) {
  CHECK((value.is_null() || value.empty()));
  return value;
}

Range range_of(const json& value) {
  const auto position = [](const json& p) { return Position{p["line"], p["character"]}; };
  return {position(value["start"]), position(value["end"])};
}

json document(const json& params) {
  return {{"textDocument", {{"uri", document_params(params).uri}}}};
}

json focus(const json& params) {
  const auto uri = did_focus_params(params).uri;
  return uri.empty() ? json::object() : json{{"textDocument", {{"uri", uri}}}};
}

json opened(const json& params) {
  const auto open = did_open_params(params);
  return {
      {"textDocument",
       {{"uri", open.uri}, {"languageId", open.languageId}, {"version", open.version}, {"text", open.text}}}};
}

json changed(const json& params) {
  const auto change = did_change_params(params);
  json changes = json::array();
  for (const auto& part : change.contentChanges) {
    auto& written = changes.emplace_back(json{{"text", part.text}});
    if (part.range) written["range"] = range_json(*part.range);
    if (part.rangeLength) written["rangeLength"] = *part.rangeLength;
  }
  return {{"textDocument", {{"uri", change.uri}, {"version", change.version}}}, {"contentChanges", changes}};
}

json inline_completion(const json& params) {
  bool legacy = false;
  const auto read = inline_completion_params(params, legacy);
  json written = {{"textDocument", {{"uri", read.uri}}},
                  {"position", position_json(read.position)},
                  {"context", {{"triggerKind", static_cast<int>(read.triggerKind)}}}};
  if (const auto& selected = read.selectedCompletionInfo) {
    written["context"]["selectedCompletionInfo"] = {{"range", range_json(selected->range)},
                                                    {"text", selected->text}};
  }
  if (const auto& options = read.formattingOptions) {
    written["formattingOptions"] = {{"tabSize", options->tabSize}, {"insertSpaces", options->insertSpaces}};
  }
  return written;
}

json inline_completion_result(const json& result) {
  if (result.is_null()) return nullptr;
  std::vector<InlineCompletionItem> items;
  std::string accept_command;
  for (const auto& item : result["items"]) {
    accept_command = item["command"]["command"];
    items.push_back({item["insertText"], range_of(item["range"]), item["command"]["arguments"][0],
                     item["data"]["source"]});
  }
  return inline_completion_list(items, accept_command);
}

json fim_complete(const json& params) {
  const auto read = fim_complete_params(params);
  return {{"prefix", read.prefix},
          {"suffix", read.suffix},
          {"languageId", read.languageId},
          {"path", read.path},
          {"maxTokens", read.maxTokens.value()},
          {"n", read.n}};
}

json fim_complete_answer(const json& result) {
  std::vector<InlineCompletionItem> items;
  for (const auto& item : result["items"]) items.push_back({item["insertText"], {}, "", item["source"]});
  return fim_complete_result(items);
}

json initialize(const json& params) {
  const auto read = initialize_params(params);
  auto written = params;  // carries what fimd does not read: names of folders, other capabilities
  written["processId"] = read.processId.value();
  written["clientInfo"]["name"] = read.clientName;
  written["trace"] = read.trace;
  written["initializationOptions"] = initialization_options(params);
  written["initializationOptions"]["status"] = read.status;
  CHECK(read.copilot == written["initializationOptions"].contains("editorInfo"));
  for (std::size_t i = 0; i < read.rootUris.size(); ++i)
    written["workspaceFolders"][i]["uri"] = read.rootUris[i];
  auto& capabilities = written["capabilities"];
  capabilities["general"]["positionEncodings"] = read.positionEncodings;
  capabilities["window"]["workDoneProgress"] = read.workDoneProgress;
  capabilities["workspace"]["configuration"] = read.configuration;
  capabilities["workspace"]["didChangeConfiguration"]["dynamicRegistration"] = read.registersConfiguration;
  capabilities["workspace"]["didChangeWatchedFiles"]["dynamicRegistration"] = read.registersWatchedFiles;
  return written;
}

json initialized(const json& result) {
  const bool utf8 = result["capabilities"]["positionEncoding"] == "utf-8";
  return initialize_result({utf8 ? PositionEncoding::utf8 : PositionEncoding::utf16,
                            result["capabilities"]["executeCommandProvider"]["commands"]},
                           result["serverInfo"]["version"].get<std::string>());
}

json command(const json& params) {
  const auto read = execute_command_params(params);
  return {{"command", read.command}, {"arguments", read.arguments}};
}

json shown(const json& params) {
  CHECK(shown_completion_id(params) == params["item"]["command"]["arguments"][0]);
  return params;
}

json partially_accepted(const json& params) {
  const auto read = partial_accept_params(params);
  CHECK(read.id == params["item"]["command"]["arguments"][0]);
  return {{"item", params["item"]}, {"acceptedLength", read.acceptedLength}};
}

json cancelled(const json& params) {
  return {{"id", cancelled_id(params)}};
}
json trace(const json& params) {
  return {{"value", set_trace_value(params)}};
}
json settings(const json& params) {
  return {{"settings", changed_settings(params)}};
}

json command_result(const json& result) {
  return result.contains("reason") ? silence_reason(result["reason"].get<std::string>()) : result;
}

json status(const json& params) {
  return status_params({params["kind"], params["message"], params["callsToday"], params["tokensToday"]});
}

json copilot_document(const json& params) {
  const auto read = copilot_request(params);
  const auto& options = read.formattingOptions.value();
  return {{"doc",
           {{"uri", read.uri},
            {"version", read.version},
            {"position", position_json(read.position)},
            {"tabSize", options.tabSize},
            {"insertSpaces", options.insertSpaces}}}};
}

json copilot_answer(const json& result) {
  std::vector<CopilotCompletion> completions;
  for (const auto& given : result["completions"]) {
    const Position cursor{given["position"]["line"], given["position"]["character"]};
    completions.push_back({given["uuid"], given["text"], given["displayText"], range_of(given["range"]),
                           cursor, given["docVersion"]});
  }
  return copilot_completions(completions);
}

json verdict(const json& params) {
  const auto read = copilot_verdict(params);
  if (params.contains("uuids")) return {{"uuids", read.uuids}};
  json written = {{"uuid", read.uuids.at(0)}};
  if (read.acceptedLength) written["acceptedLength"] = *read.acceptedLength;
  return written;
}

json account(const json& result) {
  return copilot_account(result["status"].get<std::string>(), result.value("user", ""));
}

json version(const json& result) {
  return copilot_version(result["version"].get<std::string>());
}

json copilot_told(const json& params) {
  Status status;
  status.kind = params.value("busy", false) ? "busy" : "ready";
  status.message = params["message"].get<std::string>();
  status.excluded = params.value("kind", "") == "Inactive";
  return params.contains("busy") ? copilot_status(status) : copilot_older_status(status);
}

json told(const json& params) {
  return message_params(params["type"].get<MessageType>(), params["message"].get<std::string>());
}

json traced(const json& params) {
  return log_trace_params(params["message"].get<std::string>(), params.value("verbose", ""));
}

json asked_settings(const json& params) {
  return configuration_params(params["items"][0]["section"].get<std::string>());
}

json registered(const json& params) {
  std::vector<Registration> wanted;
  for (const auto& one : params["registrations"]) {
    auto& read = wanted.emplace_back(Registration{one["id"], one["method"], {}});
    const auto watchers = one.value("/registerOptions/watchers"_json_pointer, json::array());
    for (const auto& watcher : watchers) read.watched.push_back(watcher["globPattern"]);
  }
  return registration_params(wanted);
}

json files_changed(const json& params) {
  const auto read = changed_files(params);
  auto written = params;  // carries what happened to each
  for (std::size_t i = 0; i < read.size(); ++i) written["changes"][i]["uri"] = read[i];
  CHECK(read.size() == params["changes"].size());
  return written;
}

json folders_changed(const json& params) {
  const auto read = changed_folders(params);
  auto written = params;  // carries their names
  for (std::size_t i = 0; i < read.added.size(); ++i) written["event"]["added"][i]["uri"] = read.added[i];
  for (std::size_t i = 0; i < read.removed.size(); ++i)
    written["event"]["removed"][i]["uri"] = read.removed[i];
  CHECK(read.added.size() + read.removed.size() ==
        params["event"]["added"].size() + params["event"]["removed"].size());
  return written;
}

json progress(const json& params) {
  const auto token = params["token"].get<std::string>();
  if (!params.contains("value")) return progress_create(token);
  const auto& value = params["value"];
  const auto message = value.value("message", "");
  if (value["kind"] == "begin") return progress_begin(token, value["title"].get<std::string>(), message);
  return value["kind"] == "report" ? progress_report(token, message) : progress_end(token, message);
}

struct Method {
  Rewrite params;
  Rewrite result = nullptr;  // none for a notification
};

const std::map<std::string, Method> kMethods = {
    {"initialize", {initialize, initialized}},
    {"initialized", {nothing}},
    {"shutdown", {nothing, nothing}},
    {"exit", {nothing}},
    {"$/cancelRequest", {cancelled}},
    {"$/setTrace", {trace}},
    {"textDocument/didOpen", {opened}},
    {"textDocument/didChange", {changed}},
    {"textDocument/didSave", {document}},
    {"textDocument/didClose", {document}},
    {"textDocument/inlineCompletion", {inline_completion, inline_completion_result}},
    {"fim/complete", {fim_complete, fim_complete_answer}},
    {"workspace/executeCommand", {command, command_result}},
    {"workspace/didChangeConfiguration", {settings}},
    {"workspace/didChangeWatchedFiles", {files_changed}},
    {"workspace/didChangeWorkspaceFolders", {folders_changed}},
    {"textDocument/didFocus", {focus}},
    {"textDocument/didShowCompletion", {shown}},
    {"textDocument/didPartiallyAcceptCompletion", {partially_accepted}},
    {"setEditorInfo", {same, same}},
    {"checkStatus", {same, account}},
    {"signIn", {nothing, account}},
    {"signInInitiate", {nothing, account}},
    {"signInConfirm", {same, account}},
    {"signOut", {nothing, account}},
    {"getVersion", {nothing, version}},
    {"copilot/models", {nothing, nothing}},
    {"getCompletions", {copilot_document, copilot_answer}},
    {"getCompletionsCycling", {copilot_document, copilot_answer}},
    {"notifyShown", {verdict, same}},
    {"notifyAccepted", {verdict, same}},
    {"notifyRejected", {verdict, same}},
    {"didChangeStatus", {copilot_told}},
    {"statusNotification", {copilot_told}},
    {"workspace/configuration", {asked_settings, same}},
    {"client/registerCapability", {registered, nothing}},
    {"window/workDoneProgress/create", {progress, nothing}},
    {"$/progress", {progress}},
    {"fimd/status", {status}},
    {"window/logMessage", {told}},
    {"$/logTrace", {traced}},
    {"window/showMessage", {told}},
};

std::string rewritten_call(const Message& message) {
  const auto params = kMethods.at(message.method).params(message.params);
  return message.kind == Message::Kind::request ? request(message.id, message.method, params)
                                                : notification(message.method, params);
}

json rewritten_editor_message(const json& example) {
  const auto& original = example["message"];
  if (example["kind"] == "error") {
    const auto& error = original["error"];
    return json::parse(
        error_response(original["id"], error["code"].get<ErrorCode>(), error["message"].get<std::string>()));
  }
  const auto message = parse_message(dump_json(original));
  const bool answers = message.kind == Message::Kind::response;
  CHECK(example["kind"] == (answers                                  ? "response"
                            : message.kind == Message::Kind::request ? "request"
                                                                     : "notification"));
  if (!answers) {
    CHECK(example["method"] == message.method);
    auto written = json::parse(rewritten_call(message));
    if (!original.contains("params")) written.erase("params");  // absent or null: the same to every reader
    return written;
  }
  return json::parse(response(message.id, kMethods.at(example["method"]).result(message.result)));
}

json rewritten_event(const json& message) {
  if (message.is_string())
    return stream_event(message.get<std::string>()).kind == StreamEvent::Kind::done ? message : json();
  const auto event = stream_event(dump_json(message));
  switch (event.kind) {
    case StreamEvent::Kind::delta:
      return json::parse(delta_data(event.delta));
    case StreamEvent::Kind::end:
      return json::parse(end_data(event.completion));
    case StreamEvent::Kind::error:
      return json::parse(error_data(event.status, event.error));
    default:
      return nullptr;
  }
}

json rewritten_endpoint_message(const json& example) {
  const auto& message = example["message"];
  const auto body = dump_json(message);
  if (example["kind"] == "event") return rewritten_event(message);
  if (example["kind"] == "request") {
    auto written = json::parse(to_body(completion_request(body)));
    if (!message.contains("suffix")) written.erase("suffix");  // written even where it has its default
    return written;
  }
  if (example["status"] == 200) return json::parse(to_body(read_completion(body).value()));
  CHECK_FALSE(read_completion(body));
  const auto text = error_message(example["status"], body);
  return message.contains("error") ? json::parse(error_body(text)) : json{{"message", text}};
}

// The rows "| `method` | to ... |" of PROTOCOL.md.
std::set<std::string> methods_of_the_table() {
  std::ifstream page(kProtocol / "PROTOCOL.md");
  std::set<std::string> methods;
  for (std::string row; std::getline(page, row);) {
    const auto end = row.find("` | to ");
    if (row.starts_with("| `") && end != std::string::npos) methods.insert(row.substr(3, end - 3));
  }
  return methods;
}

}  // namespace

TEST_CASE("every example says what we read of it, and nothing is lost") {
  const auto all = examples();
  CHECK(all.size() > 60);
  for (const auto& [name, example] : all) {
    CAPTURE(name);
    CHECK(!example["about"].get<std::string>().empty());
    CHECK(name.starts_with(example["wire"].get<std::string>() + "-"));
    const auto written =
        example["wire"] == "editor" ? rewritten_editor_message(example) : rewritten_endpoint_message(example);
    CHECK(written == example["message"]);
  }
}

TEST_CASE("every method of PROTOCOL.md has its examples, and every example a method there") {
  std::set<std::string> called;
  std::set<std::string> answered;
  for (const auto& [name, example] : examples()) {
    if (example["wire"] != "editor" || example["kind"] == "error") continue;
    (example["kind"] == "response" ? answered : called).insert(example["method"].get<std::string>());
  }
  CHECK(called == methods_of_the_table());
  for (const auto& [name, method] : kMethods) {
    CAPTURE(name);
    CHECK(called.count(name) == 1);
    CHECK(answered.count(name) == (method.result ? 1 : 0));
  }
}

TEST_CASE("the four request examples of the endpoint contract are there") {
  const auto all = examples();
  for (const auto* name :
       {"python-function", "javascript-function", "python-class", "typescript-interface"}) {
    CHECK(all.count(std::string("endpoint-request-") + name + ".json") == 1);
  }
}
