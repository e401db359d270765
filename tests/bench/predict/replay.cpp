#include "tests/bench/predict/replay.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string_view>
#include <utility>

#include "predictor/predictor.h"
#include "predictor/tokens.h"

namespace fimd::bench {
namespace {

std::shared_ptr<const WorkspaceIndex> index_of(const std::vector<std::string>& texts, Measured& measured) {
  Durations build, load;
  WorkspaceIndex index;
  {
    const Timed timed(build);
    WorkspaceIndex::Builder builder;
    for (const std::string& text : texts) builder.add(text);
    index = std::move(builder).build();
  }
  if (measured.source_bytes == 0) {  // the image of one is enough
    const std::string image = index.image();
    const Timed timed(load);
    if (!WorkspaceIndex::load(image)) std::fputs("the image was refused\n", stderr);
  }
  measured.source_bytes += static_cast<double>(index.source_bytes());
  measured.resident_bytes += static_cast<double>(index.resident_bytes());
  measured.build_seconds += build.at(1) / 1e6;
  if (!load.microseconds.empty()) {
    measured.load_seconds = load.at(1) / 1e6;
    measured.largest_bytes = static_cast<double>(index.source_bytes());
  }
  return std::make_shared<const WorkspaceIndex>(std::move(index));
}

// Nobody accepts a part of a word.
bool splits_word(std::string_view text, std::string_view next) {
  return !next.empty() && is_word(text.back()) && is_word(next.front());
}

// The suggestion on the screen: typed through, it stays one.
class Screen {
 public:
  explicit Screen(Measured& measured) : measured_(measured) {}

  void show(const std::string& text) {
    if (text != on_) ++measured_.shown;
    on_ = text;
  }
  void clear() { on_.clear(); }
  void typed(std::string_view key) {
    if (on_.starts_with(key)) {
      on_.erase(0, key.size());
    } else {
      on_.clear();
    }
  }

 private:
  Measured& measured_;
  std::string on_;
};

class Typist {
 public:
  Typist(Predictor& predictor, Measured& measured, const ReplayOptions& options)
      : predictor_(predictor), measured_(measured), options_(options), screen_(measured) {}

  // Types `line` at the end of `prefix`, the indentation for nothing.
  void type(std::string_view document, std::string& prefix, std::string_view suffix, std::string_view line) {
    const std::string_view text = trim_left(line);
    prefix += line.substr(0, line.size() - text.size());
    screen_.clear();
    for (std::size_t at = 0; at < text.size();) {
      const std::string_view truth = text.substr(at);
      const std::size_t step = suggested({document, prefix, suffix}, text, truth);
      prefix += truth.substr(0, step);
      at += step;
    }
    measured_.keys += text.size() + 1;  // and Enter
    ++measured_.lines;
  }

