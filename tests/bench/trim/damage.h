// What models do to an insertion. README.md defines the kinds.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "tests/bench/trim/insertion.h"

namespace fimd {

// What the model says instead of the insertion; nothing when the kind does not apply to it.
struct Damage {
  std::string name;
  std::function<std::optional<std::string>(const Insertion&, Random&)> apply;
};

const std::vector<Damage>& kinds_of_damage();

}  // namespace fimd
