#include "lambda/record.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "protocol/json_text.h"

namespace fimd {
namespace {

using nlohmann::json;

// What vendors document, and our own "abandoned". Any other word of theirs could be text of somebody's.
constexpr std::string_view kFinishReasons[] = {
    "",           "stop",   "length",         "model_length",
    "tool_calls", "error",  "content_filter", "insufficient_system_resource",
    "load",       "unload", "abandoned"};

double milliseconds(std::chrono::microseconds time) {
  return static_cast<double>(time.count()) / 1000.0;
}

std::string finish_reason(const std::string& said) {
  return std::ranges::count(kFinishReasons, said) > 0 ? said : "other";
}

json metric(const char* name, const char* unit) {
  return {{"Name", name}, {"Unit", unit}};
}

}  // namespace

std::string log_line(const Record& record, std::chrono::milliseconds now) {
  json metrics = {metric("TotalTime", "Milliseconds"), metric("Errors", "Count")};
  json line = {{"function", record.function},
               {"request_id", record.request_id},
               {"caller", record.caller},
               {"provider", record.provider},
               {"model", record.model},
               {"status", record.status},
               {"prompt_bytes", record.prompt_bytes},
               {"suffix_bytes", record.suffix_bytes},
               {"completion_bytes", record.completion_bytes},
               {"finish_reason", finish_reason(record.finish_reason)},
               {"streamed", record.streamed},
               {"cold", record.cold},
               {"AuthTime", milliseconds(record.auth)},
               {"TotalTime", milliseconds(record.total)},
               {"Errors", record.status >= 500 ? 1 : 0}};
  if (!record.budget_failure.empty()) line["budget_failure"] = record.budget_failure;
  if (record.first_byte) {
    line["ModelFirstByte"] = milliseconds(*record.first_byte);
    metrics.push_back(metric("ModelFirstByte", "Milliseconds"));
  }
  if (record.usage) {
    line["PromptTokens"] = record.usage->prompt_tokens;
    line["CompletionTokens"] = record.usage->completion_tokens;
    line["CachedTokens"] = record.usage->cached_tokens;
    for (const char* name : {"PromptTokens", "CompletionTokens", "CachedTokens"}) {
      metrics.push_back(metric(name, "Count"));
    }
  }
  const json group = {{"Namespace", "fim-lambda"},
                      {"Dimensions", json::array({json::array({"function"})})},
                      {"Metrics", metrics}};
  line["_aws"] = {{"Timestamp", now.count()}, {"CloudWatchMetrics", json::array({group})}};
  return dump_json(line);
}

}  // namespace fimd
