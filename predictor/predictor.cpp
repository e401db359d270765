#include "predictor/predictor.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <utility>
#include <vector>

#include "predictor/continuation.h"
#include "predictor/fit.h"
#include "predictor/query.h"
#include "predictor/text_index.h"

namespace fimd {
namespace {

constexpr double kMinProbability = 0.45;
constexpr std::size_t kMaxBytes = 256;  // longer guesses come from minified or generated text
constexpr std::array<std::uint32_t, 10> kBackOff = {32, 24, 16, 12, 8, 6, 4, 3, 2, 1};

// A place that shares a long context with the cursor is worth more than one that shares a token.
double probability(const Continuation& way, std::uint32_t length) {
  const double doubt = 2.0 / (1.0 + length);
  return way.followers / (way.voters + doubt);
}

// The context lengths to try, longest first: the best match's own, then the back-off steps under it.
std::vector<std::uint32_t> levels(const std::vector<Match>& matches) {
  std::uint32_t longest = 0;
  for (const Match& match : matches) longest = std::max(longest, match.length);
  std::vector<std::uint32_t> lengths = {longest};
  std::copy_if(kBackOff.begin(), kBackOff.end(), std::back_inserter(lengths),
               [longest](std::uint32_t length) { return length < longest; });
  return lengths;
}

// The text of `way` behind what is typed of its first token.
std::string_view added(const TextIndex& index, const Query& query, const Continuation& way) {
  return index.text(way.first, way.last).substr(query.partial.size());
}

bool repeats(std::string_view line, std::string_view text, std::string_view next_line) {
  return line.size() + text.size() == next_line.size() && next_line.starts_with(line) &&
         next_line.ends_with(text);
}

std::string_view without_current_line(std::string_view prefix) {
  return prefix.substr(0, prefix.find_last_of("\r\n") + 1);
}

std::string_view without_first_line(std::string_view suffix) {
  take_line(suffix);
  return suffix;
}

}  // namespace

std::optional<Prediction> predict(std::string_view prefix, std::string_view suffix,
                                  std::span<const std::string_view> others) {
  TextIndex index;
  for (const std::string_view other : others) index.append(other);
  index.append(without_first_line(suffix));
  index.append(without_current_line(prefix));

  const Query query = make_query(prefix);
  const std::vector<Match> matches = index.matches(query);
  const std::string_view next_line = next_text_line(suffix);
  std::optional<Prediction> best;
  double best_score = 0.0;
  for (const std::uint32_t length : levels(matches)) {
    std::vector<std::uint32_t> positions;
    for (const Match& match : matches) {
      if (match.length >= length) positions.push_back(match.position);
    }
    const std::vector<Continuation> ways = descend(index.ids(), positions);
    if (!ways.empty() && repeats(query.line, added(index, query, ways.back()), next_line)) continue;
    for (const Continuation& way : ways) {
      const std::string_view text = added(index, query, way);
      const double p = probability(way, length);
      const double score = p * std::sqrt(static_cast<double>(text.size()));
      if (p < kMinProbability || score <= best_score || text.size() > kMaxBytes) continue;
      std::string fitted = fit(text, suffix);
      if (fitted.empty()) continue;
      best = Prediction{std::move(fitted), p};
      best_score = score;
    }
  }
  return best;
}

}  // namespace fimd
