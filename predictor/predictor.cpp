#include "predictor/predictor.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "predictor/fit.h"
#include "predictor/further_lines.h"
#include "predictor/gate.h"
#include "predictor/query.h"

namespace fimd {
namespace {

constexpr std::size_t kMinBytes = 4;   // less is sooner typed than read
constexpr std::size_t kDocuments = 4;  // that are kept indexed

// The characters that it saves in expectation.
double score(double probability, std::size_t bytes) {
  return probability * static_cast<double>(bytes);
}

// Or the start of it.
bool begins_next_line(const Query& query, std::string_view text) {
  const std::string_view next = first_text_line(query.after);
  return next.starts_with(query.line) && next.substr(query.line.size()).starts_with(text);
}

// A likely whole thought comes before a likelier part of one, and what is likely before what is not.
int rank(const Candidate& candidate, double p, double likely) {
  return (p >= likely ? 2 : 0) + (candidate.way.whole ? 1 : 0);
}

struct Best {
  const Candidate* candidate;
  Prediction prediction;
};

// `likely`: from this probability on a whole thought goes first.
std::optional<Best> best_of(std::span<const Candidate> all, const Query& query, double likely) {
  const Candidate* best = nullptr;
  double best_p = 0;
  std::pair<int, double> best_value;
  std::string best_text;
  for (const Candidate& candidate : all) {
    if (candidate.way.text.size() < kMinBytes) continue;
    const double p = probability(candidate);
    if (p < kSaidProbability) continue;
    const std::pair value{rank(candidate, p, likely), score(p, candidate.way.text.size())};
    if (best != nullptr && value <= best_value) continue;
    if (begins_next_line(query, candidate.way.text)) continue;
    std::string fitted = fit(candidate.way.text, query.rest);
    if (fitted.size() < kMinBytes) continue;
    best = &candidate;
    best_p = p;
    best_value = value;
    best_text = std::move(fitted);
  }
  if (best == nullptr) return std::nullopt;
  return Best{best, {std::move(best_text), best_p, best_p >= kShownProbability}};
}

std::optional<Prediction> said_by(std::optional<Best> best) {
  if (!best) return std::nullopt;
  return std::move(best->prediction);
}

// The document's candidate that says the same, for the longest context.
const Candidate* in_document(std::span<const Candidate> all, std::string_view text) {
  const auto same = std::find_if(all.rbegin(), all.rend(), [&](const Candidate& candidate) {
    return candidate.source == Source::document && candidate.way.text == text;
  });
  return same == all.rend() ? nullptr : &*same;
}

}  // namespace

bool Predictor::read(const PredictionQuery& query) {
  const auto at = make_query(query.prefix, query.suffix);
  return at && read(query.document, *at);
}

bool Predictor::read(std::string_view document, const Query& query) {
  const auto known = std::find_if(documents_.begin(), documents_.end(),
                                  [&](const Document& d) { return d.name == document; });
  if (known == documents_.end()) {
    if (documents_.size() == kDocuments) documents_.erase(documents_.begin());
    documents_.push_back({std::string(document), {}});
  } else {
    std::rotate(known, known + 1, documents_.end());
  }
  return documents_.back().index.update(query.before, query.after);
}

std::vector<Indexed> Predictor::indexes() const {
  std::vector<Indexed> all = {{Source::session, session_.suffixes(), kNowhere}};
  const DocumentIndex& document = documents_.back().index;
  all.push_back({Source::document, document.suffixes(), document.here()});
  if (workspace_) all.push_back({Source::workspace, workspace_->suffixes(), kNowhere});
  return all;
}

std::vector<Candidate> Predictor::consider(const PredictionQuery& query) {
  const auto at = make_query(query.prefix, query.suffix);
  if (!at) return {};
  read(query.document, *at);
  return candidates(*at, indexes(), 1);
}

std::optional<Prediction> Predictor::predict(const PredictionQuery& query) {
  const auto at = make_query(query.prefix, query.suffix);
  if (!at) return std::nullopt;
  read(query.document, *at);
  const auto all = candidates(*at, indexes(), 1);
  auto best = best_of(all, *at, kLikely);
  if (!query.multi_line || !at->rest.empty()) return said_by(std::move(best));
  if (!at->line.empty() && !(best && best->prediction.shown)) {
    if (auto lines = lines_under(*at)) return lines;
  }
  if (!best) return std::nullopt;
  if (const Candidate* first = in_document(all, best->candidate->way.text))
    best->prediction.text += further_lines(*at, *first, documents_.back().index);
  return said_by(std::move(best));
}

// Of a line that ends at the cursor and opens a block.
std::optional<Prediction> Predictor::lines_under(const Query& line) const {
  const Query at = below(line);
  const auto all = candidates(at, indexes(), 1);
  auto best = best_of(all, at, kLikely);
  const Candidate* first = best ? in_document(all, best->candidate->way.text) : nullptr;
  if (first == nullptr) return std::nullopt;
  best->prediction.text = lines_below(at, *first, documents_.back().index);
  if (best->prediction.text.empty()) return std::nullopt;
  return said_by(std::move(best));
}

void Predictor::forget(std::string_view document) {
  std::erase_if(documents_, [&](const Document& d) { return d.name == document; });
}

std::size_t Predictor::resident_bytes() const {
  std::size_t bytes = session_.resident_bytes();
  for (const Document& document : documents_) bytes += document.index.resident_bytes();
  return bytes;
}

std::optional<Prediction> predict(std::string_view prefix, std::string_view suffix,
                                  std::span<const std::string_view> others) {
  const auto query = make_query(prefix, suffix);
  if (!query) return std::nullopt;
  WorkspaceIndex::Builder texts, own;
  for (const std::string_view other : others) texts.add(other);
  own.add(query->before);
  own.add(query->after);
  const WorkspaceIndex workspace = std::move(texts).build();
  const WorkspaceIndex document = std::move(own).build();
  const Indexed indexes[] = {{Source::document, document.suffixes()},
                             {Source::workspace, workspace.suffixes()}};
  const auto all = candidates(*query, indexes, 1);
  return said_by(best_of(all, *query, kSaidProbability));
}

}  // namespace fimd
