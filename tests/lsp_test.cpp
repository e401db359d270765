#include "protocol/lsp.h"

#include "protocol/json_rpc.h"
#include "protocol/json_text.h"
#include "tests/support/catch.h"

using namespace fimd;
using nlohmann::json;

namespace {

// What `reader` complains of; empty when it is content.
template <typename Reader>
std::string complaint(Reader reader, const char* params) {
  try {
    reader(json::parse(params));
    return "";
  } catch (const RpcError& error) {
    CHECK(error.code == ErrorCode::invalid_params);
    return error.what();
  }
}

InlineCompletionParams inline_params(const char* more, bool& legacy) {
  auto params = json::parse(R"({"textDocument": {"uri": "u"}, "position": {"line": 1, "character": 2}})");
  params.update(json::parse(more));
  return inline_completion_params(params, legacy);
}

}  // namespace

TEST_CASE("documents are read") {
  const auto open = did_open_params(
      json::parse(R"({"textDocument": {"uri": "u", "languageId": "c", "version": 3, "text": "a\u0000b"}})"));
  CHECK(open.uri == "u");
  CHECK(open.languageId == "c");
  CHECK(open.version == 3);
  CHECK(open.text == std::string("a\0b", 3));

  const auto change =
      did_change_params(json::parse(R"({"textDocument": {"uri": "u", "version": 4}, "contentChanges": [
    {"range": {"start": {"line": 0, "character": 1}, "end": {"line": 2.0, "character": 99999999999}},
     "rangeLength": 5, "text": "x"}, {"text": "whole"}]})"));
  CHECK(change.version == 4);
  REQUIRE(change.contentChanges.size() == 2);
  CHECK(change.contentChanges[0].range == Range{{0, 1}, {2, 4294967295U}});
  CHECK(change.contentChanges[0].rangeLength == 5U);
  CHECK_FALSE(change.contentChanges[1].range);
  CHECK(change.contentChanges[1].text == "whole");

  CHECK(document_params(json::parse(R"({"textDocument": {"uri": "u"}})")).uri == "u");
  CHECK(did_focus_params(json::object()).uri.empty());
}

TEST_CASE("broken params are told which field is wrong") {
  CHECK(complaint(did_open_params, "null") == "Missing required field: textDocument");
  CHECK(complaint(did_open_params, "[1]") == "Missing required field: textDocument");
  CHECK(complaint(did_open_params, R"({"textDocument": {"uri": 1}})") == "Field uri must be a string");
  CHECK(complaint(did_open_params, R"({"textDocument": {"uri": "u"}})") == "Missing required field: text");
  CHECK(complaint(did_change_params, R"({"textDocument": {"uri": "u"}})") ==
        "Missing required field: contentChanges");
  CHECK(complaint(did_change_params, R"({"textDocument": {"uri": "u"}, "contentChanges": {}})") ==
        "Field contentChanges must be an array");
  CHECK(complaint(did_change_params, R"({"contentChanges": []})") == "Missing required field: textDocument");
  CHECK(complaint(did_change_params, R"({"textDocument": {"uri": "u"}, "contentChanges": [{"text": "",
    "range": {"start": {"line": -1, "character": 0}}}]})") == "Field line must be zero or more");
  CHECK(complaint(document_params, "{}") == "Missing required field: textDocument");
  CHECK(complaint(fim_complete_params, "{}") == "Missing required field: prefix");
  CHECK(complaint(fim_complete_params, R"({"prefix": "", "maxTokens": "1"})") ==
        "Field maxTokens must be an integer");
  CHECK(complaint(fim_complete_params, R"({"prefix": "", "n": []})") == "Field n must be an integer");
  CHECK(complaint(shown_completion_id, R"({"item": {"command": {"arguments": []}}})") ==
        "Field arguments must start with a string");
}

TEST_CASE("trigger kinds of the old proposal are translated once a 0 has shown them") {
  bool legacy = false;
  CHECK(inline_params("{}", legacy).triggerKind == TriggerKind::automatic);
  CHECK(inline_params(R"({"context": {"triggerKind": 1}})", legacy).triggerKind == TriggerKind::invoked);
  CHECK(inline_params(R"({"context": {"triggerKind": 2}})", legacy).triggerKind == TriggerKind::automatic);
  CHECK_FALSE(legacy);
  CHECK(inline_params(R"({"context": {"triggerKind": 0}})", legacy).triggerKind == TriggerKind::invoked);
  CHECK(legacy);
  CHECK(inline_params(R"({"context": {"triggerKind": 1}})", legacy).triggerKind == TriggerKind::automatic);
}

TEST_CASE("an inline completion request is read whole") {
  bool legacy = false;
  const auto params =
      inline_params(R"({"context": {"triggerKind": 2, "selectedCompletionInfo": {"text": ".log",
    "range": {"start": {"line": 1, "character": 1}, "end": {"line": 1, "character": 2}}}},
    "formattingOptions": {"tabSize": 4, "insertSpaces": false}})",
                    legacy);
  CHECK(params.uri == "u");
  CHECK(params.position == Position{1, 2});
  REQUIRE(params.selectedCompletionInfo);
  CHECK(params.selectedCompletionInfo->text == ".log");
  CHECK(params.selectedCompletionInfo->range == Range{{1, 1}, {1, 2}});
  REQUIRE(params.formattingOptions);
  CHECK(params.formattingOptions->tabSize == 4);
  CHECK_FALSE(params.formattingOptions->insertSpaces);
}

TEST_CASE("formatting options may stand alone or among other fields") {
  CHECK_FALSE(formatting_options(json::parse(R"({"uri": "u"})")));
  const auto options =
      formatting_options(json::parse(R"({"uri": "u", "tabSize": 8, "insertSpaces": false})"));
  REQUIRE(options);
  CHECK(options->tabSize == 8);
  CHECK_FALSE(options->insertSpaces);
  CHECK(formatting_options(json::parse(R"({"tabSize": 2})"))->insertSpaces);
}

TEST_CASE("fim/complete and Copilot's notifications are read") {
  const auto params = fim_complete_params(
      json::parse(R"({"prefix": "p", "suffix": "s", "languageId": "c", "path": "a.c", "maxTokens": 9})"));
  CHECK(params.prefix == "p");
  CHECK(params.suffix == "s");
  CHECK(params.languageId == "c");
  CHECK(params.path == "a.c");
  CHECK(params.maxTokens == 9);
  CHECK(params.n == 1);
  CHECK(fim_complete_params(json::parse(R"({"prefix": "p", "n": 3})")).n == 3);
  const auto partial = partial_accept_params(json::parse(
      R"({"item": {"insertText": "x", "command": {"arguments": ["id7"]}}, "acceptedLength": 4})"));
  CHECK(partial.id == "id7");
  CHECK(partial.acceptedLength == 4);
}

TEST_CASE("lists of items are always objects") {
  CHECK(inline_completion_list({}, "fimd.accept") == json::parse(R"({"items": []})"));
  const InlineCompletionItem item{"x", {{1, 2}, {1, 3}}, "7", "model"};
  CHECK(inline_completion_list({item}, "fimd.accept") == json::parse(R"({"items": [{"insertText": "x",
    "range": {"start": {"line": 1, "character": 2}, "end": {"line": 1, "character": 3}},
    "command": {"title": "Accept completion", "command": "fimd.accept", "arguments": ["7"]},
    "data": {"source": "model"}}]})"));
  CHECK_FALSE(inline_completion_list({item}, "")["items"][0].contains("command"));
  CHECK(fim_complete_result({item}) == json::parse(R"({"items": [{"insertText": "x", "source": "model"}]})"));
}
