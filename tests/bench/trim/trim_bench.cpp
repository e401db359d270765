// How well does trim restore what a model spoils, and how much does it spoil itself? Takes insertions out of
// real source, damages them, trims them, and compares the document with the original, byte for byte.
// README.md defines the shapes of the insertions and the kinds of damage.
#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "daemon/brackets.h"
#include "daemon/suffix.h"
#include "daemon/tokens.h"
#include "daemon/trim.h"
#include "daemon/trim_steps.h"

namespace fimd {
namespace {

constexpr std::size_t kSmallestFile = 1'000;
constexpr std::size_t kLargestFile = 200'000;
constexpr std::size_t kLongestLine = 300;  // longer ones are generated or minified
constexpr std::size_t kCasesPerFile = 12;

using Random = std::mt19937;

std::size_t pick(Random& random, std::size_t from, std::size_t to) {
  return from + random() % (to - from + 1);
}

struct Source {
  std::string text;
  std::string language;
  std::vector<std::string_view> lines;  // with offsets into text
};

// An insertion: document = prefix + inserted + suffix.
struct Case {
  const Source* source;
  std::size_t begin;
  std::size_t end;
  bool block;  // whole lines; else a part of one line

  std::string_view prefix() const { return std::string_view(source->text).substr(0, begin); }
  std::string_view inserted() const { return std::string_view(source->text).substr(begin, end - begin); }
  std::string_view suffix() const { return std::string_view(source->text).substr(end); }
};

std::string language_of(const std::filesystem::path& path, std::string_view text) {
  const auto extension = path.extension().string();
  if (path.string().ends_with(".d.ts")) return {};
  if (extension == ".ts" || extension == ".tsx") return "typescript";
  if (extension == ".py") return "python";
  if (extension == ".c") return "c";
  if (extension == ".cc" || extension == ".cpp" || extension == ".cxx" || extension == ".hpp") return "cpp";
  if (extension != ".h") return {};
  return text.find("\nnamespace ") != std::string_view::npos ||
                 text.find("\nclass ") != std::string_view::npos
             ? "cpp"
             : "c";
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) lines.push_back(next_line(text));
  return lines;
}

std::optional<Source> read_source(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  Source source;
  source.text.assign(std::istreambuf_iterator<char>(file), {});
  source.language = language_of(path, source.text);
  const bool fits = source.text.size() >= kSmallestFile && source.text.size() <= kLargestFile;
  if (source.language.empty() || !fits || source.text.find('\r') != std::string::npos) return std::nullopt;
  for (const auto line : lines_of(source.text)) {
    if (line.size() > kLongestLine) return std::nullopt;
  }
  return source;
}

std::vector<Source> read_sources(const std::vector<std::string>& folders) {
  std::vector<std::filesystem::path> paths;
  for (const auto& folder : folders) {
    std::error_code error;
    const auto options = std::filesystem::directory_options::skip_permission_denied;
    for (std::filesystem::recursive_directory_iterator it(folder, options, error), end; it != end;
         it.increment(error)) {
      if (it->is_regular_file(error) && !it->is_symlink(error)) paths.push_back(it->path());
    }
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Source> sources;
  for (const auto& path : paths) {
    if (auto source = read_source(path)) sources.push_back(std::move(*source));
  }
  for (auto& source : sources) source.lines = lines_of(source.text);
  return sources;
}

bool is_blank_line(std::string_view line) {
  return trim_both(line).empty();
}

std::size_t offset_of(const Source& source, std::string_view line) {
  return line.data() - source.text.data();
}

std::optional<std::size_t> next_code_line(const Source& source, std::size_t from) {
  while (from < source.lines.size() && is_blank_line(source.lines[from])) ++from;
  return from < source.lines.size() ? std::optional(from) : std::nullopt;
}

bool is_balanced(std::string_view text, std::string_view language) {
  const auto scan = scan_brackets(text, language);
  return depth_at(scan, text.size()) == 0 && unmatched_closers(scan).empty();
}

// Shape "lines": one to eight whole lines of one block, with the cursor on the blank line where they start.
std::optional<Case> take_lines(const Source& source, std::size_t first, Random& random) {
  const auto& lines = source.lines;
  if (is_blank_line(lines[first])) return std::nullopt;
  const auto column = columns(lines[first]);
  const auto last = first + pick(random, 0, 7);
  if (last + 1 >= lines.size() || is_blank_line(lines[last])) return std::nullopt;
  for (auto i = first; i <= last; ++i) {
    if (!is_blank_line(lines[i]) && columns(lines[i]) < column) return std::nullopt;
  }
  const auto next = next_code_line(source, last + 1);
  if (!next || columns(lines[*next]) > column) return std::nullopt;
  const auto begin = offset_of(source, lines[first]) + indentation_of(lines[first]).size();
  const auto end = offset_of(source, lines[last]) + trim_right(lines[last]).size();
  const Case taken{&source, begin, end, true};
  const auto inserted = taken.inserted();
  const bool whole =
      inserted.size() >= 2 && is_balanced(inserted, source.language) && !only_closers(inserted);
  return whole ? std::optional(taken) : std::nullopt;
}

// Shape "body": all of a block's body, with the cursor behind the line that opens it.
std::optional<Case> take_body(const Source& source, std::size_t header) {
  const auto& lines = source.lines;
  const auto head = trim_right(lines[header]);
  const bool opens = head.ends_with(source.language == "python" ? ':' : '{');
  if (!opens) return std::nullopt;
  auto last = header;
  for (auto i = header + 1; i < lines.size() && i < header + 12; ++i) {
    if (is_blank_line(lines[i])) continue;
    if (columns(lines[i]) <= columns(head)) {
      if (last == header) return std::nullopt;
      const Case taken{&source, offset_of(source, head) + head.size(),
                       offset_of(source, lines[last]) + trim_right(lines[last]).size(), true};
      return is_balanced(taken.inserted(), source.language) ? std::optional(taken) : std::nullopt;
    }
    last = i;
  }
  return std::nullopt;
}

// Where tokens of a line start and where the line ends, as offsets into the source.
std::vector<std::size_t> token_starts(const Source& source, std::string_view line) {
  std::vector<std::size_t> starts;
  for (auto rest = line; true;) {
    const auto token = next_token(rest);
    if (token.empty()) return starts;
    starts.push_back(offset_of(source, token));
  }
}

// No model stops, and no user starts, inside `==` or `->`.
bool splits_operator(std::string_view text, std::size_t at) {
  constexpr std::string_view kMarks = "+-*/%=<>!&|^~?:.#";
  return at > 0 && at < text.size() && kMarks.find(text[at - 1]) != std::string_view::npos &&
         kMarks.find(text[at]) != std::string_view::npos;
}

// Shapes "line" (to its end), "closers" (up to the closers at its end) and "inside" (more code follows on the
// line).
std::optional<Case> take_part(const Source& source, std::size_t index, std::size_t shape, Random& random) {
  const auto line = trim_right(source.lines[index]);
  const auto starts = token_starts(source, line);
  if (starts.size() < 4) return std::nullopt;
  const auto from = pick(random, 1, starts.size() - 2);
  auto end = offset_of(source, line) + line.size();
  if (shape > 0) end = starts[pick(random, from + 1, starts.size() - 1)];
  const auto rest = std::string_view(source.text).substr(end, offset_of(source, line) + line.size() - end);
  if (shape > 0 && only_closers(rest) != (shape == 1)) return std::nullopt;
  if (splits_operator(source.text, starts[from]) || splits_operator(source.text, end)) return std::nullopt;
  const auto next = next_code_line(source, index + 1);
  const Case taken{&source, starts[from], end, false};
  if (!next || trim_both(taken.inserted()).size() < 2 || is_blank(taken.inserted().back()))
    return std::nullopt;
  return taken;
}

// --- damage: what the model says instead of the insertion; nothing when the kind does not apply

// The suffix up to the end of its `count`-th line that is not blank; the cursor's line is the first when it
// has a rest.
std::string_view first_suffix_lines(const Case& taken, std::size_t count) {
  const auto suffix = taken.suffix();
  auto rest = suffix;
  while (!rest.empty() && count > 0) count -= is_blank_line(next_line(rest)) ? 0 : 1;
  return trim_right(suffix.substr(0, suffix.size() - rest.size()));
}

// A few lines from another place of the file, with at most `most_columns` of indentation at their start.
std::string other_code(const Case& taken, std::size_t most_columns, Random& random) {
  const auto& lines = taken.source->lines;
  for (int attempt = 0; attempt < 50; ++attempt) {
    const auto from = pick(random, 0, lines.size() - 1);
    if (is_blank_line(lines[from]) || columns(lines[from]) > most_columns || only_closers(lines[from]))
      continue;
    const auto to = std::min(lines.size() - 1, from + pick(random, 2, 7));
    std::string code;
    for (auto i = from; i <= to; ++i) code.append(lines[i]).append("\n");
    return code;
  }
  return {};
}

std::string cut_at_random(std::string text, std::size_t least, Random& random) {
  if (random() % 2 == 0 && text.size() > least) text.resize(pick(random, least, text.size()));
  return text;
}

using Damage = std::function<std::optional<std::string>(const Case&, Random&)>;

std::optional<std::string> suffix_again(const Case& taken, Random& random) {
  const auto rest = rest_of_line(taken.suffix());
  if (!taken.block && is_blank_line(rest)) return std::nullopt;
  const auto again = first_suffix_lines(taken, pick(random, 2, 6));
  const auto least = taken.block ? again.size() - again.size() / 2 : trim_right(rest).size();
  return std::string(taken.inserted()) + cut_at_random(std::string(again), least, random);
}

std::optional<std::string> next_line_again(const Case& taken, Random&) {
  if (!taken.block) return std::nullopt;
  return std::string(taken.inserted()).append(first_suffix_lines(taken, 1));
}

// The line of the suffix that closes the block which the cursor is in.
std::string_view closing_line(const Case& taken) {
  const auto closers = unmatched_closers(scan_brackets(taken.suffix(), taken.source->language));
  if (closers.empty()) return {};
  const auto suffix = taken.suffix();
  const auto begin = suffix.rfind('\n', closers.front());
  if (begin == std::string_view::npos) return {};
  const auto line = suffix.substr(begin + 1, suffix.find('\n', closers.front()) - begin - 1);
  return is_closer(trim_both(line).empty() ? ' ' : trim_both(line).front()) ? line : std::string_view();
}

// Whether `text` after `prefix` has more closers in code (not in a string or a comment) than `inserted`,
// which itself leaves nothing open: only then is one of them wrong.
bool closes_too_much(const Case& taken, std::string_view text) {
  const auto before = scan_brackets(std::string(taken.prefix()).append(taken.inserted()),
                                    taken.source->language, taken.begin);
  const auto after =
      scan_brackets(std::string(taken.prefix()).append(text), taken.source->language, taken.begin);
  const auto closed = unmatched_closers(before).size();
  return depth_at(before, taken.end) + static_cast<int>(closed) == 0 &&
         unmatched_closers(after).size() > closed;
}

std::optional<std::string> extra_closers(const Case& taken, Random& random) {
  std::string text(taken.inserted());
  if (taken.block) {
    const auto line = closing_line(taken);
    if (line.empty()) return std::nullopt;
    text.append("\n").append(line);
  } else {
    const auto rest = trim_both(rest_of_line(taken.suffix()));
    text.append(pick(random, 1, 2), !rest.empty() && is_closer(rest.front()) ? rest.front() : ')');
  }
  return closes_too_much(taken, text) ? std::optional(text) : std::nullopt;
}

std::optional<std::string> ran_on(const Case& taken, Random& random) {
  const auto& source = *taken.source;
  const auto line = current_line(taken.prefix());
  const auto column = is_blank_line(line) ? columns(line) : columns(line) + 1;
  const auto closer = closing_line(taken);
  if (!taken.block || column == 0 || (source.language != "python" && closer.empty())) return std::nullopt;
  const auto code = other_code(taken, column - 1, random);
  if (code.empty()) return std::nullopt;
  auto text = std::string(taken.inserted()) + "\n";
  if (source.language != "python") text.append(closer).append("\n");
  return text + "\n" + code;
}

std::optional<std::string> looped(const Case& taken, Random& random) {
  const auto inserted = taken.inserted();
  if (taken.block) {
    auto lines = lines_of(inserted);
    const auto count = std::min(lines.size(), pick(random, 1, 3));
    const auto from = lines[lines.size() - count].data() - inserted.data();
    if (count == lines.size() && !is_blank_line(current_line(taken.prefix()))) return std::nullopt;
    auto turn = std::string(inserted.substr(from));
    if (count == lines.size()) turn.insert(0, current_line(taken.prefix()));
    if (only_closers(trim_both(lines[lines.size() - count])) || is_blank_line(lines[lines.size() - count]))
      return std::nullopt;
    std::string text(inserted);
    for (auto turns = pick(random, 3, 8); turns > 0; --turns) text.append("\n").append(turn);
    return cut_at_random(text, text.size() - turn.size() / 2, random);
  }
  auto rest = inserted;
  std::vector<std::string_view> tokens;
  for (auto token = next_token(rest); !token.empty(); token = next_token(rest)) tokens.push_back(token);
  const auto count = std::min(tokens.size(), pick(random, 1, 6));
  const auto from = tokens[tokens.size() - count].data() - inserted.data();
  std::string text(inserted);
  for (std::size_t said = 0; said < 70; said += count) text.append(" ").append(inserted.substr(from));
  return text;
}

std::optional<std::string> reworded(const Case& taken, Random& random) {
  if (!taken.block) return std::nullopt;
  const auto again = std::string(first_suffix_lines(taken, pick(random, 2, 4)));
  const auto first = again.find_first_not_of(" \t\n");
  const auto line_end = std::min(again.find('\n', first), again.size());
  std::vector<std::string_view> words;
  auto rest = std::string_view(again).substr(first, line_end - first);
  for (auto token = next_token(rest); !token.empty(); token = next_token(rest)) {
    if (is_word(token.front()) && !(token.front() >= '0' && token.front() <= '9')) words.push_back(token);
  }
  if (words.size() < 3 || line_end - first < 12 || line_end == again.size()) return std::nullopt;
  const auto word = words[random() % words.size()];
  const auto other = words[random() % words.size()];
  const auto replacement = other == word ? std::string(word) + "_2" : std::string(other);
  auto text = again;
  text.replace(word.data() - again.data(), word.size(), replacement);
  return std::string(taken.inserted()) + text;
}

std::optional<std::string> leaked(const Case& taken, Random& random) {
  constexpr std::array<std::string_view, 8> kMarkers = {
      "[SUFFIX]",      "[PREFIX]", "<|fim_middle|>",        "<fim_suffix>",
      "<|endoftext|>", "<PRE>",    "\n+++++ src/other.c\n", "\n```\n"};
  return std::string(taken.inserted()).append(kMarkers[random() % kMarkers.size()]) +
         other_code(taken, 80, random);
}

const std::vector<std::pair<std::string, Damage>> kKinds = {{"suffix again", suffix_again},
                                                            {"next line again", next_line_again},
                                                            {"extra closers", extra_closers},
                                                            {"ran on", ran_on},
                                                            {"looped", looped},
                                                            {"reworded suffix", reworded},
                                                            {"leaked tokens", leaked}};

struct Count {
  std::size_t good = 0;
  std::size_t all = 0;
};

struct Tally {
  Count clean;
  std::vector<Count> kinds = std::vector<Count>(kKinds.size());
};

std::string result_of(const Case& taken, std::string_view generated) {
  TrimContext context;
  context.prefix = taken.prefix();
  context.suffix = taken.suffix();
  context.language = taken.source->language;
  const auto trimmed = trim(generated, context);
  if (!trimmed) return std::string(taken.suffix());
  return trimmed->text + std::string(taken.suffix().substr(trimmed->replaces));
}

void show(const Case& taken, std::string_view kind, std::string_view generated) {
  const auto prefix = taken.prefix();
  const auto from = prefix.size() - std::min<std::size_t>(prefix.size(), 300);
  std::printf("=== %.*s (%s)\n%s<<<%s>>>%s\n--- generated\n%s\n--- became\n%s\n",
              static_cast<int>(kind.size()), kind.data(), taken.source->language.c_str(),
              std::string(prefix.substr(from)).c_str(), std::string(taken.inserted()).c_str(),
              std::string(taken.suffix().substr(0, 200)).c_str(), std::string(generated).c_str(),
              result_of(taken, generated).substr(0, 300).c_str());
}

struct Options {
  std::vector<std::string> folders;
  std::size_t cases = 3000;  // per language
  unsigned seed = 1;
  std::string show;  // the kind whose failures are printed ("clean", or a kind's name)
  std::size_t shown = 10;
};

void judge(const Case& taken, Random& random, Tally& tally, Options& options) {
  const auto original = std::string(taken.inserted()).append(taken.suffix());
  const auto check = [&](std::string_view kind, std::string_view generated, Count& count) {
    const bool good = result_of(taken, generated) == original;
    count.good += good ? 1 : 0;
    ++count.all;
    if (!good && options.show == kind && options.shown > 0) {
      --options.shown;
      show(taken, kind, generated);
    }
  };
  check("clean", taken.inserted(), tally.clean);
  for (std::size_t i = 0; i < kKinds.size(); ++i) {
    if (const auto generated = kKinds[i].second(taken, random))
      check(kKinds[i].first, *generated, tally.kinds[i]);
  }
}

std::optional<Case> take(const Source& source, Random& random) {
  const auto index = pick(random, 0, source.lines.size() - 1);
  switch (pick(random, 0, 5)) {
    case 0:
    case 1:
      return take_lines(source, index, random);
    case 2:
      return take_body(source, index);
    case 3:
      return take_part(source, index, 0, random);
    case 4:
      return take_part(source, index, 1, random);
    default:
      return take_part(source, index, 2, random);
  }
}

std::string percent(const Count& count, bool failures = false) {
  if (count.all == 0) return "-";
  std::array<char, 32> text{};
  const auto share = 100.0 * static_cast<double>(failures ? count.all - count.good : count.good) /
                     static_cast<double>(count.all);
  std::snprintf(text.data(), text.size(), "%.1f %%", share);
  return text.data();
}

int run(Options options) {
  auto sources = read_sources(options.folders);
  Random random(options.seed);
  std::shuffle(sources.begin(), sources.end(), random);
  std::map<std::string, Tally> tallies;
  for (std::size_t round = 0; round < 40; ++round) {
    for (const auto& source : sources) {
      auto& tally = tallies[source.language];
      for (std::size_t i = 0; i < kCasesPerFile && tally.clean.all < options.cases; ++i) {
        if (const auto taken = take(source, random)) judge(*taken, random, tally, options);
      }
    }
  }
  std::printf("| language | insertions | harmed |");
  for (const auto& kind : kKinds) std::printf(" %s |", kind.first.c_str());
  std::printf("\n|---|---:|---:|");
  for (std::size_t i = 0; i < kKinds.size(); ++i) std::printf("---:|");
  std::printf("\n");
  for (const auto& [language, tally] : tallies) {
    std::printf("| %s | %zu | %s |", language.c_str(), tally.clean.all, percent(tally.clean, true).c_str());
    for (const auto& kind : tally.kinds) std::printf(" %s |", percent(kind).c_str());
    std::printf("\n");
  }
  return tallies.empty() ? 1 : 0;
}

}  // namespace
}  // namespace fimd

int main(int argc, char** argv) {
  fimd::Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const auto value = [&] { return std::string(i + 1 < argc ? argv[++i] : ""); };
    if (argument == "--cases")
      options.cases = std::stoul(value());
    else if (argument == "--seed")
      options.seed = static_cast<unsigned>(std::stoul(value()));
    else if (argument == "--show")
      options.show = value();
    else if (argument == "--shown")
      options.shown = std::stoul(value());
    else
      options.folders.push_back(argument);
  }
  return fimd::run(std::move(options));
}
