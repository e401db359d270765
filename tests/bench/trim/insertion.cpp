#include "tests/bench/trim/insertion.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "daemon/brackets.h"
#include "daemon/suffix.h"
#include "daemon/tokens.h"
#include "daemon/trim_steps.h"

namespace fimd {
namespace {

constexpr std::size_t kSmallestFile = 1'000;
constexpr std::size_t kLargestFile = 200'000;
constexpr std::size_t kLongestLine = 300;  // longer ones are generated or minified

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
std::optional<Insertion> take_lines(const Source& source, std::size_t first, Random& random) {
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
  const auto end = offset_of(source, lines[last]) + strip_right(lines[last]).size();
  const Insertion taken{&source, begin, end, true};
  const auto inserted = taken.inserted();
  const bool whole =
      inserted.size() >= 2 && is_balanced(inserted, source.language) && !only_closers(inserted);
  return whole ? std::optional(taken) : std::nullopt;
}

// Shape "body": all of a block's body, with the cursor behind the line that opens it.
std::optional<Insertion> take_body(const Source& source, std::size_t header) {
  const auto& lines = source.lines;
  const auto head = strip_right(lines[header]);
  const bool opens = head.ends_with(source.language == "python" ? ':' : '{');
  if (!opens) return std::nullopt;
  auto last = header;
  for (auto i = header + 1; i < lines.size() && i < header + 12; ++i) {
    if (is_blank_line(lines[i])) continue;
    if (columns(lines[i]) <= columns(head)) {
      if (last == header) return std::nullopt;
      const Insertion taken{&source, offset_of(source, head) + head.size(),
                            offset_of(source, lines[last]) + strip_right(lines[last]).size(), true};
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
std::optional<Insertion> take_part(const Source& source, std::size_t index, std::size_t shape,
                                   Random& random) {
  const auto line = strip_right(source.lines[index]);
  const auto starts = token_starts(source, line);
  if (starts.size() < 4) return std::nullopt;
  const auto from = pick(random, 1, starts.size() - 2);
  auto end = offset_of(source, line) + line.size();
  if (shape > 0) end = starts[pick(random, from + 1, starts.size() - 1)];
  const auto rest = std::string_view(source.text).substr(end, offset_of(source, line) + line.size() - end);
  if (shape > 0 && only_closers(rest) != (shape == 1)) return std::nullopt;
  if (splits_operator(source.text, starts[from]) || splits_operator(source.text, end)) return std::nullopt;
  const auto next = next_code_line(source, index + 1);
  const Insertion taken{&source, starts[from], end, false};
  if (!next || trim_both(taken.inserted()).size() < 2 || is_blank(taken.inserted().back()))
    return std::nullopt;
  return taken;
}

}  // namespace

std::size_t pick(Random& random, std::size_t from, std::size_t to) {
  return from + random() % (to - from + 1);
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) lines.push_back(next_line(text));
  return lines;
}

bool is_blank_line(std::string_view line) {
  return trim_both(line).empty();
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

std::optional<Insertion> take_insertion(const Source& source, Random& random) {
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

}  // namespace fimd
