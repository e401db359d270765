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

// Languages whose lines outside of comments and strings are never sentences.
bool has_braces(std::string_view language) {
  constexpr std::array<std::string_view, 14> kLanguages = {
      "c",  "cpp",  "cuda-cpp",   "objective-c", "objective-cpp", "csharp", "java",
      "go", "rust", "javascript", "typescript",  "kotlin",        "swift",  "dart"};
  return contains(kLanguages, language);
}

// There text stands between the tags.
bool holds_markup(std::string_view language) {
  return language == "typescriptreact" || language == "javascriptreact";
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

bool mentions(std::string_view line, std::string_view what) {
  return line.find(what) != std::string_view::npos;
}

// What follows the first word of the line is a name, and no mark.
bool names_something(std::string_view line) {
  const auto rest = line.substr(first_word(line).size());
  return rest.size() > 1 && rest.front() == ' ' && is_letter(rest[1]);
}

// A line that only Python has, in a language with braces.
bool is_python_line(std::string_view line) {
  constexpr std::array<std::string_view, 7> kHeads = {"def", "elif",  "except", "class",
                                                      "if",  "while", "with"};
  const auto word = first_word(line);
  if (word == "from") return names_something(line) && mentions(line, " import ");
  if (!line.ends_with(':') || line.find_first_of("{?") != std::string_view::npos) return false;
  if (word == "for") return line.find(" in ") < line.find('(');
  if (word == "class") return names_something(line) && line.ends_with("):");
  return contains(kHeads, word) && (names_something(line) || word == "except");
}

// A line that no Python has.
bool is_brace_line(std::string_view line) {
  constexpr std::array<std::string_view, 5> kWords = {"function", "const", "let", "var", "public"};
  const bool declares = contains(kWords, first_word(line)) && names_something(line);
  return declares || line.ends_with(") {") || line.ends_with("){") || line.starts_with("//") ||
         line.starts_with("/*") || line.starts_with("#include ") ||
         (line.ends_with(';') && mentions(line, "::"));
}

// Of neither: a shell's first line, a query, markup.
bool is_other_line(std::string_view line, std::string_view language) {
  const bool query = line.starts_with("SELECT ") && mentions(line, " FROM ");
  const bool markup =
      line.size() > 2 && line[0] == '<' && is_letter(line[1]) && line.ends_with('>') && mentions(line, "=\"");
  return line.starts_with("#!/") || query ||
         (markup && (language == "c" || language == "cpp" || language == "python"));
}

}  // namespace

bool is_foreign(std::string_view text, std::string_view prefix, std::string_view language) {
  const bool braces = has_braces(language) || holds_markup(language);
  if (!braces && language != "python") return false;
  const auto line = trim_both(current_line(text.substr(0, keep_first_line(text))));
  const bool sentence = is_sentence(line) || is_foreign_script(line);
  const bool code = (braces ? is_python_line(line) : is_brace_line(line)) || is_other_line(line, language);
  if (!sentence && !code) return false;
  const auto before = strip_right(prefix);
  // Inside a word, at the start of a script, below markup: nothing is foreign there.
  if (!prefix.empty() && is_word(prefix.back())) return false;
  if (before.empty() && line.starts_with("#!")) return false;
  if (before.ends_with('>') || (sentence && holds_markup(language) && !before.ends_with(';'))) return false;
  if (sentence && current_line(prefix).find_first_of("<>") != std::string_view::npos) return false;
  // Behind code on its line a comment may begin, and in a comment or a string anything may be said.
  if (!trim_both(current_line(prefix)).empty() && (line.starts_with('/') || line.starts_with('#')))
    return false;
  return !ends_in_literal(prefix, language);
}

}  // namespace fimd
