// Step 1 of trim: an answer in another language than the document's, in words or in code. Only what cannot be
// meant is told apart, by its first line; the rest of such an answer is not better.
#include <algorithm>
#include <array>

#include "daemon/brackets.h"
#include "daemon/tokens.h"
#include "daemon/trim_steps.h"

namespace fimd {
namespace {

template <std::size_t kSize>
bool contains(const std::array<std::string_view, kSize>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Languages whose lines outside of comments and strings are never sentences. JSX, markup and data are not
// among them.
bool has_braces(std::string_view language) {
  constexpr std::array<std::string_view, 14> kLanguages = {
      "c",  "cpp",  "cuda-cpp",   "objective-c", "objective-cpp", "csharp", "java",
      "go", "rust", "javascript", "typescript",  "kotlin",        "swift",  "dart"};
  return contains(kLanguages, language);
}

bool is_letter(char c) {
  return is_word(c) && c != '_' && !(c >= '0' && c <= '9');
}

// "It's", "first,", "code:", "fimd's", "well-known", "2".
bool is_prose_word(std::string_view word) {
  while (!word.empty() && std::string_view(".,:;!?").find(word.back()) != std::string_view::npos)
    word.remove_suffix(1);
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return c == '\'' || c == '-' || (is_word(c) && c != '_');
  });
}

constexpr std::size_t kFewestWords = 4;

// A capital, words of letters with one blank between them, the mark that ends a sentence.
bool is_sentence(std::string_view line) {
  if (line.empty() || line.front() < 'A' || line.front() > 'Z') return false;
  if (std::string_view(".:!?").find(line.back()) == std::string_view::npos) return false;
  std::size_t words = 0;
  while (!line.empty()) {
    const auto end = std::min(line.find(' '), line.size());
    if (!is_prose_word(line.substr(0, end))) return false;
    ++words;
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return words >= kFewestWords;
}

// Words of a script that code is not written in, without a mark that code has.
bool is_foreign_script(std::string_view line) {
  constexpr std::size_t kFewestBytes = 12;
  const auto foreign = static_cast<std::size_t>(
      std::count_if(line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }));
  return foreign >= kFewestBytes && foreign * 10 >= line.size() * 7 &&
         line.find_first_of("=(){}[]<>;\"'`/#@$_\\") == std::string_view::npos;
}

std::string_view first_word(std::string_view line) {
  const auto end = std::find_if_not(line.begin(), line.end(), is_letter);
  return line.substr(0, static_cast<std::size_t>(end - line.begin()));
}

// A head that only Python has, in a language with braces.
bool is_python_head(std::string_view line) {
  const auto word = first_word(line);
  const bool loop = word == "for" && line.find(" in ") != std::string_view::npos;
  return line.ends_with(':') && line.find('{') == std::string_view::npos &&
         line.find('?') == std::string_view::npos &&
         (loop ? line.find('(') > line.find(" in ") : word == "def" || word == "elif" || word == "except");
}

// A beginning that no line of Python has.
bool is_brace_code(std::string_view line) {
  constexpr std::array<std::string_view, 5> kWords = {"function", "const", "let", "var", "public"};
  const auto word = first_word(line);
  const bool declares = contains(kWords, word) && line.substr(word.size()).starts_with(' ') &&
                        is_letter(line.substr(word.size() + 1).empty() ? ' ' : line[word.size() + 1]);
  return declares || line.starts_with("//") || line.starts_with("/*") || line.starts_with("#include ");
}

}  // namespace

bool is_foreign(std::string_view text, std::string_view prefix, std::string_view language) {
  const bool braces = has_braces(language);
  if (!braces && language != "python") return false;
  const auto before = current_line(prefix);
  const auto line = trim_both(current_line(text.substr(0, keep_first_line(text))));
  // Behind code on its line a sentence is as odd; behind a quote or a comment mark it may be meant.
  const bool sentence = is_sentence(line) && before.find_first_of("\"'`#/*<>") == std::string_view::npos;
  const bool foreign = is_foreign_script(line) || (braces ? is_python_head(line) : is_brace_code(line));
  if (!sentence && !(foreign && trim_both(before).empty())) return false;
  // In a comment or a string anything may be said; below markup it may be markup's text.
  return calm_line(prefix, language) == prefix.size() - before.size() && !strip_right(prefix).ends_with('>');
}

}  // namespace fimd
