// The suggestion that an editor is believed to show, and what becomes of it. Pure: the clock is a parameter.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "daemon/spot.h"

namespace fimd {

struct Shown {
  using Time = std::chrono::steady_clock::time_point;

  std::string id;
  std::string text;
  Spot spot;
  Time since;
};

enum class Fate {
  open,      // typed through so far, or nothing happened
  accepted,  // all of it stands before the cursor
  rejected,  // it was on the screen long enough to be read, and the user went another way
  unseen,    // the user went another way before it could be read
};

// 84 % of the suggestions that people accept were visible for longer than this.
constexpr std::chrono::milliseconds kTimeToRead{300};

Fate fate_of(const Shown& shown, const Text& text, Offset cursor, Shown::Time now);

}  // namespace fimd
