// Mistral's `POST /v1/fim/completions`. Its schema forbids additional properties: an unknown field is a 422.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "lambda/fields.h"
#include "lambda/providers/choices.h"
#include "protocol/json_text.h"

namespace fimd {
namespace {

using nlohmann::json;

constexpr double kMaxTemperature = 1.5;
constexpr std::string_view kCodestralHost = "codestral.mistral.ai";

std::string request_body(const CompletionRequest& request, const ModelChoice& choice) {
  json body = {{"model", choice.model},
               {"prompt", request.prompt},
               {"suffix", request.suffix},
               {"max_tokens", request.max_tokens},
               {"temperature", std::min(request.temperature, kMaxTemperature)}};
  if (!request.stop.empty()) body["stop"] = request.stop;
  if (request.stream) body["stream"] = true;
  if (!request.cache_key.empty()) body["prompt_cache_key"] = request.cache_key;
  return dump_json(body);
}

std::optional<ModelPiece> answer(const json& body) {
  return choice_piece(
      body, [](const json& choice) -> const json& { return member(member(choice, "message"), "content"); });
}

std::optional<ModelPiece> event(const json& body) {
  return choice_piece(
      body, [](const json& choice) -> const json& { return member(member(choice, "delta"), "content"); });
}

// Mistral has two hosts, and a key of one is none of the other's.
std::string hint(int status, std::string_view host, std::string_view) {
  if (status != 401) return "";
  if (host == kCodestralHost)
    return "is the key one for api.mistral.ai? Then set FIM_UPSTREAM_URL to https://api.mistral.ai";
  if (host == "api.mistral.ai")
    return "is the key one for codestral.mistral.ai? Then leave FIM_UPSTREAM_URL unset";
  return "codestral.mistral.ai and api.mistral.ai have different keys, see FIM_UPSTREAM_URL";
}

}  // namespace

const Dialect& codestral_dialect() {
  static constexpr Dialect kDialect = {.name = "codestral",
                                       .title = "Codestral",
                                       .base_url = "https://codestral.mistral.ai",
                                       .path = "/v1/fim/completions",
                                       .model = "codestral-latest",
                                       .key_variable = "CODESTRAL_API_KEY",
                                       .hint = hint,
                                       .request = request_body,
                                       .answer = answer,
                                       .event = event};
  return kDialect;
}

}  // namespace fimd
