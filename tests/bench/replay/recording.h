// What a person typed, edit by edit, and what they were about to type at each moment.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fimd::bench {

struct Patch {
  std::size_t position = 0;  // bytes from the start of the document
  std::size_t deleted = 0;
  std::string inserted;
};

// One step of the recording: everything that changed at one moment.
struct Step {
  double gap = 0;              // seconds since the step before, long ones cut
  std::vector<Patch> patches;  // to be applied in this order
  bool is_key =
      false;  // a key of a person who types; the rest (pastes, several cursors) only changes the text
  std::size_t cursor = 0;  // after it; for keys
  // What the person goes on to type at the cursor, with typing errors already corrected. Empty when they go
  // elsewhere.
  std::string truth;

  void apply_to(std::string& text) const;
};

struct Recording {
  std::string name;
  std::string language;  // LSP languageId
  std::string start;     // the document before the first step
  std::vector<Step> steps;
};

// A file of github.com/josephg/editing-traces (sequential, ASCII), unpacked. Gaps are cut to `longest_gap`
// seconds; `most_keys` ends it early. Steps that share one tick of a coarse clock are spread over that tick.
Recording load_recording(const std::string& path, double longest_gap, std::size_t most_keys);

// Files of source code whose middle parts are typed again with the gaps of people: 92-135 ms at p50 within a
// run, longer after words and lines, with some typing errors.
Recording typed_sources(const std::vector<std::string>& paths, std::uint64_t seed, std::size_t most_keys);

}  // namespace fimd::bench