 private:
  // How many bytes the next action types: those of an accepted suggestion, or one key's.
  std::size_t suggested(const PredictionQuery& query, std::string_view text, std::string_view truth) {
    {
      const Timed timed(measured_.upkeep);
      predictor_.read(query);
    }
    if (options_.samples != nullptr) sample(query, truth);
    std::optional<Prediction> said;
    {
      const Timed timed(measured_.query);
      said = predictor_.predict(query);
    }
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

  void judge(const std::optional<Prediction>& said, std::string_view text, std::string_view truth) {
    const std::size_t at = text.size() - truth.size();
    const bool token_starts = at == 0 || !is_word(text[at - 1]) || !is_word(text[at]);
    if (!token_starts) return;
    ++measured_.tokens;
    measured_.tokens_right += said && said->text.starts_with(truth.substr(0, token_end(truth, 0))) ? 1 : 0;
    measured_.lines_right += at == 0 && said && said->text == truth ? 1 : 0;
  }

  void sample(const PredictionQuery& query, std::string_view truth) {
    if (++positions_ % 3 != 0) return;
    for (const Candidate& c : predictor_.consider(query)) {
      if (c.way.text.size() < 2) continue;
      options_.samples->push_back({c.source, c.features, truth.starts_with(c.way.text)});
    }
  }

  Predictor& predictor_;
  Measured& measured_;
  const ReplayOptions& options_;
  Screen screen_;
  std::size_t positions_ = 0;
};

std::string joined(const std::vector<std::string>& lines, std::size_t from) {
  std::string text = "\n";
  for (std::size_t i = from; i < lines.size(); ++i) text.append(lines[i]) += '\n';
  return text;
}

void replay_file(const FileChange& file, Predictor& predictor, Typist& typist, Measured& measured) {
  std::string prefix;
  std::size_t old = 0;
  for (const Hunk& hunk : file.hunks) {
    for (; old < hunk.old_begin && old < file.before.size(); ++old) prefix.append(file.before[old]) += '\n';
    old = hunk.old_end;
    const std::string suffix = joined(file.before, old);
    while (predictor.read({file.path, prefix, suffix})) {
    }
    for (const Line& line : hunk.lines) {
      if (line.typed) {
        typist.type(file.path, prefix, suffix, line.text);
        const Timed timed(measured.upkeep);
        predictor.typed(line.text);
      } else {
        prefix += line.text;
      }
      prefix += '\n';
    }
  }
}

bool is_typed(const FileChange& file) {
  return std::ranges::any_of(file.hunks,
                             [](const Hunk& hunk) { return std::ranges::any_of(hunk.lines, &Line::typed); });
}

}  // namespace

Measured replay_commits(const std::string& repository, const ReplayOptions& options) {
  Measured measured;
  Predictor predictor;
  Typist typist(predictor, measured, options);
  for (const Commit& commit : last_commits(repository, options.commits)) {
    predictor.set_workspace(index_of(tree_before(repository, commit.id), measured));
    for (const FileChange& file : commit.files)
      if (is_typed(file)) replay_file(file, predictor, typist, measured);
  }
  return measured;
}

namespace {

std::string_view line_at(std::string_view text, std::size_t cursor) {
  const std::size_t start = cursor == 0 ? 0 : text.rfind('\n', cursor - 1) + 1;
  return text.substr(start, std::min(text.find('\n', cursor), text.size()) - start);
}

// By how many steps behind `from` the recording reaches `wanted`; 0 if it does not.
std::size_t steps_to(const Recording& recording, std::size_t from, std::string text,
                     const std::string& wanted, std::size_t bytes) {
  for (std::size_t i = from + 1; i < recording.steps.size() && i <= from + 2 * bytes + 20; ++i) {
    if (!recording.steps[i].is_key) return 0;
    recording.steps[i].apply_to(text);
    if (text == wanted) return i - from;
  }
  return 0;
}

}  // namespace

Measured replay_keys(const Recording& recording, const ReplayOptions& options) {
  Measured measured;
  Predictor predictor;
  Screen screen(measured);
  std::string text = recording.start, line;
  std::size_t line_start = 0;
  const auto& steps = recording.steps;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Step& step = steps[i];
    step.apply_to(text);
    if (!step.is_key) continue;
    ++measured.keys;
    screen.typed(step.patches[0].deleted > 0 ? "\b" : step.patches[0].inserted);
    const std::size_t cursor = std::min(step.cursor, text.size());
    const std::string_view now = line_at(text, cursor);
    const auto start = static_cast<std::size_t>(now.data() - text.data());
    const PredictionQuery query{recording.name, std::string_view(text).substr(0, cursor),
                                std::string_view(text).substr(cursor)};
    {
      const Timed timed(measured.upkeep);
      if (start != line_start && !line.empty()) predictor.typed(line);
      predictor.read(query);
    }
    line_start = start;
    line = now;
    std::optional<Prediction> said;
    {
      const Timed timed(measured.query);
      said = predictor.predict(query);
    }
    const bool shown = said && (options.threshold ? said->probability >= *options.threshold : said->shown);
    if (!shown) {
      screen.clear();
      continue;
    }
    screen.show(said->text);
    auto wanted = text;
    wanted.insert(cursor, said->text);
    const std::size_t saved = steps_to(recording, i, text, wanted, said->text.size());
    if (saved == 0) continue;
    const Step* next = i + saved + 1 < steps.size() ? &steps[i + saved + 1] : nullptr;
    const bool goes_on = next != nullptr && next->is_key && next->patches[0].deleted == 0 &&
                         next->patches[0].position == cursor + said->text.size();
    if (goes_on && splits_word(said->text, next->patches[0].inserted)) continue;
    measured.accept(saved);
    measured.keys += saved;
    i += saved;
    text = std::move(wanted);
    line = line_at(text, std::min(cursor + said->text.size(), text.size()));
    screen.clear();
  }
  return measured;
}

}  // namespace fimd::bench
