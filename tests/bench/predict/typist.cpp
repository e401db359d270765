#include "tests/bench/predict/typist.h"

#include <algorithm>

#include "daemon/trim.h"
#include "predictor/gate.h"
#include "predictor/tokens.h"

namespace fimd::bench {
namespace {

// LSP's name, as far as trim tells languages apart.
std::string_view language_of(std::string_view path) {
  const std::string_view ending = path.substr(path.rfind('.') + 1);
  if (ending == "py" || ending == "pyi") return "python";
  if (ending == "c" || ending == "h") return "c";
  return ending == "cc" || ending == "cpp" ? "cpp" : ending;
}

PredictionQuery query_at(std::string_view document, std::string_view prefix, std::string_view suffix) {
  const bool multi = lines_wanted(prefix, suffix, language_of(document)) == Lines::multi;
  return {document, prefix, suffix, multi};
}

// What the daemon makes of it; empty for nothing.
std::string trimmed(const std::string& said, const PredictionQuery& query) {
  TrimContext context;
  context.prefix = query.prefix;
  context.suffix = query.suffix;
  context.language = language_of(query.document);
  const auto text = trim(said, context);
  return text ? text->text : std::string();
}

}  // namespace

bool splits_word(std::string_view text, std::string_view next) {
  return !next.empty() && is_word(text.back()) && is_word(next.front());
}

void Typist::type(std::string_view document, std::string& prefix, std::string_view suffix,
                  std::string_view line, std::string_view below) {
  below_ = below;
  const std::string_view text = trim_left(line);
  prefix += line.substr(0, line.size() - text.size());
  screen_.clear();
  for (std::size_t at = 0, token = 0; at < text.size();) {
    const std::string_view truth = text.substr(at);
    const std::size_t step = suggested(query_at(document, prefix, suffix), text, truth);
    for (const std::size_t end = at + step; at < end; ++at) {
      if (at == token) {
        token = token_end(text, at);
        judge_token(query_at(document, prefix, suffix), text.substr(at, token - at));
      }
      prefix += text[at];
    }
  }
  predicted(query_at(document, prefix, suffix), "");
  measured_.keys += text.size() + 1;  // and Enter
  ++measured_.lines;
}

// One line; what it says further is judged.
std::optional<Prediction> Typist::predicted(const PredictionQuery& query, std::string_view truth) {
  std::optional<Prediction> said;
  {
    const Timed timed(measured_.query);
    said = predictor_.predict(query);
  }
  const std::size_t line_end = said ? said->text.find('\n') : std::string::npos;
  if (line_end == std::string::npos) return said;
  if (said->shown) judge_block(trimmed(said->text, query), truth);
  said->text.resize(line_end);
  return said->text.empty() ? std::nullopt : said;
}

// How many bytes the next action types: those of an accepted suggestion, or one key's.
std::size_t Typist::suggested(const PredictionQuery& query, std::string_view text, std::string_view truth) {
  {
    const Timed timed(measured_.upkeep);
    predictor_.read(query);
  }
  if (options_.samples != nullptr) sample(query, truth);
  const auto said = predicted(query, truth);
  judge(said, text, truth);
  const bool shown = said && (options_.threshold ? said->probability >= *options_.threshold : said->shown);
  if (shown) {
    screen_.show(said->text);
    if (truth.starts_with(said->text) && !splits_word(said->text, truth.substr(said->text.size()))) {
      measured_.accept(said->text.size());
      screen_.clear();
      return said->text.size();
    }
  } else {
    screen_.clear();
  }
  std::size_t key = 1;
  while (key < truth.size() && (static_cast<unsigned char>(truth[key]) & 0xC0) == 0x80) ++key;
  screen_.typed(truth.substr(0, key));
  return key;
}

// A suggestion of several lines, against the line and what follows it.
void Typist::judge_block(const std::string& said, std::string_view truth) {
  const std::size_t line_end = said.find('\n', 1);
  if (said.find('\n') == std::string::npos) return;
  const std::string whole = std::string(truth).append("\n").append(below_);
  ++measured_.blocks;
  measured_.block_lines += static_cast<std::size_t>(std::count(said.begin(), said.end(), '\n'));
  measured_.blocks_begun += whole.starts_with(said.substr(0, line_end) + "\n") ? 1 : 0;
  measured_.blocks_right += whole.starts_with(said + "\n") ? 1 : 0;
}

// Of the likeliest next token, be it too short to be said.
void Typist::judge_token(const PredictionQuery& query, std::string_view truth) {
  const auto all = predictor_.consider(query);
  const auto value = [](const Candidate& c) { return c.way.tokens == 1 ? probability(c) : 0.0; };
  const auto less = [&](const Candidate& a, const Candidate& b) { return value(a) < value(b); };
  const auto best = std::max_element(all.begin(), all.end(), less);
  ++measured_.all_tokens;
  measured_.next_right += best != all.end() && best->way.text == truth ? 1 : 0;
}

void Typist::judge(const std::optional<Prediction>& said, std::string_view text, std::string_view truth) {
  const std::size_t at = text.size() - truth.size();
  const bool token_starts = at == 0 || !is_word(text[at - 1]) || !is_word(text[at]);
  if (!token_starts) return;
  ++measured_.tokens;
  measured_.tokens_right += said && said->text.starts_with(truth.substr(0, token_end(truth, 0))) ? 1 : 0;
  measured_.lines_right += at == 0 && said && said->text == truth ? 1 : 0;
}

void Typist::sample(const PredictionQuery& query, std::string_view truth) {
  if (++positions_ % 3 != 0) return;
  for (const Candidate& c : predictor_.consider(query)) {
    if (c.way.text.size() < 4) continue;
    options_.samples->push_back({c.source, c.features, truth.starts_with(c.way.text)});
  }
}

}  // namespace fimd::bench
