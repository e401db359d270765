// Replays recordings of people typing to the real daemon and to the policies of others. See --help.
#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <string_view>

#include "tests/bench/replay/latency.h"
#include "tests/bench/replay/prompt_reuse.h"
#include "tests/bench/replay/report.h"

namespace {

using namespace fimd::bench;

constexpr std::string_view kHelp = R"(usage: replay-bench [options] RECORDING... | SOURCE...
  RECORDING            unpacked JSON of github.com/josephg/editing-traces; anything else is source code to be typed again
  --daemon PROGRAM     the daemon; without it only the others are played
  --time LIBRARY       what gives the daemon its clock, see virtual_time.h
  --accuracy A[,A...]  probabilities that the model is right (0.35)
  --seed N[,N...]      of all luck (1); the figures of several are added up
  --keys N             stop after so many (100000)
  --longest-gap S      cut pauses to so many seconds (3)
  --typing-only        leave out the run in which suggestions are accepted
  --no-speculation     turn the daemon's prefetching off
  --mid-line           let the leader and the daemon ask also where the line goes on after the cursor
  --chart FILE         write an SVG
  --line, --latency    instead: typing one line; round trips and memory
  --prompts            instead: how much of the prompts a provider would find in its cache, and why not more
)";

struct Options {
  std::vector<std::string> files;
  std::string program, time_library, chart;
  double longest_gap = 3;
  std::vector<double> accuracies{0.35};
  std::vector<std::uint64_t> seeds{1};
  std::size_t keys = 100'000;
  bool accepting = true, speculation = true, mid_line = false, help = false;
  bool line = false, latency = false, prompts = false;
};

template <typename Number>
std::vector<Number> numbers(std::string_view list) {
  std::vector<Number> result;
  for (std::size_t at = 0; at < list.size();) {
    const auto end = std::min(list.find(',', at), list.size());
    result.push_back(static_cast<Number>(std::stod(std::string(list.substr(at, end - at)))));
    at = end + 1;
  }
  return result;
}

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    const auto value = [&] {
      if (++i == argc) throw std::runtime_error(name + " needs a value");
      return std::string(argv[i]);
    };
    if (name == "--daemon")
      options.program = value();
    else if (name == "--time")
      options.time_library = value();
    else if (name == "--accuracy")
      options.accuracies = numbers<double>(value());
    else if (name == "--seed")
      options.seeds = numbers<std::uint64_t>(value());
    else if (name == "--keys")
      options.keys = std::stoull(value());
    else if (name == "--longest-gap")
      options.longest_gap = std::stod(value());
    else if (name == "--typing-only")
      options.accepting = false;
    else if (name == "--no-speculation")
      options.speculation = false;
    else if (name == "--mid-line")
      options.mid_line = true;
    else if (name == "--chart")
      options.chart = value();
    else if (name == "--help")
      options.help = true;
    else if (name == "--line")
      options.line = true;
    else if (name == "--latency")
      options.latency = true;
    else if (name == "--prompts")
      options.prompts = true;
    else if (name.starts_with("--"))
      throw std::runtime_error("unknown option " + name);
    else
      options.files.push_back(name);
  }
  return options;
}

std::vector<Recording> recordings(const Options& options) {
  std::vector<Recording> result;
  std::vector<std::string> sources;
  for (const auto& file : options.files) {
    if (file.ends_with(".json"))
      result.push_back(load_recording(file, options.longest_gap, options.keys));
    else
      sources.push_back(file);
  }
  if (!sources.empty())
    result.push_back(
        typed_sources(sources, options.seeds.front(), std::min<std::size_t>(options.keys, 3000)));
  return result;
}

DaemonOptions daemon_for(const Recording& recording, const Options& options) {
  return {.program = options.program,
          .time_library = options.time_library,
          .language = recording.language,
          .speculation = options.speculation,
          .mid_line = options.mid_line};
}

std::vector<Score> play(const Recording& recording, const Oracle& oracle, const Options& options,
                        Typing typing) {
  std::vector<Score> scores;
  for (const auto& peer : peers(oracle, options.mid_line)) scores.push_back(replay(recording, *peer, typing));
  if (options.program.empty()) return scores;
  const auto daemon = daemon_for(recording, options);
  scores.push_back(replay(recording, *real_daemon(oracle, daemon, recording.start), typing));
  return scores;
}

void add(std::vector<Score>& sum, const std::vector<Score>& more) {
  if (sum.empty()) sum.resize(more.size());
  for (std::size_t i = 0; i < more.size(); ++i) sum[i] += more[i];
}

Section section(const Recording& recording, double accuracy, const Options& options) {
  Section result;
  result.title =
      fmt::format("{}, the model is right in {:.0f} % of its answers", recording.name, accuracy * 100);
  for (const auto seed : options.seeds) {
    const Oracle oracle(recording, {.seed = seed, .accuracy = accuracy});
    add(result.typing, play(recording, oracle, options, {.accepts = false}));
    if (options.accepting) add(result.accepting, play(recording, oracle, options, {.accepts = true}));
  }
  return result;
}

std::string prompts_of(const Recording& recording, const Options& options) {
  const Oracle oracle(recording, {.seed = options.seeds.front(), .accuracy = options.accuracies.front()});
  const auto daemon = real_daemon(oracle, daemon_for(recording, options), recording.start);
  replay(recording, *daemon, {.accepts = false});
  return prompt_report(recording, daemon->calls());
}

void run(const Options& options) {
  if (options.line) return fmt::print("{}", line_report(options.program, options.time_library));
  if (options.latency) return fmt::print("{}", latency_report(options.program));
  fmt::print(
      "Seeds {}; answers after 300 ms (p50, log-normal, sigma 0.95), 1 % stalls of 5 s, 1 % errors; pauses "
      "cut to {} s. All in virtual time: the daemon's own processor time stands beside it.\n",
      fmt::join(options.seeds, ", "), options.longest_gap);
  if (options.prompts) {
    for (const auto& recording : recordings(options)) fmt::print("{}", prompts_of(recording, options));
    return;
  }
  std::vector<Section> sections;
  for (const auto& recording : recordings(options)) {
    for (const double accuracy : options.accuracies) {
      sections.push_back(section(recording, accuracy, options));
      fmt::print("{}", markdown(sections.back()));
      std::fflush(stdout);
    }
  }
  if (!options.chart.empty()) std::ofstream(options.chart) << chart(sections);
}

}  // namespace

int main(int argc, char** argv) try {
  const auto options = parse(argc, argv);
  const bool nothing_to_do = options.files.empty() && !options.line && !options.latency;
  if (options.help) return fmt::print("{}", kHelp), 0;
  if (nothing_to_do) return fmt::print("{}", kHelp), 2;
  run(options);
} catch (const std::exception& fault) {
  fmt::print(stderr, "replay-bench: {}\n", fault.what());
  return 1;
}
