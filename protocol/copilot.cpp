#include "protocol/copilot.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "protocol/fields.h"
#include "protocol/json_rpc.h"

namespace fimd {
namespace {

using nlohmann::json;

const char* kind_of(const Status& status) {
  if (status.kind == "error") return "Error";
  return status.kind == "off" || status.excluded ? "Inactive" : "Normal";
}

json completion_json(const CopilotCompletion& completion) {
  return {{"uuid", completion.uuid},
          {"text", completion.text},
          {"displayText", completion.displayText},
          {"range", range_json(completion.range)},
          {"position", position_json(completion.position)},
          {"docVersion", completion.docVersion}};
}

}  // namespace

CopilotRequest copilot_request(const json& params) {
  const auto& document = required_field(params, "doc");
  CopilotRequest result;
  result.uri = required_string(document, "uri");
  result.position = {required_uint(required_field(document, "position"), "line"),
                     required_uint(required_field(document, "position"), "character")};
  result.version = optional_integer(document, "version", 0);
  result.formattingOptions = formatting_options(document);
  return result;
}

CopilotVerdict copilot_verdict(const json& params) {
  CopilotVerdict result;
  if (const auto* uuids = find_field(params, "uuids")) {
    for (const auto& uuid : *uuids) {
      if (uuid.is_string()) result.uuids.push_back(uuid.get<std::string>());
    }
  } else {
    result.uuids.push_back(required_string(params, "uuid"));
  }
  if (find_field(params, "acceptedLength") != nullptr)
    result.acceptedLength = required_uint(params, "acceptedLength");
  return result;
}

json copilot_completions(const std::vector<CopilotCompletion>& completions) {
  json list = json::array();
  for (const auto& completion : completions) list.push_back(completion_json(completion));
  return {{"completions", std::move(list)}};
}

json copilot_account(std::string_view status, std::string_view user) {
  json result = {{"status", status}};
  if (!user.empty()) result["user"] = user;
  return result;
}

json copilot_version(std::string_view version) {
  return {{"version", version}};
}

json copilot_status(const Status& status) {
  return {{"busy", status.kind == "busy"}, {"kind", kind_of(status)}, {"message", status.message}};
}

json copilot_older_status(const Status& status) {
  return {{"status", status.kind == "busy" ? "InProgress" : kind_of(status)}, {"message", status.message}};
}

}  // namespace fimd
