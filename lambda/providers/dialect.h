// What one vendor's wire looks like: pure translation between our contract and theirs. model.cpp does the
// talking.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/completion.h"

namespace fimd {

// A part of one of an answer's texts, or all of it.
struct ModelText {
  std::string text;
  std::string finish_reason;  // empty: not over yet, or not said
  std::size_t index = 0;      // as the vendor counts its texts; any number
};

// A part of an answer, or all of it.
struct ModelPiece {
  std::vector<ModelText> texts;
  std::optional<Usage> usage;  // so far: of the text, where there is one, else of all of them
  std::string model;           // empty: not said
};

// The tokens with which a family of models was trained to fill in the middle: begin PREFIX hole SUFFIX end.
struct FimTokens {
  std::string_view family;
  std::string_view begin;
  std::string_view hole;
  std::string_view end;
  std::span<const std::string_view> stop;  // what such models leak when they have said all
};
// "qwen", "starcoder", "deepseek", "codellama"; null when there is no such family.
const FimTokens* find_fim_tokens(std::string_view family);

struct ModelChoice {
  std::string model;
  const FimTokens* tokens = nullptr;  // null: the server knows them, the suffix goes into a field
};

struct Dialect {
  std::string_view name;               // as FIM_PROVIDER spells it, and as answers and logs do
  std::string_view title;              // starts the error sentences: "Codestral error: ..."
  std::string_view base_url;           // when FIM_UPSTREAM_URL is not set; empty: it must be
  std::string_view path;               // appended to the base URL
  std::string_view model = "";         // when FIM_MODEL is not set
  bool needs_model = false;            // no default: FIM_MODEL must be set
  std::string_view key_variable = "";  // must hold the key; empty: FIM_API_KEY holds it, if there is one
  enum class Streaming { events, lines } streaming = Streaming::events;
  bool several = false;  // `n` texts can be had from one call: the vendor documents it

  // What to do about an error of the model, from its status, the host that was asked and its sentence. Empty:
  // nothing to add. Null: never.
  std::string (*hint)(int status, std::string_view host, std::string_view sentence) = nullptr;

  // The body of the request. Only fields that the vendor knows: some refuse the others.
  std::string (*request)(const CompletionRequest& request, const ModelChoice& choice);
  // An answer that is not streamed, and one event of a stream. Nothing: it is not what the vendor documents.
  std::optional<ModelPiece> (*answer)(const nlohmann::json& body);
  std::optional<ModelPiece> (*event)(const nlohmann::json& event);
};

// What to ask for: where several texts are, at least kSeveralTemperature, since a model that is sure of
// itself says the same each time.
constexpr double kSeveralTemperature = 0.8;
double temperature_of(const CompletionRequest& request);

// The dialect of that name; null when there is none.
const Dialect* find_dialect(std::string_view name);

const Dialect& codestral_dialect();
const Dialect& deepseek_dialect();
const Dialect& llamacpp_dialect();
const Dialect& ollama_dialect();
const Dialect& openai_dialect();

}  // namespace fimd
