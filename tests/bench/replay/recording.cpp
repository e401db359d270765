#include "tests/bench/replay/recording.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <random>
#include <stdexcept>

namespace fimd::bench {
namespace {

constexpr std::size_t kLongestKey = 64;  // more at once is a paste
constexpr std::size_t kLongestTruth = 600;
constexpr double kCoarseTick = 1.0;

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// "2020-10-18T07:27:11.000Z" in seconds; only differences within months matter.
double seconds(const std::string& time) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0;
  double second = 0;
  std::sscanf(time.c_str(), "%d-%d-%dT%d:%d:%lf", &year, &month, &day, &hour, &minute, &second);
  return ((((year * 12.0 + month) * 31 + day) * 24 + hour) * 60 + minute) * 60 + second;
}

bool only_closers(std::string_view text) {
  return text.find_first_not_of(")]}>\"'`;, ") == std::string_view::npos;
}

// What the person's hand is on: text typed in one go, with the closing brackets that were typed over.
struct Run {
  std::string typed;
  std::size_t cursor = 0;
  struct Moment {
    Step* step;
    std::string typed;
    std::size_t kept;  // how much of what was typed before this key is still there
  };
  std::vector<Moment> moments;

  // The longest text that each moment grew into before it was deleted again.
  void tell_truth() {
    for (std::size_t i = 0; i < moments.size(); ++i) {
      const auto length = moments[i].typed.size();
      const std::string* longest = &moments[i].typed;
      for (auto j = i + 1; j < moments.size() && moments[j].kept >= length; ++j)
        if (moments[j].typed.size() > longest->size()) longest = &moments[j].typed;
      moments[i].step->truth = longest->substr(length, kLongestTruth);
    }
    moments.clear();
    typed.clear();
  }
};

// Where the cursor stands after a key: behind what it inserted, or inside it if the next key goes there (the
// editor added the closing bracket).
std::size_t cursor_after(const Patch& patch, const Step* next) {
  const auto end = patch.position + patch.inserted.size();
  if (next == nullptr || next->patches.size() != 1) return end;
  const auto at = next->patches[0].position + next->patches[0].deleted;
  return at > patch.position && at < end ? at : end;
}

void find_truth(Recording& recording) {
  auto text = recording.start;
  Run run;
  for (std::size_t i = 0; i < recording.steps.size(); ++i) {
    auto& step = recording.steps[i];
    const auto& patch = step.patches.front();
    step.is_key =
        step.patches.size() == 1 && patch.inserted.size() <= kLongestKey && patch.deleted <= kLongestKey;
    if (step.is_key) {
      const auto end = patch.position + patch.deleted;
      const auto skipped = end >= run.cursor ? text.substr(run.cursor, end - run.cursor) : std::string();
      const bool goes_on = end >= run.cursor && skipped.size() <= 3 && only_closers(skipped) &&
                           patch.deleted <= run.typed.size() + skipped.size();
      if (!goes_on) run.tell_truth();
      if (goes_on) run.typed += skipped;
      run.typed.resize(run.typed.size() - std::min(patch.deleted, run.typed.size()));
      const auto kept = run.typed.size();
      step.cursor = cursor_after(patch, i + 1 < recording.steps.size() ? &recording.steps[i + 1] : nullptr);
      run.typed += patch.inserted.substr(0, step.cursor - patch.position);
      run.cursor = step.cursor;
      run.moments.push_back({&step, run.typed, kept});
    } else {
      run.tell_truth();
      run.cursor = std::string::npos;
    }
    step.apply_to(text);
  }
  run.tell_truth();
}

// What is in them stands in the names of recordings only; most are prose.
std::string language_of(const std::string& name) {
  for (const char* language : {"svelte", "rust"})
    if (name.starts_with(language)) return language;
  return "markdown";
}

// A clock of whole seconds gives several steps one time; they are spread evenly until the next tick.
void spread(std::vector<double>& times) {
  for (std::size_t first = 0; first < times.size();) {
    auto last = first;
    while (last < times.size() && times[last] == times[first]) ++last;
    const auto room = last < times.size() ? std::min(times[last] - times[first], kCoarseTick) : kCoarseTick;
    for (auto i = first; i < last; ++i)
      times[i] += room * static_cast<double>(i - first) / static_cast<double>(last - first);
    first = last;
  }
}

}  // namespace

