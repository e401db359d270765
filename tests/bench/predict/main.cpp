// What the predictor saves: on the lines that commits added, and on the keys of recordings. Two tables,
// because the two numbers do not compare.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/bench/predict/replay.h"
#include "tests/bench/predict/train.h"

namespace fimd::bench {
namespace {

constexpr auto kUsage =
    "usage: predict [--commits N] [--threshold P] [--train] [REPOSITORY | RECORDING.json]...\n"
    "  --commits N    of each repository (40)\n"
    "  --threshold P  show suggestions of at least this probability, instead of the gate's\n"
    "  --train        print the gate's weights as these repositories have them, for "
    "predictor/gate_weights.inc\n";

struct Options {
  ReplayOptions replay;
  bool train = false;
  std::vector<std::string> repositories, recordings;
};

Options parse(int count, char** arguments) {
  Options options;
  for (int i = 1; i < count; ++i) {
    const std::string argument = arguments[i];
    const auto value = [&] {
      return i + 1 < count ? arguments[++i] : throw std::invalid_argument(argument + " lacks its value");
    };
    if (argument == "--commits") {
      options.replay.commits = std::stoul(value());
    } else if (argument == "--threshold") {
      options.replay.threshold = std::stod(value());
    } else if (argument == "--train") {
      options.train = true;
    } else if (argument.starts_with("--")) {
      throw std::invalid_argument(kUsage);
    } else {
      (argument.ends_with(".json") ? options.recordings : options.repositories).push_back(argument);
    }
  }
  if (options.repositories.empty() && options.recordings.empty()) options.repositories = {"."};
  return options;
}

std::string name_of(std::string path) {
  while (path.ends_with('/')) path.pop_back();
  for (const char* end : {"/repo", "/.git", ".json"})
    if (path.ends_with(end)) path.resize(path.size() - std::string(end).size());
  return path.substr(path.rfind('/') + 1);
}

void print_row(const std::string& name, const Measured& m) {
  const std::size_t net = m.saved - m.accepted, net_long = m.saved_long - m.accepted_long;
  std::printf(
      "| %s | %zu | %.1f %% | %.1f %% | %.1f %% | %.1f %% (%zu of %zu) | %.1f | %.1f %% | %.1f %% | %.1f %% "
      "| %.0f / "
      "%.0f us | %.0f / %.0f us |\n",
      name.c_str(), m.keys, percent(net, m.keys), percent(net_long, m.keys), percent(m.saved, m.keys),
      percent(m.accepted, m.shown), m.accepted, m.shown,
      static_cast<double>(m.saved) / static_cast<double>(std::max<std::size_t>(m.accepted, 1)),
      percent(m.next_right, m.all_tokens), percent(m.tokens_right, m.tokens), percent(m.lines_right, m.lines),
      m.query.at(0.5), m.query.at(0.99), m.upkeep.at(0.5), m.upkeep.at(0.99));
  std::fflush(stdout);
}

constexpr auto kHead =
    "saved, Tab counted | of it 5 and longer | without Tab | accepted of shown | mean length | next token | "
    "top-1 | whole "
    "line | "
    "query p50 / p99 | upkeep p50 / p99 |\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|";

void replay(const Options& options) {
  std::vector<std::string> sizes, blocks;
  double saved = 0;
  if (!options.repositories.empty()) std::printf("| commits | characters | %s\n", kHead);
  for (const std::string& repository : options.repositories) {
    const Measured m = replay_commits(repository, options.replay);
    print_row(name_of(repository), m);
    saved += percent(m.saved - m.accepted, m.keys);
    char line[200];
    std::snprintf(line, sizeof line, "| %s | %.1f MB | %.1f MB/s | %.2f | %.1f ms |",
                  name_of(repository).c_str(), m.largest_bytes / 1e6, m.source_bytes / 1e6 / m.build_seconds,
                  m.resident_bytes / m.source_bytes, 1e3 * m.load_seconds);
    sizes.emplace_back(line);
    std::snprintf(
        line, sizeof line, "| %s | %zu | %.1f | %.0f %% | %.0f %% |", name_of(repository).c_str(), m.blocks,
        static_cast<double>(m.block_lines) / static_cast<double>(std::max<std::size_t>(m.blocks, 1)),
        percent(m.blocks_begun, m.blocks), percent(m.blocks_right, m.blocks));
    blocks.emplace_back(line);
  }
  if (options.repositories.size() > 1)
    std::printf("mean of the characters saved, Tab counted: %.1f %%\n",
                saved / static_cast<double>(options.repositories.size()));
  if (!sizes.empty())
    std::puts("\n| workspace | source | build | resident bytes per byte | load |\n|---|---:|---:|---:|---:|");
  for (const std::string& line : sizes) std::puts(line.c_str());
  if (!blocks.empty())
    std::puts(
        "\n| several lines | shown | further lines | first right | all right |\n|---|---:|---:|---:|---:|");
  for (const std::string& line : blocks) std::puts(line.c_str());
  if (!options.recordings.empty()) std::printf("\n| recording | keys | %s\n", kHead);
  for (const std::string& recording : options.recordings)
    print_row(name_of(recording), replay_keys(load_recording(recording, 3.0, 1'000'000), options.replay));
}

void train(Options options) {
  std::vector<Sample> samples;
  options.replay.samples = &samples;
  for (const std::string& repository : options.repositories) replay_commits(repository, options.replay);
  std::printf("// From %zu candidates.\n", samples.size());
  print(trained(samples));
}

}  // namespace
}  // namespace fimd::bench

int main(int count, char** arguments) {
  try {
    const auto options = fimd::bench::parse(count, arguments);
    options.train ? fimd::bench::train(options) : fimd::bench::replay(options);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
