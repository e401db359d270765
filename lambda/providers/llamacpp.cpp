// llama.cpp's server, `POST /infill`: it knows the tokens of its model and needs no name for it.
#include <nlohmann/json.hpp>

#include "lambda/fields.h"
#include "lambda/providers/dialect.h"
#include "protocol/json_text.h"

namespace fimd {
namespace {

using nlohmann::json;

std::string request_body(const CompletionRequest& request, const ModelChoice&) {
  json body = {
      {"input_prefix", request.prompt},  {"input_suffix", request.suffix},     {"prompt", ""},
      {"n_predict", request.max_tokens}, {"temperature", request.temperature}, {"cache_prompt", true},
      {"stream", request.stream}};
  if (!request.stop.empty()) body["stop"] = request.stop;
  return dump_json(body);
}

// A whole answer and an event look alike; `stop` is true in the last event and in the whole answer.
std::optional<ModelPiece> answer(const json& body) {
  if (!member(body, "content").is_string()) return std::nullopt;
  ModelPiece piece{.text = text_member(body, "content"),
                   .finish_reason = "",
                   .usage = std::nullopt,
                   .model = text_member(body, "model")};
  if (!flag_member(body, "stop")) return piece;
  const bool cut = text_member(body, "stop_type") == "limit" || flag_member(body, "stopped_limit");
  piece.finish_reason = cut ? "length" : "stop";
  piece.usage = Usage{.prompt_tokens = count_member(body, "tokens_evaluated"),
                      .completion_tokens = count_member(body, "tokens_predicted"),
                      .cached_tokens = count_member(member(body, "timings"), "cache_n")};
  return piece;
}

}  // namespace

const Dialect& llamacpp_dialect() {
  static constexpr Dialect kDialect = {.name = "llamacpp",
                                       .title = "llama.cpp",
                                       .base_url = "",
                                       .path = "/infill",
                                       .request = request_body,
                                       .answer = answer,
                                       .event = answer};
  return kDialect;
}

}  // namespace fimd
