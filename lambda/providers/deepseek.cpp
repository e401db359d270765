// DeepSeek's `POST /beta/completions`: OpenAI's form with `suffix`, on a host and path of its own.
#include <nlohmann/json.hpp>

#include "lambda/providers/choices.h"
#include "protocol/json_text.h"

namespace fimd {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxStops = 16;

std::string request_body(const CompletionRequest& request, const ModelChoice& choice) {
  json body = {{"model", choice.model},
               {"prompt", request.prompt},
               {"suffix", request.suffix},
               {"max_tokens", request.max_tokens},
               {"temperature", request.temperature}};
  if (!request.stop.empty() && request.stop.size() <= kMaxStops) body["stop"] = request.stop;
  if (request.stream) {
    body["stream"] = true;
    body["stream_options"] = {{"include_usage", true}};
  }
  return dump_json(body);
}

}  // namespace

const Dialect& deepseek_dialect() {
  static constexpr Dialect kDialect = {.name = "deepseek",
                                       .title = "DeepSeek",
                                       .base_url = "https://api.deepseek.com",
                                       .path = "/beta/completions",
                                       .model = "deepseek-v4-pro",
                                       .key_variable = "DEEPSEEK_API_KEY",
                                       .request = request_body,
                                       .answer = text_choice,
                                       .event = text_event};
  return kDialect;
}

}  // namespace fimd
