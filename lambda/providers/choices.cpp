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
  const json& choice = first_of(member(body, "choices"));
  if (!choice.is_object()) return std::nullopt;
  const json& text = text_of(choice);
  if (!text.is_string() && !text.is_null()) return std::nullopt;
  return ModelPiece{.text = text.is_string() ? text.get<std::string>() : "",
                    .finish_reason = text_member(choice, "finish_reason"),
                    .usage = usage_of(body),
                    .model = text_member(body, "model")};
}

std::optional<ModelPiece> text_choice(const json& body) {
  return choice_piece(body, text_of_choice);
}

std::optional<ModelPiece> text_event(const json& event) {
  const json& choices = member(event, "choices");
  const auto usage = usage_of(event);
  if (!choices.is_array() || !choices.empty() || !usage) return text_choice(event);
  return ModelPiece{.text = "", .finish_reason = "", .usage = usage, .model = ""};
}

}  // namespace fimd
