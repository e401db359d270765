// Plays a recording to a policy and judges what comes on the screen.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/bench/replay/policy.h"

namespace fimd::bench {

struct Typing {
  bool accepts =
      false;  // takes right suggestions of kAcceptedBytes and more, after looking at them for kLook
};
constexpr std::size_t kAcceptedBytes = 5;
constexpr double kLook = 0.7;
constexpr double kPrompt = 0.1;    // "at once" for a person
constexpr double kInstant = 0.03;  // surely from local state

struct Score {
  std::string policy;
  int keys = 0;
  int calls = 0;
  int calls_never_shown = 0;
  int any_prompt = 0;    // keys with a suggestion within kPrompt
  int right_prompt = 0;  // ... that is what will be typed
  int right = 0;         // keys with the right suggestion before the next key
  int answers = 0;       // not empty, shown before the next key
  int instant = 0;       // ... within kInstant
  int flickers = 0;      // text on the screen changed although it still fitted
  int vanished = 0;      // ... went away
  int accepted = 0;
  int keys_saved = 0;
  int answers_after_accept = 0;
  int instant_after_accept = 0;
  std::optional<double> prompt_reuse;
  std::optional<double> processor_seconds;

  Score& operator+=(const Score& more);
};

Score replay(const Recording& recording, Policy& policy, Typing typing);

}  // namespace fimd::bench
