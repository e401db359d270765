// Steps 2, 4 and 7 of trim: what lines and how deep they are say.
#include <algorithm>
#include <array>

#include "daemon/brackets.h"
#include "daemon/suffix.h"
#include "daemon/tokens.h"
#include "daemon/trim_steps.h"

namespace fimd {
namespace {

constexpr std::size_t kTabStop = 8;

template <std::size_t kSize>
bool contains(const std::array<std::string_view, kSize>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool blocks_by_colon(std::string_view language) {
  constexpr std::array<std::string_view, 4> kLanguages = {"python", "yaml", "nim", "gdscript"};
  return contains(kLanguages, language);
}

// A keyword that goes on with the statement whose block just ended.
bool continues_statement(std::string_view line) {
  constexpr std::array<std::string_view, 9> kWords = {"else",    "elif",   "elseif", "catch", "except",
                                                      "finally", "rescue", "ensure", "while"};
  auto rest = line.substr(std::min(line.find_first_not_of(" \t})]"), line.size()));
  const auto word = next_token(rest);
  return word == "while" ? line.find('}') != std::string_view::npos : contains(kWords, word);
}

// Preprocessor lines and goto labels stand where they like.
bool ignores_indentation(std::string_view line, std::string_view language) {
  if (!has_preprocessor(language)) return false;
  const auto text = trim_both(line);
  auto rest = text;
  const auto word = next_token(rest);
  const bool label =
      rest == ":" && word != "default" && word != "public" && word != "private" && word != "protected";
  return text.starts_with('#') || label;
}

bool has_markup(std::string_view language) {
  constexpr std::array<std::string_view, 6> kLanguages = {
      "typescriptreact", "javascriptreact", "html", "xml", "vue", "svelte"};
  return contains(kLanguages, language);
}

// `<a href={b}>`: what stands in the element follows.
bool opens_element(std::string_view line) {
  return trim_both(line).starts_with('<') && !trim_both(line).starts_with("</") && !line.ends_with("/>") &&
         line.find("</") == std::string_view::npos;
}

std::string_view without_comment(std::string_view line, std::string_view language) {
  const std::string_view mark = blocks_by_colon(language) ? " #" : " //";
  if (trim_both(line).starts_with(mark.substr(1))) return {};
  return strip_right(line.substr(0, line.find(mark)));
}

std::string_view next_full_line(std::string_view suffix) {
  auto lines = next_lines(suffix);
  while (!lines.empty()) {
    const auto line = next_line(lines);
    if (!trim_both(line).empty()) return line;
  }
  return {};
}

std::string_view last_full_line(std::string_view prefix) {
  return current_line(strip_right(prefix));
}

bool next_is_deeper(std::string_view prefix, std::string_view suffix, std::string_view language) {
  const auto next = next_full_line(suffix);
  const auto line = current_line(prefix);
  if (!line.empty()) return columns(next) > columns(line);
  // An empty line, which the editor has not indented yet, has the depth of the line above, or is in its
  // block.
  const auto above = last_full_line(prefix);
  return columns(next) > columns(above) && !opens_block(above, language) &&
         unmatched_openers(scan_brackets(above, language)).empty();
}

std::string_view first_line(std::string_view text) {
  return current_line(text.substr(0, keep_first_line(text)));
}

// A text that begins with a line end writes lines of its own.
bool starts_line(std::string_view text) {
  return text.substr(0, text.find_first_not_of(" \t\n")).find('\n') != std::string_view::npos;
}

// The column of the statement that the text goes on with: the cursor's line has it, or the first line that
// the text writes, where that is not inside of the cursor's line.
std::size_t statement_column(std::string_view text, std::string_view line) {
  return starts_line(text) ? std::min(columns(line), columns(first_line(text))) : columns(line);
}

// The column that lines of the cursor's block reach at least. On an empty line the text itself says it.
std::size_t block_column(std::string_view text, std::string_view prefix) {
  const auto line = current_line(prefix);
  if (!trim_both(line).empty()) return statement_column(text, line) + 1;
  return columns(line.empty() ? first_line(text) : line);
}

// Whether the statement that the cursor is in ends with the text's first line: what is indented deeper below
// it belongs to nothing.
bool ends_statement(std::string_view head, std::string_view first, std::string_view language) {
  if (first.find('\n') != std::string_view::npos) return false;
  const auto line = std::string(head).append(first);
  const auto code = without_comment(line, language);
  if (!unmatched_openers(scan_brackets(code, language)).empty() || trim_both(code).starts_with("case "))
    return false;
  return language == "python" ? code.ends_with(')') : code.ends_with(';');
}

bool inside_literal(const BracketScan& scan, std::size_t at) {
  return std::any_of(scan.literals.begin(), scan.literals.end(),
                     [at](const Span& span) { return span.begin < at && at < span.end; });
}

}  // namespace

std::string_view current_line(std::string_view prefix) {
  return prefix.substr(prefix.rfind('\n') + 1);
}

std::size_t columns(std::string_view line) {
  std::size_t column = 0;
  for (const char c : indentation_of(line))
    column = c == '\t' ? (column / kTabStop + 1) * kTabStop : column + 1;
  return column;
}

std::size_t keep_first_line(std::string_view text) {
  return std::min(text.find('\n', std::min(text.find_first_not_of(" \t\n"), text.size())), text.size());
}

std::size_t keep_head(std::string_view text) {
  const auto first = keep_first_line(text);
  const auto end = std::min(text.find('\n', std::min(first + 1, text.size())), text.size());
  const bool stands = !strip_right(text.substr(0, first)).ends_with(';');
  return stands && trim_both(text.substr(first, end - first)) == "{" ? end : first;
}

bool opens_block(std::string_view line, std::string_view language) {
  const auto code = without_comment(line, language);
  if (code.empty()) return false;
  if (code.back() == '>' && has_markup(language) && opens_element(code)) return true;
  if (code.back() == ':') return blocks_by_colon(language);
  return code.ends_with("=>") || code.ends_with("->") ||
         std::string_view("{([").find(code.back()) != std::string_view::npos;
}

Lines lines_wanted(std::string_view prefix, std::string_view suffix, std::string_view language) {
  const auto line = current_line(prefix);
  const bool starts_block = trim_both(line).empty() || opens_block(line, language);
  const auto rest = strip_right(rest_of_line(suffix));
  // `) {` and `):` belong to a block that has begun.
  const bool free = only_closers(rest) && !rest.ends_with('{') && !rest.ends_with(':');
  return free && starts_block && !next_is_deeper(prefix, suffix, language) ? Lines::multi : Lines::single;
}

std::size_t keep_scope(std::string_view text, std::string_view prefix, std::string_view language,
                       std::string_view closers) {
  const auto column = block_column(text, prefix);
  const bool from_line = !trim_both(current_line(prefix)).empty();
  const auto scan = scan_brackets(std::string(prefix).append(text), language, prefix.size());
  auto bracket = scan.brackets.begin();
  const auto first = keep_first_line(text);
  const auto head = keep_head(text);
  const bool ends = from_line && ends_statement(current_line(prefix), text.substr(0, first), language);
  int depth = 0;
  bool closed = false;
  for (auto at = first; at < text.size();) {
    const auto begin = at + 1;
    at = std::min(text.find('\n', begin), text.size());
    for (; bracket != scan.brackets.end() && bracket->at < begin; ++bracket) {
      depth = is_closer(bracket->kind) ? std::max(0, depth - 1) : depth + 1;
    }
    const auto line = text.substr(begin, at - begin);
    const bool stray = ends && begin == first + 1 && columns(line) >= column && !inside_literal(scan, begin);
    if (stray && depth == 0) return first;
    const bool brace = from_line && begin < head && columns(line) + 1 == column;
    if (depth > 0 || brace || columns(line) >= column || trim_both(line).empty()) continue;
    if (inside_literal(scan, begin) || ignores_indentation(line, language)) continue;
    const bool closes = is_closer(trim_both(line).front());
    const bool goes_on = from_line && columns(line) + 1 == column && continues_statement(line);
    const bool may_close = closers.find(trim_both(line).front()) != std::string_view::npos;
    if (closes && may_close && !closed && (goes_on || only_closers(line))) {
      closed = true;
    } else if (closes || !goes_on) {
      return begin - 1;
    }
  }
  return text.size();
}

bool repeats_next_line(std::string_view text, std::string_view prefix, std::string_view suffix) {
  const auto next = trim_both(next_full_line(suffix));
  const auto before = starts_line(text) ? std::string_view() : current_line(prefix);
  const auto written = std::string(before).append(text);
  return !next.empty() && !only_closers(next) && trim_both(written) == next;
}

std::size_t keep_first_block(std::string_view text, std::string_view prefix) {
  const auto line = current_line(prefix);
  const auto column = line.empty() ? columns(first_line(text)) : statement_column(text, line);
  bool blank = false;
  auto end = keep_first_line(text);
  for (auto at = end; at < text.size();) {
    const auto begin = at + 1;
    at = std::min(text.find('\n', begin), text.size());
    const auto below = text.substr(begin, at - begin);
    if (trim_both(below).empty()) {
      blank = true;
    } else if (blank && columns(below) <= column && !is_closer(trim_both(below).front())) {
      return end;
    } else {
      blank = false;
      end = at;
    }
  }
  return text.size();
}

}  // namespace fimd
