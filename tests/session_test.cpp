#include "protocol/session.h"

#include <nlohmann/json.hpp>

#include "protocol/json_rpc.h"
#include "tests/support/catch.h"

using namespace fimd;
using nlohmann::json;

TEST_CASE("initialize is read") {
  const auto params =
      initialize_params(json::parse(R"({"processId": 42, "clientInfo": {"name": "ed"}, "trace": "off",
    "workspaceFolders": [{"uri": "file:///a"}, {"uri": "file:///b"}], "rootUri": "file:///c",
    "capabilities": {"general": {"positionEncodings": ["utf-8", "utf-16"]}, "window": {"workDoneProgress": true},
      "workspace": {"configuration": true, "didChangeConfiguration": {"dynamicRegistration": true},
        "didChangeWatchedFiles": {"dynamicRegistration": true}}}})"));
  CHECK(params.processId == 42);
  CHECK(params.clientName == "ed");
  CHECK(params.trace == "off");
  CHECK(params.positionEncodings == std::vector<std::string>{"utf-8", "utf-16"});
  CHECK(params.rootUris == std::vector<std::string>{"file:///a", "file:///b"});
  CHECK(params.workDoneProgress);
  CHECK(params.configuration);
  CHECK(params.registersConfiguration);
  CHECK(params.registersWatchedFiles);
}

TEST_CASE("a sparse or strange initialize opens a session too") {
  for (const auto* text :
       {"{}", R"({"processId": null, "capabilities": null, "workspaceFolders": null, "rootUri": null})",
        R"({"capabilities": {"window": 1, "general": {"positionEncodings": 3}, "workspace": []}})"}) {
    const auto params = initialize_params(json::parse(text));
    CHECK_FALSE(params.processId);
    CHECK(params.rootUris.empty());
    CHECK(params.positionEncodings.empty());
    CHECK_FALSE(params.configuration);
    CHECK_FALSE(params.registersWatchedFiles);
  }
  CHECK(initialize_params(json::parse(R"({"rootUri": "u", "rootPath": "p"})")).rootUris ==
        std::vector<std::string>{"u"});
  CHECK(initialize_params(json::parse(R"({"rootUri": null, "rootPath": "p"})")).rootUris ==
        std::vector<std::string>{"p"});
}

TEST_CASE("the position encoding is one the client has offered") {
  CHECK(choose_encoding({}) == PositionEncoding::utf16);
  CHECK(choose_encoding({"utf-16"}) == PositionEncoding::utf16);
  CHECK(choose_encoding({"utf-32", "utf-8", "utf-16"}) == PositionEncoding::utf8);
  CHECK(choose_encoding({"utf-32", "utf-16"}) == PositionEncoding::utf16);
  CHECK(choose_encoding({"utf-32"}) == PositionEncoding::utf32);
}

TEST_CASE("initialize is answered") {
  CHECK(initialize_result({PositionEncoding::utf8, {"fimd.accept"}}, "1.2") == json::parse(R"({
    "capabilities": {"positionEncoding": "utf-8", "textDocumentSync": {"openClose": true, "change": 2, "save": true},
      "inlineCompletionProvider": true, "executeCommandProvider": {"commands": ["fimd.accept"]},
      "workspace": {"workspaceFolders": {"supported": true, "changeNotifications": true}}},
    "serverInfo": {"name": "fimd", "version": "1.2"}})"));
}

TEST_CASE("settings pass through as they are") {
  CHECK(changed_settings(json::parse(R"({"settings": null})")).is_null());
  CHECK(changed_settings(json::parse("null")).is_null());
  const auto params =
      json::parse(R"({"settings": {"fimd": [1]}, "initializationOptions": {"endpoint": "e"}})");
  CHECK(changed_settings(params) == json::parse(R"({"fimd": [1]})"));
  CHECK(initialization_options(params) == json::parse(R"({"endpoint": "e"})"));
}

TEST_CASE("commands, cancellation and trace are read") {
  const auto command =
      execute_command_params(json::parse(R"({"command": "c", "arguments": ["a", 1, {"b": 2}]})"));
  CHECK(command.command == "c");
  CHECK(command.arguments == std::vector<std::string>{"a", "1", R"({"b":2})"});
  CHECK(execute_command_params(json::parse(R"({"command": "c"})")).arguments.empty());
  const auto cancel = json::parse(R"({"id": "7"})");
  CHECK(cancelled_id(cancel) == "7");
  CHECK(set_trace_value(json::parse(R"({"value": "verbose"})")) == "verbose");
}

TEST_CASE("changes of files and of folders are read") {
  CHECK(changed_files(json::parse(R"({"changes": [{"uri": "a", "type": 1}, {"type": 3}, {"uri": "b"}]})")) ==
        std::vector<std::string>{"a", "b"});
  CHECK(changed_files(json::parse("{}")).empty());
  const auto change = changed_folders(
      json::parse(R"({"event": {"added": [{"uri": "a", "name": "n"}], "removed": [{"uri": "b"}]}})"));
  CHECK(change.added == std::vector<std::string>{"a"});
  CHECK(change.removed == std::vector<std::string>{"b"});
  CHECK(changed_folders(json::parse(R"({"event": {"added": null}})")).added.empty());
  CHECK_THROWS_AS(changed_folders(json::parse("{}")), RpcError);
}

TEST_CASE("our own messages have LSP's shape") {
  CHECK(message_params(MessageType::debug, "m") == json::parse(R"({"type": 5, "message": "m"})"));
  CHECK(configuration_params("fimd") == json::parse(R"({"items": [{"section": "fimd"}]})"));
  CHECK(registration_params({{"1", "m", {}}, {"2", "n", {"**/*.c", "**/x"}}}) ==
        json::parse(R"({"registrations": [{"id": "1", "method": "m"}, {"id": "2", "method": "n",
          "registerOptions": {"watchers": [{"globPattern": "**/*.c"}, {"globPattern": "**/x"}]}}]})"));
  CHECK(progress_create("t") == json::parse(R"({"token": "t"})"));
  CHECK(progress_begin("t", "a", "") ==
        json::parse(R"({"token": "t", "value": {"kind": "begin", "title": "a"}})"));
  CHECK(progress_report("t", "b") ==
        json::parse(R"({"token": "t", "value": {"kind": "report", "message": "b"}})"));
  CHECK(progress_end("t", "") == json::parse(R"({"token": "t", "value": {"kind": "end"}})"));
}
