// Instant completions from the user's own text: no model, no network, no state outside the arguments.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace fimd {

struct Prediction {
  std::string text;          // what comes after the prefix; never empty, no trailing blanks, one line
  double probability = 0.0;  // that the user will type exactly this, 0 to 1
};

// The likely continuation of `prefix` (the text before the cursor; `suffix` stands after it), learnt from
// both and from `others`, further texts of the same project. Empty when nothing is likely. Reads every text
// once: about 10 ms for each megabyte. Any bytes are fine.
std::optional<Prediction> predict(std::string_view prefix, std::string_view suffix,
                                  std::span<const std::string_view> others = {});

}  // namespace fimd
