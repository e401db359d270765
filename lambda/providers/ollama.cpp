// Ollama's `POST /api/generate`. It streams unless told not to, and as lines of JSON instead of events.
#include <nlohmann/json.hpp>

#include "lambda/fields.h"
#include "lambda/providers/dialect.h"
#include "protocol/json_text.h"

namespace fimd {
namespace {

using nlohmann::json;

std::string request_body(const CompletionRequest& request, const ModelChoice& choice) {
  json options = {{"num_predict", request.max_tokens}, {"temperature", request.temperature}};
  if (!request.stop.empty()) options["stop"] = request.stop;
  return dump_json({{"model", choice.model},
                    {"prompt", request.prompt},
                    {"suffix", request.suffix},
                    {"options", options},
                    {"stream", request.stream}});
}

std::optional<ModelPiece> answer(const json& body) {
  if (!member(body, "response").is_string()) return std::nullopt;
  ModelText text{.text = text_member(body, "response"), .finish_reason = "", .index = 0};
  ModelPiece piece{.texts = {text}, .usage = std::nullopt, .model = text_member(body, "model")};
  if (!flag_member(body, "done")) return piece;
  const std::string reason = text_member(body, "done_reason");
  piece.texts.front().finish_reason = reason.empty() ? "stop" : reason;
  piece.usage = Usage{.prompt_tokens = count_member(body, "prompt_eval_count"),
                      .completion_tokens = count_member(body, "eval_count"),
                      .cached_tokens = 0};
  return piece;
}

}  // namespace

const Dialect& ollama_dialect() {
  static constexpr Dialect kDialect = {.name = "ollama",
                                       .title = "Ollama",
                                       .base_url = "http://127.0.0.1:11434",
                                       .path = "/api/generate",
                                       .needs_model = true,
                                       .streaming = Dialect::Streaming::lines,
                                       .request = request_body,
                                       .answer = answer,
                                       .event = answer};
  return kDialect;
}

}  // namespace fimd
