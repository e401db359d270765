#include "lambda/record.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

#include "protocol/json_text.h"

namespace fimd {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxWordBytes = 100;

double milliseconds(std::chrono::microseconds time) {
  return static_cast<double>(time.count()) / 1000.0;
}

// A vendor's own word, if it looks like one. Anything else could be text of somebody's.
std::string word(const std::string& text) {
  const auto plain = [](unsigned char c) { return std::isalnum(c) || std::strchr("._-:/@+", c); };
  const bool good = text.size() <= kMaxWordBytes && std::all_of(text.begin(), text.end(), plain);
  return good ? text : "?";
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
               {"model", word(record.model)},
               {"status", record.status},
               {"prompt_bytes", record.prompt_bytes},
               {"suffix_bytes", record.suffix_bytes},
               {"completion_bytes", record.completion_bytes},
               {"finish_reason", word(record.finish_reason)},
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
