// The figures as a Markdown table and as a chart.
#pragma once

#include <string>
#include <vector>

#include "tests/bench/replay/replay.h"

namespace fimd::bench {

// One recording, played to every policy.
struct Section {
  std::string title;
  std::vector<Score> typing;     // the person accepts nothing
  std::vector<Score> accepting;  // ... takes right suggestions; may be empty
};

std::string markdown(const Section& section);
// Bars of the keys with the right text at once and of the calls, by recording and policy; for light and dark
// pages.
std::string chart(const std::vector<Section>& sections);

}  // namespace fimd::bench
