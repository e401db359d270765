#include "predictor/candidate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

#include "predictor/tokens.h"

namespace fimd {
namespace {

// The places of one index that share a context with the cursor.
struct Level {
  std::size_t step = 0;
  Suffixes places;
};

// Shortest context first; a context whose places are those of the next longer one is left out.
std::vector<Level> levels(const Query& query, const Suffixes& suffixes) {
  std::vector<Level> found;
  for (std::size_t step = 0; step < query.steps; ++step) {
    const Suffixes places = suffixes.with(query.context(step));
    if (places.starts.empty()) break;
    if (!found.empty() && found.back().places.starts.size() == places.starts.size()) found.pop_back();
    found.push_back({step, places});
  }
  return found;
}

float log_of(double value) {
  return static_cast<float>(std::log(value));
}

// The logarithms of small numbers, looked up because every candidate needs several.
float log_of(std::size_t value) {
  static const auto kLogs = [] {
    std::array<float, 512> logs{};
    for (std::size_t i = 1; i < logs.size(); ++i) logs[i] = log_of(static_cast<double>(i));
    return logs;
  }();
  return value < kLogs.size() ? kLogs[value] : log_of(static_cast<double>(value));
}

// What one index says with its longest context.
struct Voice {
  std::string_view text;
  std::size_t step = 0;
  bool heard = false;
};

using Voices = std::array<Voice, kSources>;

std::size_t common(std::string_view a, std::string_view b) {
  return static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
}

// How many other indexes, asked for their longest context, say this too; and how many something else.
void count_voices(const Candidate& candidate, const Voices& voices, float& agree, float& object) {
  for (std::size_t i = 0; i < kSources; ++i) {
    if (i == static_cast<std::size_t>(candidate.source) || !voices[i].heard) continue;
    const bool same = voices[i].text.starts_with(candidate.way.text);
    (same ? agree : object) += 1;
  }
}

Features features_of(const Candidate& c, const Query& query, std::size_t longest, const Voices& voices) {
  const auto places = static_cast<double>(c.places);
  const double share = c.way.share;
  const float log_share = log_of((share * places + 0.3) / (places + 0.9));
  const float log_order = log_of(kBackOff[c.step]);
  float agree = 0, object = 0;
  count_voices(c, voices, agree, object);
  const auto own = common(voices[static_cast<std::size_t>(c.source)].text, c.way.text) == c.way.text.size();
  const float log_age = c.source == Source::workspace ? 0.0F : log_of(static_cast<double>(c.age + 64)) - 4.0F;
  const bool at_start = query.line.empty();
  const bool ends_word = is_word(c.way.text.back());
  const std::size_t context_bytes = query.context(c.step).size();
  return {1.0F,
          log_share,
          static_cast<float>(share),
          log_of(c.places),
          log_order,
          log_order * log_of(c.way.text.size()),
          log_of(context_bytes),
          log_of(c.way.text.size()),
          log_of(std::size_t{c.way.tokens}),
          c.way.whole_line ? 1.0F : 0.0F,
          at_start ? 1.0F : 0.0F,
          query.in_word ? 1.0F : 0.0F,
          log_order * log_share,
          log_of(kBackOff[longest]) - log_order,
          agree,
          object,
          own ? 1.0F : 0.0F,
          ends_word ? 1.0F : 0.0F,
          c.places == 1 ? 1.0F : 0.0F,
          c.step == 0 && query.in_word ? log_of(context_bytes) : 0.0F,
          c.way.whole_line ? log_order : 0.0F,
          at_start ? log_order : 0.0F,
          log_age,
          c.places == 1 ? log_age : 0.0F};
}

}  // namespace

std::vector<Candidate> candidates(const Query& query, std::span<const Indexed> indexes,
                                  std::uint32_t max_lines) {
  std::vector<Candidate> all;
  Voices voices{};
  std::size_t longest = 0;
  for (const Indexed& index : indexes) {
    Voice& voice = voices[static_cast<std::size_t>(index.source)];
    for (const Level& level : levels(query, index.suffixes)) {
      const std::size_t offset = query.context(level.step).size();
      const bool spans_lines = offset > query.line.size();
      const auto here = static_cast<std::uint32_t>(index.here + query.line.size() - offset);
      const Voters voters = voters_at(level.places, offset, spans_lines ? here : kNowhere);
      const std::size_t places =
          level.places.starts.size() > kMaxVoters ? level.places.starts.size() : voters.size();
      const auto ways = descend(level.places.text, voters, offset, max_lines);
      for (const Continuation& way : ways)
        all.push_back({way, index.source, level.step, index.suffixes.text.size() - way.last, places, {}});
      if (!ways.empty()) voice = {ways.back().text, level.step, true};
    }
    longest = std::max(longest, voice.step);
  }
  for (Candidate& candidate : all) candidate.features = features_of(candidate, query, longest, voices);
  return all;
}

}  // namespace fimd
