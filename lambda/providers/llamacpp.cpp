// llama.cpp's server, `POST /infill`: it knows the tokens of its model and needs no name for it.
// It gives as many texts as it has slots (`--parallel`) and refuses more with a 400.
#include <nlohmann/json.hpp>

#include "lambda/fields.h"
#include "lambda/providers/dialect.h"
#include "protocol/json_text.h"

namespace fimd {
namespace {

using nlohmann::json;

std::string request_body(const CompletionRequest& request, const ModelChoice&) {
  json body = {
      {"input_prefix", request.prompt},  {"input_suffix", request.suffix},         {"prompt", ""},
      {"n_predict", request.max_tokens}, {"temperature", temperature_of(request)}, {"cache_prompt", true},
      {"stream", request.stream}};
  if (request.n > 1) body["n_cmpl"] = request.n;
  if (!request.stop.empty()) body["stop"] = request.stop;
  return dump_json(body);
}

// A whole answer and an event look alike; `stop` is true in the last event of a text and in a whole answer.
// Several whole answers come in an array.
std::optional<ModelPiece> answer(const json& body) {
  if (!member(body, "content").is_string()) return std::nullopt;
  ModelText text{.text = text_member(body, "content"),
                 .finish_reason = "",
                 .index = static_cast<std::size_t>(count_member(body, "index"))};
  ModelPiece piece{.texts = {text}, .usage = std::nullopt, .model = text_member(body, "model")};
  if (!flag_member(body, "stop")) return piece;
  const bool cut = text_member(body, "stop_type") == "limit" || flag_member(body, "stopped_limit");
  piece.texts.front().finish_reason = cut ? "length" : "stop";
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
                                       .several = true,
                                       .request = request_body,
                                       .answer = answer,
                                       .event = answer};
  return kDialect;
}

}  // namespace fimd
