#include "tests/bench/replay/oracle.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>

namespace fimd::bench {
namespace {

constexpr std::size_t kTail = 48;  // bytes before the cursor that name a place
constexpr std::size_t kLongestAnswer = 400;
constexpr std::ptrdiff_t kLongestAnswerLines = 8;

std::uint64_t place_of(std::string_view prefix) {
  return std::hash<std::string_view>()(prefix.substr(prefix.size() - std::min(prefix.size(), kTail)));
}

std::string first_lines(std::string_view text) {
  text = text.substr(0, kLongestAnswer);
  auto end = text.begin();
  for (std::ptrdiff_t lines = 0; end != text.end() && lines < kLongestAnswerLines; ++lines) {
    end = std::find(end, text.end(), '\n');
    if (end != text.end()) ++end;
  }
  std::string result(text.begin(), end);
  while (!result.empty() && result.back() == '\n') result.pop_back();
  return result;
}

// Begins like the truth and then goes its own way for about as long.
std::string mistaken(std::string_view truth, std::mt19937_64& random) {
  static constexpr std::string_view kWords[] = {"other", "value", "(index)", " + ",
                                                "next_", "->",    "count",   ", "};
  auto text = std::string(truth.substr(0, 4 + random() % 5)) + "q";
  while (text.size() < std::clamp<std::size_t>(truth.size(), 12, 60))
    text += kWords[random() % std::size(kWords)];
  return text;
}

}  // namespace

Oracle::Oracle(const Recording& recording, Luck luck) : luck_(luck) {
  auto text = recording.start;
  for (std::size_t i = 0; i < recording.steps.size(); ++i) {
    const auto& step = recording.steps[i];
    step.apply_to(text);
    if (!step.is_key || step.cursor == 0) continue;
    places_[place_of(std::string_view(text).substr(0, step.cursor))].push_back({i, step.truth});
    // The places that a longer insertion jumps over can be reached by accepting a suggestion.
    const auto& inserted = step.patches.front().inserted;
    for (std::size_t back = 1; back < inserted.size() && back < step.cursor; ++back)
      places_[place_of(std::string_view(text).substr(0, step.cursor - back))].push_back(
          {i, text.substr(step.cursor - back, back) + step.truth});
  }
}

std::string_view Oracle::truth_at(std::string_view prefix, std::size_t near) const {
  const auto found = prefix.empty() ? places_.end() : places_.find(place_of(prefix));
  if (found == places_.end()) return {};
  const auto distance = [&](const Known& known) {
    return known.step > near ? known.step - near : near - known.step;
  };
  const auto nearest =
      std::min_element(found->second.begin(), found->second.end(),
                       [&](const auto& a, const auto& b) { return distance(a) < distance(b); });
  return nearest->truth;
}

Answer Oracle::answer(std::string_view prefix, std::size_t near) {
  const auto truth = truth_at(prefix, near);
  const auto place = prefix.empty() ? 0 : place_of(prefix);
  std::seed_seq seeds{luck_.seed, place, place >> 32, asked_[place]++};
  std::mt19937_64 random(seeds);
  const auto chance = [&](double probability) {
    return std::uniform_real_distribution()(random) < probability;
  };
  const bool right = chance(luck_.accuracy), stalls = chance(luck_.stalls), fails = chance(luck_.errors);
  Answer answer;
  answer.seconds = luck_.latency_p50 * std::exp(luck_.latency_sigma * std::normal_distribution()(random));
  if (stalls) answer.seconds += 5;
  if (fails)
    answer.status = chance(0.5) ? 429 : 500;
  else
    answer.text = right ? first_lines(truth) : mistaken(truth, random);
  return answer;
}

}  // namespace fimd::bench
