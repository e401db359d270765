// What the replays count.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace fimd::bench {

struct Durations {
  std::vector<double> microseconds;

  double at(double share) const;  // a quantile; 0 if nothing was measured
};

// Adds the processor time of this thread from its construction to its end: what others run does not count.
class Timed {
 public:
  explicit Timed(Durations& to) : to_(to), since_(thread_seconds()) {}
  ~Timed() { to_.microseconds.push_back(1e6 * (thread_seconds() - since_)); }
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;

 private:
  static double thread_seconds();

  Durations& to_;
  double since_;
};

constexpr std::size_t kLong = 5;

struct Measured {
  std::size_t keys = 0;           // to be pressed without suggestions
  std::size_t saved = 0;          // of them in accepted suggestions
  std::size_t accepted = 0;       // suggestions, each costs a Tab
  std::size_t saved_long = 0;     // by suggestions of at least kLong keys
  std::size_t accepted_long = 0;  // which are so many
  std::size_t shown = 0;          // suggestions; one that is typed through is one
  std::size_t tokens = 0;         // that were to be typed
  std::size_t tokens_right = 0;   // by what is said
  std::size_t all_tokens = 0;     // those in accepted text too
  std::size_t next_right = 0;     // of them, by the likeliest token, said or not
  std::size_t lines = 0;
  std::size_t lines_right = 0;
  std::size_t blocks = 0;        // suggestions of more than one line, at every key that shows one
  std::size_t block_lines = 0;   // that they go on for, after the first
  std::size_t blocks_begun = 0;  // of which the first line is right
  std::size_t blocks_right = 0;  // and all of them
  Durations query;               // predict()
  Durations upkeep;              // read() and typed()
  double source_bytes = 0, resident_bytes = 0, build_seconds = 0, load_seconds = 0, largest_bytes = 0;

  void accept(std::size_t keys_saved) {
    ++accepted;
    saved += keys_saved;
    if (keys_saved < kLong) return;
    ++accepted_long;
    saved_long += keys_saved;
  }
};

double percent(std::size_t part, std::size_t all);

}  // namespace fimd::bench
