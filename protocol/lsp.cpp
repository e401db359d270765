#include "protocol/lsp.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "protocol/fields.h"
#include "protocol/json_rpc.h"

namespace fimd {
namespace {

using nlohmann::json;

Position position(const json& value) {
  return {required_uint(value, "line"), required_uint(value, "character")};
}

Range range(const json& value) {
  return {position(required_field(value, "start")), position(required_field(value, "end"))};
}

std::string document_uri(const json& params) {
  return required_string(required_field(params, "textDocument"), "uri");
}

int clamped_int(std::int64_t number) {
  return static_cast<int>(
      std::clamp<std::int64_t>(number, std::numeric_limits<int>::min(), std::numeric_limits<int>::max()));
}

ContentChange content_change(const json& value) {
  ContentChange change;
  if (const auto* field = find_field(value, "range")) change.range = range(*field);
  if (find_field(value, "rangeLength") != nullptr) change.rangeLength = required_uint(value, "rangeLength");
  change.text = required_string(value, "text");
  return change;
}

TriggerKind trigger_kind(const json& context, bool& legacy_numbering) {
  const auto kind = optional_integer(context, "triggerKind", 2);
  if (kind == 0) legacy_numbering = true;
  return kind == (legacy_numbering ? 0 : 1) ? TriggerKind::invoked : TriggerKind::automatic;
}

std::optional<SelectedCompletionInfo> selected_completion(const json& context) {
  const auto* info = find_field(context, "selectedCompletionInfo");
  if (info == nullptr) return std::nullopt;
  return SelectedCompletionInfo{range(required_field(*info, "range")), required_string(*info, "text")};
}

json item_json(const InlineCompletionItem& item, std::string_view accept_command) {
  json result = {{"insertText", item.insertText},
                 {"range", range_json(item.range)},
                 {"data", {{"source", item.source}}}};
  if (accept_command.empty()) return result;
  result["command"] = {
      {"title", "Accept completion"}, {"command", accept_command}, {"arguments", json::array({item.id})}};
  return result;
}

}  // namespace

std::optional<FormattingOptions> formatting_options(const json& options) {
  if (find_field(options, "tabSize") == nullptr && find_field(options, "insertSpaces") == nullptr)
    return std::nullopt;
  return FormattingOptions{clamped_int(optional_integer(options, "tabSize", 0)),
                           optional_bool(options, "insertSpaces", true)};
}

DidOpenParams did_open_params(const json& params) {
  const auto& document = required_field(params, "textDocument");
  return {required_string(document, "uri"), optional_string(document, "languageId"),
          optional_integer(document, "version", 0), required_string(document, "text")};
}

DidChangeParams did_change_params(const json& params) {
  const auto& changes = required_field(params, "contentChanges");
  if (!changes.is_array()) throw RpcError(ErrorCode::invalid_params, "Field contentChanges must be an array");
  DidChangeParams result{document_uri(params), optional_integer(params["textDocument"], "version", 0), {}};
  for (const auto& change : changes) result.contentChanges.push_back(content_change(change));
  return result;
}

DocumentParams document_params(const json& params) {
  return {document_uri(params)};
}

DocumentParams did_focus_params(const json& params) {
  if (find_field(params, "textDocument") == nullptr) return {};
  return document_params(params);
}

InlineCompletionParams inline_completion_params(const json& params, bool& legacy_trigger_kinds) {
  static const json kNoContext = json::object();
  const auto* field = find_field(params, "context");
  const auto& context = field != nullptr ? *field : kNoContext;
  InlineCompletionParams result;
  result.uri = document_uri(params);
  result.position = position(required_field(params, "position"));
  result.triggerKind = trigger_kind(context, legacy_trigger_kinds);
  result.selectedCompletionInfo = selected_completion(context);
  if (const auto* options = find_field(params, "formattingOptions"))
    result.formattingOptions = formatting_options(*options);
  return result;
}

FimCompleteParams fim_complete_params(const json& params) {
  FimCompleteParams result;
  result.prefix = required_string(params, "prefix");
  result.suffix = optional_string(params, "suffix");
  result.languageId = optional_string(params, "languageId");
  result.path = optional_string(params, "path");
  if (find_field(params, "maxTokens") != nullptr) {
    result.maxTokens = clamped_int(optional_integer(params, "maxTokens", 0));
  }
  result.n = clamped_int(optional_integer(params, "n", 1));
  return result;
}

std::string shown_completion_id(const json& params) {
  const auto& command = required_field(required_field(params, "item"), "command");
  const auto& arguments = required_field(command, "arguments");
  if (!arguments.is_array() || arguments.empty() || !arguments[0].is_string()) {
    throw RpcError(ErrorCode::invalid_params, "Field arguments must start with a string");
  }
  return arguments[0].get<std::string>();
}

PartialAcceptParams partial_accept_params(const json& params) {
  return {shown_completion_id(params), required_uint(params, "acceptedLength")};
}

json inline_completion_list(const std::vector<InlineCompletionItem>& items, std::string_view accept_command) {
  json list = json::array();
  for (const auto& item : items) list.push_back(item_json(item, accept_command));
  return {{"items", std::move(list)}};
}

json fim_complete_result(const std::vector<InlineCompletionItem>& items) {
  json list = json::array();
  for (const auto& item : items) list.push_back({{"insertText", item.insertText}, {"source", item.source}});
  return {{"items", std::move(list)}};
}

json position_json(const Position& position) {
  return {{"line", position.line}, {"character", position.character}};
}

json range_json(const Range& range) {
  return {{"start", position_json(range.start)}, {"end", position_json(range.end)}};
}

}  // namespace fimd