void Step::apply_to(std::string& text) const {
  for (const auto& patch : patches) text.replace(patch.position, patch.deleted, patch.inserted);
}

Recording load_recording(const std::string& path, double longest_gap, std::size_t most_keys) {
  const auto json = nlohmann::json::parse(read_file(path));
  Recording recording;
  recording.name = path.substr(path.rfind('/') + 1);
  recording.name.resize(recording.name.find('.'));
  recording.language = language_of(recording.name);
  recording.start = json.at("startContent").get<std::string>();
  std::vector<double> times;
  for (const auto& txn : json.at("txns")) {
    if (recording.steps.size() > most_keys) break;
    Step step;
    for (const auto& patch : txn.at("patches"))
      step.patches.push_back(
          {patch[0].get<std::size_t>(), patch[1].get<std::size_t>(), patch[2].get<std::string>()});
    times.push_back(seconds(txn.at("time")));
    recording.steps.push_back(std::move(step));
  }
  spread(times);
  for (std::size_t i = 1; i < times.size(); ++i)
    recording.steps[i].gap = std::clamp(times[i] - times[i - 1], 0.0, longest_gap);
  find_truth(recording);
  return recording;
}

namespace {

// Types `text` into a document, key by key.
class Typist {
 public:
  explicit Typist(std::uint64_t seed) : random_(seed) {}

  void type(Recording& recording, std::size_t position, std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
      if (chance(0.015) && std::isalpha(static_cast<unsigned char>(text[at]))) {
        recording.steps.push_back(key(position + at, 0, "x", text.substr(0, at)));
        recording.steps.push_back(key(position + at, 1, "", "x"));
      }
      // The editor indents the new line itself, and a character of several bytes is one key.
      auto end = at + 1;
      if (text[at] == '\n') end = std::min(text.find_first_not_of(" \t", end), text.size());
      while (end < text.size() && (text[end] & 0xC0) == 0x80) ++end;
      recording.steps.push_back(
          key(position + at, 0, std::string(text.substr(at, end - at)), text.substr(0, at)));
      at = end;
    }
  }

 private:
  Step key(std::size_t position, std::size_t deleted, std::string inserted, std::string_view before) {
    const char last = before.empty() ? '\n' : before.back();
    const double p50 = last == '\n' ? 0.9 : std::isalnum(static_cast<unsigned char>(last)) ? 0.105 : 0.18;
    Step step;
    step.gap = std::clamp(p50 * std::exp(0.6 * normal_(random_)), 0.02, 3.0);
    step.patches.push_back({position, deleted, std::move(inserted)});
    return step;
  }
  bool chance(double probability) { return std::uniform_real_distribution()(random_) < probability; }

  std::mt19937_64 random_;
  std::normal_distribution<> normal_;
};

}  // namespace

Recording typed_sources(const std::vector<std::string>& paths, std::uint64_t seed, std::size_t most_keys) {
  Recording recording{"own sources", "cpp", "", {}};
  Typist typist(seed);
  for (const auto& path : paths) recording.start += read_file(path);
  // The second quarter of each half of the whole is taken out and typed again, from the back to the front.
  const auto line_at = [&](std::size_t place) { return recording.start.find('\n', place) + 1; };
  const auto size = recording.start.size();
  const auto second = line_at(size * 5 / 8), first = line_at(size / 8);
  const auto length = std::min(most_keys / 2, size / 4);
  const auto cut = [&](std::size_t from) {
    const auto text = recording.start.substr(from, line_at(from + length) - from - 1);
    recording.start.erase(from, text.size());
    return text;
  };
  const auto late = cut(second), early = cut(first);
  typist.type(recording, second - early.size(), late);
  typist.type(recording, first, early);
  find_truth(recording);
  return recording;
}

}  // namespace fimd::bench
