#include "lambda/providers/choices.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "lambda/fields.h"

namespace fimd {
namespace {

using nlohmann::json;

std::optional<Usage> usage_of(const json& body) {
  const json& usage = member(body, "usage");
  if (!usage.is_object()) return std::nullopt;
  const int cached = std::max(count_member(member(usage, "prompt_tokens_details"), "cached_tokens"),
                              count_member(usage, "prompt_cache_hit_tokens"));
  return Usage{.prompt_tokens = count_member(usage, "prompt_tokens"),
               .completion_tokens = count_member(usage, "completion_tokens"),
               .cached_tokens = cached};
}

const json& text_of_choice(const json& choice) {
  return member(choice, "text");
}

}  // namespace

std::optional<ModelPiece> choice_piece(const json& body, const json& (*text_of)(const json& choice)) {
  const json& choices = member(body, "choices");
  if (!choices.is_array()) return std::nullopt;
  ModelPiece piece{.texts = {}, .usage = usage_of(body), .model = text_member(body, "model")};
  for (std::size_t place = 0; place < choices.size(); ++place) {
    const json& choice = choices[place];
    const json& text = text_of(choice);
    if (!choice.is_object() || (!text.is_string() && !text.is_null())) continue;
    const json& index = member(choice, "index");
    piece.texts.push_back({.text = text.is_string() ? text.get<std::string>() : "",
                           .finish_reason = text_member(choice, "finish_reason"),
                           .index = index.is_number_unsigned() ? index.get<std::size_t>() : place});
  }
  if (piece.texts.empty()) return std::nullopt;
  return piece;
}

std::optional<ModelPiece> text_choice(const json& body) {
  return choice_piece(body, text_of_choice);
}

std::optional<ModelPiece> text_event(const json& event) {
  const json& choices = member(event, "choices");
  const auto usage = usage_of(event);
  if (!choices.is_array() || !choices.empty() || !usage) return text_choice(event);
  return ModelPiece{.texts = {}, .usage = usage, .model = ""};
}

}  // namespace fimd
