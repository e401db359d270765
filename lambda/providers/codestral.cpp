// Mistral's `POST /v1/fim/completions`. Its schema forbids additional properties: an unknown field is a 422.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "lambda/fields.h"
#include "lambda/providers/dialect.h"

namespace fimd {
namespace {

using nlohmann::json;

constexpr double kMaxTemperature = 1.5;

std::string request_body(const CompletionRequest& request, const std::string& model) {
  json body = {{"model", model},
               {"prompt", request.prompt},
               {"suffix", request.suffix},
               {"max_tokens", request.max_tokens},
               {"temperature", std::min(request.temperature, kMaxTemperature)}};
  if (!request.stop.empty()) body["stop"] = request.stop;
  if (request.stream) body["stream"] = true;
  if (!request.cache_key.empty()) body["prompt_cache_key"] = request.cache_key;
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::optional<Usage> usage_of(const json& body) {
  const json& usage = member(body, "usage");
  if (!usage.is_object()) return std::nullopt;
  return Usage{.prompt_tokens = count_member(usage, "prompt_tokens"),
               .completion_tokens = count_member(usage, "completion_tokens"),
               .cached_tokens = count_member(member(usage, "prompt_tokens_details"), "cached_tokens")};
}

// `part` is "message" in a whole answer and "delta" in an event.
std::optional<ModelPiece> piece(const json& body, const char* part) {
  const json& choice = first_of(member(body, "choices"));
  const json& content = member(member(choice, part), "content");
  const bool other_media = !content.is_string() && !content.is_null();
  if (!choice.is_object() || other_media) return std::nullopt;
  return ModelPiece{.text = text_member(member(choice, part), "content"),
                    .finish_reason = text_member(choice, "finish_reason"),
                    .usage = usage_of(body),
                    .model = text_member(body, "model")};
}

std::optional<ModelPiece> answer(const json& body) {
  return piece(body, "message");
}
std::optional<ModelPiece> event(const json& body) {
  return piece(body, "delta");
}

}  // namespace

const Dialect& codestral_dialect() {
  static constexpr Dialect kDialect = {.name = "codestral",
                                       .title = "Codestral",
                                       .base_url = "https://codestral.mistral.ai",
                                       .path = "/v1/fim/completions",
                                       .model = "codestral-latest",
                                       .key_variable = "CODESTRAL_API_KEY",
                                       .request = request_body,
                                       .answer = answer,
                                       .event = event};
  return kDialect;
}

}  // namespace fimd
