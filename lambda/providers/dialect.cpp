#include "lambda/providers/dialect.h"

#include <algorithm>
#include <array>

namespace fimd {
namespace {

constexpr std::string_view kQwenStop[] = {"<|endoftext|>", "<|fim_pad|>", "<|file_sep|>", "<|repo_name|>"};
constexpr std::string_view kStarCoderStop[] = {"<|endoftext|>", "<file_sep>"};
constexpr std::string_view kDeepSeekStop[] = {"<｜end▁of▁sentence｜>"};
constexpr std::string_view kCodeLlamaStop[] = {"<EOT>"};

// From the models' own documentation. The blanks of CodeLlama belong to its tokens.
constexpr std::array kFimTokens = {
    FimTokens{"qwen", "<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>", kQwenStop},
    FimTokens{"starcoder", "<fim_prefix>", "<fim_suffix>", "<fim_middle>", kStarCoderStop},
    FimTokens{"deepseek", "<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>", kDeepSeekStop},
    FimTokens{"codellama", "<PRE> ", " <SUF>", " <MID>", kCodeLlamaStop},
};

}  // namespace

const FimTokens* find_fim_tokens(std::string_view family) {
  const auto found = std::find_if(kFimTokens.begin(), kFimTokens.end(),
                                  [&](const FimTokens& tokens) { return tokens.family == family; });
  return found == kFimTokens.end() ? nullptr : &*found;
}

double temperature_of(const CompletionRequest& request) {
  return request.n > 1 ? std::max(request.temperature, kSeveralTemperature) : request.temperature;
}

const Dialect* find_dialect(std::string_view name) {
  for (const Dialect* dialect : {&codestral_dialect(), &deepseek_dialect(), &llamacpp_dialect(),
                                 &ollama_dialect(), &openai_dialect()}) {
    if (dialect->name == name) return dialect;
  }
  return nullptr;
}

}  // namespace fimd
