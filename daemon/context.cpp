#include "daemon/context.h"

#include <algorithm>
#include <array>
#include <span>

#include "daemon/tokens.h"

namespace fimd {
namespace {

using Words = std::vector<std::uint32_t>;

constexpr std::size_t kStride = SimilarCode::kWindowLines / 2;
constexpr std::size_t kLinesBefore = SimilarCode::kWindowLines * 3 / 4;
constexpr std::size_t kLinesAfter = SimilarCode::kWindowLines - kLinesBefore;
constexpr double kLeastSimilar = 0.05;
constexpr double kParrot = 0.5;  // a window more similar than this makes the model repeat it
// What a query may do, in postings passed (about 3 ns), and what a look-up counts in that. A usual one with
// 20 files of 100 KB takes a tenth of it.
constexpr std::size_t kMostWork = 500'000;
constexpr std::size_t kLookUp = 16;
// Putting a window's postings in order passes all that the file has: so many count as one byte read.
constexpr std::size_t kPostingsPerByte = 8;
constexpr std::size_t kRegionBytes = 800;
constexpr std::size_t kMergeLines = 8;  // edits this near are one

// Words that every file of a language has say nothing about its subject. Sorted.
constexpr std::array<std::string_view, 48> kCWords = {
    "auto",    "bool",    "break",    "case",     "char",     "class",  "const",    "continue",
    "default", "delete",  "do",       "double",   "else",     "enum",   "explicit", "false",
    "float",   "for",     "if",       "include",  "inline",   "int",    "long",     "namespace",
    "new",     "nullptr", "override", "private",  "public",   "return", "short",    "signed",
    "size_t",  "sizeof",  "static",   "std",      "string",   "struct", "switch",   "template",
    "this",    "true",    "typedef",  "typename", "unsigned", "using",  "void",     "while"};
constexpr std::array<std::string_view, 44> kScriptWords = {
    "any",      "as",       "async",      "await",  "boolean",  "break",     "case",   "catch", "class",
    "const",    "continue", "default",    "else",   "export",   "extends",   "false",  "for",   "from",
    "function", "if",       "implements", "import", "in",       "interface", "let",    "new",   "null",
    "number",   "of",       "private",    "public", "readonly", "return",    "string", "super", "switch",
    "this",     "throw",    "true",       "try",    "type",     "undefined", "void",   "while"};
constexpr std::array<std::string_view, 35> kPythonWords = {
    "False",  "None",   "True", "and",    "as",     "assert",  "break", "class", "continue",
    "def",    "del",    "elif", "else",   "except", "finally", "for",   "from",  "if",
    "import", "in",     "is",   "lambda", "len",    "not",     "or",    "pass",  "raise",
    "range",  "return", "self", "str",    "try",    "while",   "with",  "yield"};

static_assert(std::is_sorted(kCWords.begin(), kCWords.end()));
static_assert(std::is_sorted(kScriptWords.begin(), kScriptWords.end()));
static_assert(std::is_sorted(kPythonWords.begin(), kPythonWords.end()));

enum class Family { c, script, python, other };

Family family_of(std::string_view language) {
  if (language == "c" || language == "cpp" || language.starts_with("objective-c")) return Family::c;
  if (language.starts_with("javascript") || language.starts_with("typescript")) return Family::script;
  return language == "python" ? Family::python : Family::other;
}

bool same_language(std::string_view a, std::string_view b) {
  return a == b || (family_of(a) != Family::other && family_of(a) == family_of(b));
}

std::span<const std::string_view> stop_words(std::string_view language) {
  switch (family_of(language)) {
    case Family::script:
      return kScriptWords;
    case Family::python:
      return kPythonWords;
    default:
      return kCWords;  // most other languages took their words from here
  }
}

bool is_telling(std::string_view token, std::span<const std::string_view> stops) {
  const bool number = token.front() >= '0' && token.front() <= '9';
  return token.size() > 1 && is_word(token.front()) && !number &&
         !std::binary_search(stops.begin(), stops.end(), token);
}

void add_words(std::string_view text, std::span<const std::string_view> stops, Words& words) {
  for (auto token = next_token(text); !token.empty(); token = next_token(text)) {
    if (is_telling(token, stops)) words.push_back(static_cast<std::uint32_t>(hash_of(token)));
  }
}

Words as_set(Words words) {
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

// Where the line starts that is `lines` above the one of `at`.
std::size_t lines_up(std::string_view text, std::size_t at, std::size_t lines) {
  auto start = text.substr(0, at).rfind('\n') + 1;
  for (; lines > 0 && start > 0; --lines) start = text.substr(0, start - 1).rfind('\n') + 1;
  return start;
}

std::size_t lines_down(std::string_view text, std::size_t at, std::size_t lines) {
  for (; lines > 0 && at < text.size(); --lines) at = std::min(text.find('\n', at), text.size() - 1) + 1;
  return at;
}

std::size_t lines_between(std::size_t a, std::size_t b) {
  return std::max(a, b) - std::min(a, b);
}

// A document can be one line of many megabytes: what is around the cursor is bounded in bytes, too.
constexpr std::size_t kAroundBytes = 8 * 1024;

std::string_view around(std::string_view text, std::size_t cursor) {
  cursor = std::min(cursor, text.size());
  const auto from = cursor - std::min(cursor, kAroundBytes);
  const auto near = text.substr(from, 2 * kAroundBytes);
  const auto begin = lines_up(near, cursor - from, kLinesBefore);
  return near.substr(begin, lines_down(near, cursor - from, kLinesAfter) - begin);
}

}  // namespace

void SimilarCode::add_window(Read& read, std::size_t begin, const Words& words) {
  const auto window = static_cast<std::uint32_t>(read.windows.size());
  const auto sorted = static_cast<std::ptrdiff_t>(read.postings.size());
  for (const auto word : words) read.postings.push_back({word, window});
  std::inplace_merge(read.postings.begin(), read.postings.begin() + sorted, read.postings.end());
  read.windows.push_back({begin, read.bytes, words.size()});
}

// Windows overlap by half. Of lines that are too long for one, a half window holds what fits.
void SimilarCode::read_half(const SourceFile& file, Read& read) {
  const auto text = file.text.substr(0, kLargestFile);
  const auto begin = read.bytes;
  const auto near = text.substr(begin, kReadBytes);
  const bool cut = begin + near.size() < text.size();
  auto end = lines_down(near, 0, kStride);
  if (cut && end == near.size() && near.rfind('\n') != std::string_view::npos) end = near.rfind('\n') + 1;
  read.bytes = begin + end;
  Words words;
  add_words(near.substr(0, end), stop_words(file.language), words);
  words = as_set(std::move(words));
  if (begin > 0) {
    read.half.insert(read.half.end(), words.begin(), words.end());
    add_window(read, read.half_begin, as_set(std::move(read.half)));
  } else if (read.bytes == text.size()) {
    add_window(read, begin, words);
  }
  read.half = std::move(words);
  read.half_begin = begin;
}

// The windows of a file as it is now; null when it is not read to its end yet.
const SimilarCode::Read* SimilarCode::known(const SourceFile& file, std::size_t& budget) {
  auto& read = files_[std::string(file.path)];
  const auto size = std::min(file.text.size(), kLargestFile);
  if (read.version != file.version || size < read.bytes) read = Read();  // not every client counts versions
  read.version = file.version;
  while (read.bytes < size && budget > 0) {
    const auto before = read.bytes;
    read_half(file, read);
    budget -= std::min(budget, read.bytes - before + read.postings.size() / kPostingsPerByte);
  }
  return read.bytes < size ? nullptr : &read;
}

bool SimilarCode::read_on(const std::vector<SourceFile>& files, std::size_t bytes) {
  behind_ = false;
  for (std::size_t i = 0; i < std::min(files.size(), kMostFiles); ++i) behind_ |= !known(files[i], bytes);
  return behind_;
}

std::optional<SimilarCode::Found> SimilarCode::best_of(const SourceFile& file, const Read& read,
                                                       const Words& words, std::size_t& work) {
  std::vector<std::size_t> shared(read.windows.size());
  auto from = read.postings.begin();
  for (const auto word : words) {
    const auto first = std::lower_bound(from, read.postings.end(), Posting{word, 0});
    for (from = first; from != read.postings.end() && from->word == word; ++from) ++shared[from->window];
    const auto passed = kLookUp + static_cast<std::size_t>(from - first);
    work -= std::min(work, passed);
    if (work == 0) return std::nullopt;
  }
  Found found{kLeastSimilar, {}};
  const Window* best = nullptr;
  for (std::size_t i = 0; i < shared.size(); ++i) {
    const auto& window = read.windows[i];
    const auto either = static_cast<double>(words.size() + window.words - shared[i]);
    const auto similarity = either > 0 ? static_cast<double>(shared[i]) / either : 0;
    if (similarity <= found.similarity || similarity > kParrot) continue;
    found.similarity = similarity;
    best = &window;
  }
  if (!best) return std::nullopt;
  found.snippet = {std::string(file.path),
                   std::string(file.text.substr(best->begin, best->end - best->begin))};
  return found;
}

std::vector<Snippet> SimilarCode::find(const SourceFile& document, std::size_t cursor,
                                       const std::vector<SourceFile>& files) {
  auto budget = kReadBytes;
  auto work = kMostWork;
  behind_ = false;
  Words words;
  add_words(around(document.text, cursor), stop_words(document.language), words);
  words = as_set(std::move(words));
  std::vector<Found> found;
  std::size_t taken = 0;
  for (const auto& file : files) {
    if (file.path == document.path || !same_language(file.language, document.language)) continue;
    if (++taken > kMostFiles) break;
    const auto* read = known(file, budget);
    behind_ |= !read;
    if (!read) continue;
    if (auto best = best_of(file, *read, words, work)) found.push_back(std::move(*best));
  }
  const auto more = [](const Found& a, const Found& b) { return a.similarity > b.similarity; };
  std::stable_sort(found.begin(), found.end(), more);
  std::vector<Snippet> snippets;
  for (auto& each : found) {
    if (snippets.size() < kMostSnippets) snippets.push_back(std::move(each.snippet));
  }
  return snippets;
}

void SimilarCode::forget(std::string_view path) {
  files_.erase(std::string(path));
}

void RecentEdits::edited(std::string_view path, const Text& text, std::size_t line) {
  std::erase_if(edits_, [&](const Edit& edit) {
    return edit.path == path && lines_between(edit.line, line) <= kMergeLines;
  });
  const auto first = line - std::min(line, kRegionLines / 2);
  const auto begin = text.line_start(first);
  auto region = text.view().substr(begin, text.line_start(first + kRegionLines) - begin);
  if (region.size() > kRegionBytes) region = region.substr(0, region.substr(0, kRegionBytes).rfind('\n') + 1);
  edits_.push_back({std::string(path), line, std::string(region)});
  if (edits_.size() > kMostEdits) edits_.pop_front();
}

void RecentEdits::forget(std::string_view path) {
  std::erase_if(edits_, [&](const Edit& edit) { return edit.path == path; });
}

std::vector<Snippet> RecentEdits::away_from(std::string_view path, std::size_t line) const {
  std::vector<Snippet> snippets;
  for (const auto& edit : edits_) {
    const bool away = edit.path != path || lines_between(edit.line, line) > kNearLines;
    if (away && !edit.region.empty()) snippets.push_back({edit.path, edit.region});
  }
  return snippets;
}

}  // namespace fimd
