#include "tests/bench/predict/replay.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <string_view>
#include <utility>

#include "predictor/predictor.h"
#include "tests/bench/predict/typist.h"

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

std::string joined(const std::vector<std::string>& lines, std::size_t from) {
  std::string text = "\n";
  for (std::size_t i = from; i < lines.size(); ++i) text.append(lines[i]) += '\n';
  return text;
}

std::string below(const Hunk& hunk, std::size_t from) {
  std::string text;
  for (std::size_t i = from; i < hunk.lines.size(); ++i) text.append(hunk.lines[i].text) += '\n';
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
    for (std::size_t i = 0; i < hunk.lines.size(); ++i) {
      const Line& line = hunk.lines[i];
      if (line.typed) {
        typist.type(file.path, prefix, suffix, line.text, below(hunk, i + 1) + suffix.substr(1));
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
