// The shape in which OpenAI's API and its many relatives answer: {"choices": [...], "usage": {...}, "model":
// "..."}.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "lambda/providers/dialect.h"

namespace fimd {

// The choices with the text that `text_of` finds in each; nothing when there is none whose text is a string
// or null. One without an index has its place in the array as index. Counts cached tokens in either of the
// two places where vendors report them.
std::optional<ModelPiece> choice_piece(const nlohmann::json& body,
                                       const nlohmann::json& (*text_of)(const nlohmann::json& choice));

// choices[].text, as `/v1/completions` answers.
std::optional<ModelPiece> text_choice(const nlohmann::json& body);
// The same for an event of its stream, whose last one may hold the usage alone, with no choice.
std::optional<ModelPiece> text_event(const nlohmann::json& event);

}  // namespace fimd
