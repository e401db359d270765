// Ways to answer an editor: the real daemon, and the ways of others played beside it.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/replay/oracle.h"

namespace fimd::bench {

// One request of the editor, after a key.
struct Moment {
  std::size_t step = 0;
  std::string_view text;  // the whole document
  std::size_t cursor = 0;
  double now = 0;    // seconds
  double until = 0;  // when the next key comes
};

// Ghost text that came on the screen.
struct Shown {
  std::string text;  // what stands from the cursor on
  double at = 0;
};

// A request to the model.
struct Call {
  std::string answer;
  bool shown = false;              // some of its answer was on the screen once
  std::size_t step = 0;            // where the person was
  std::string prompt{}, suffix{};  // of the real daemon
};

class Policy {
 public:
  virtual ~Policy() = default;
  virtual std::string name() const = 0;
  // A step that asks for nothing.
  virtual void edit(const Step&) {}
  // The editor asks after a key; `accepted`: the key took the suggestion over. What it shows before `until`,
  // if anything.
  virtual std::optional<Shown> ask(const Step& step, const Moment& moment, bool accepted) = 0;
  virtual std::vector<Call>& calls() = 0;
  // Share of the prompt's characters that a provider would have found in its cache, in blocks of 64 tokens.
  virtual std::optional<double> prompt_reuse() const { return std::nullopt; }
  // What it has used of a processor.
  virtual std::optional<double> processor_seconds() const { return std::nullopt; }
};

// What others do, played in virtual time: cancelling at each key, a debounce of 300 ms, a trie that serves
// typing through but cancels, and the market leader's way, a trie and requests joined for 200 ms. Their own
// time is taken to be nothing. Each has the same luck, from an oracle of its own. Those with a trie ask where
// the line goes on after the cursor only if `mid_line`; the leader itself does not.
std::vector<std::unique_ptr<Policy>> peers(const Oracle& oracle, bool mid_line);

// The real program over stdio with a real HTTP endpoint on loopback, in virtual time.
struct DaemonOptions {
  std::string program;
  std::string time_library;  // see virtual_time.h
  std::string language;
  std::string predictor = "off";
  bool speculation = true;
  bool mid_line = false;
};
std::unique_ptr<Policy> real_daemon(const Oracle& oracle, const DaemonOptions& options,
                                    const std::string& start);

}  // namespace fimd::bench
