// `POST /v1/completions` as OpenAI defined it and vLLM, LM Studio, TGI, Together, Fireworks and others serve
// it. With FIM_MODEL_FAMILY the model's own fill-in-the-middle tokens are written into the prompt, because
// vLLM refuses `suffix`.
#include <nlohmann/json.hpp>

#include "lambda/providers/choices.h"
#include "protocol/json_text.h"

namespace fimd {
namespace {

using nlohmann::json;

std::string request_body(const CompletionRequest& request, const ModelChoice& choice) {
  json body = {{"model", choice.model},
               {"prompt", request.prompt},
               {"max_tokens", request.max_tokens},
               {"temperature", temperature_of(request)}};
  std::vector<std::string> stop = request.stop;
  if (const FimTokens* tokens = choice.tokens) {
    body["prompt"] = std::string(tokens->begin)
                         .append(request.prompt)
                         .append(tokens->hole)
                         .append(request.suffix)
                         .append(tokens->end);
    for (const auto token : tokens->stop) stop.emplace_back(token);
  } else {
    body["suffix"] = request.suffix;
  }
  if (!stop.empty()) body["stop"] = stop;
  if (request.n > 1) body["n"] = request.n;
  if (request.stream) body["stream"] = true;
  return dump_json(body);
}

std::string hint(int status, std::string_view, std::string_view sentence) {
  const bool refuses_suffix = status == 400 && sentence.find("suffix") != std::string_view::npos;
  return refuses_suffix ? "FIM_MODEL_FAMILY writes the model's own tokens instead" : "";
}

}  // namespace

const Dialect& openai_dialect() {
  static constexpr Dialect kDialect = {.name = "openai",
                                       .title = "Model",
                                       .base_url = "",
                                       .path = "/v1/completions",
                                       .needs_model = true,
                                       .several = true,
                                       .hint = hint,
                                       .request = request_body,
                                       .answer = text_choice,
                                       .event = text_event};
  return kDialect;
}

}  // namespace fimd
