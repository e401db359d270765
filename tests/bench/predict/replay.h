// People at work, played to the predictor: each key, what it would show, and whether that is what they typed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "predictor/candidate.h"
#include "tests/bench/predict/history.h"
#include "tests/bench/predict/measure.h"
#include "tests/bench/replay/recording.h"

namespace fimd::bench {

struct Sample {
  Source source;
  Features features;
  bool right;
};

struct ReplayOptions {
  std::size_t commits = 40;
  std::optional<double> threshold;         // instead of the gate's own
  std::vector<Sample>* samples = nullptr;  // gets what the predictor considered at some of the keys
};

// Types the lines that the last commits really added, top to bottom, commit after commit. The workspace index
// is that of the commit's parent; the session holds what was typed before in the replay.
Measured replay_commits(const std::string& repository, const ReplayOptions& options);

// Plays every key of a recording. A suggestion is accepted only if the document with it inserted is, byte for
// byte, one that the recording reaches by the next keys; it saves these keys.
Measured replay_keys(const Recording& recording, const ReplayOptions& options);

}  // namespace fimd::bench
