#include "daemon/trigger.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "daemon/brackets.h"
#include "daemon/suffix.h"
#include "daemon/tokens.h"

namespace fimd {
namespace {

using Words = std::span<const std::string_view>;

constexpr std::chrono::milliseconds kNoWait{0};

constexpr auto kControl = std::to_array<std::string_view>(
    {"if",     "else",         "elif",  "elsif",  "for",   "foreach",   "while",    "until",
     "unless", "when",         "case",  "switch", "match", "catch",     "except",   "with",
     "using",  "guard",        "class", "struct", "trait", "interface", "template", "constructor",
     "try",    "synchronized", "lock",  "fixed",  "init"});
constexpr auto kDefinition =
    std::to_array<std::string_view>({"function", "func", "fun", "fn", "def", "defp", "sub", "proc"});
constexpr auto kExpression = std::to_array<std::string_view>(
    {"return", "throw", "new", "delete", "await", "co_await", "co_return", "co_yield"});
constexpr auto kBinding = std::to_array<std::string_view>({"const", "let", "var", "import", "export"});
constexpr auto kScripts = std::to_array<std::string_view>(
    {"javascript", "javascriptreact", "typescript", "typescriptreact", "svelte", "vue"});
constexpr auto kTypedFirst = std::to_array<std::string_view>(
    {"c", "cpp", "cuda-cpp", "objective-c", "objective-cpp", "csharp", "java", "dart"});
constexpr auto kModifiers =
    std::to_array<std::string_view>({"async", "get", "set", "static", "public", "private", "protected",
                                     "override", "readonly", "abstract", "declare"});
constexpr auto kOperator = std::to_array<std::string_view>({"operator"});
constexpr auto kMarkup = std::to_array<std::string_view>(
    {"javascriptreact", "typescriptreact", "svelte", "vue", "astro", "html", "xml"});
// What ends a line there is no bracket.
constexpr auto kProse = std::to_array<std::string_view>(
    {"markdown", "mdx", "plaintext", "restructuredtext", "asciidoc", "latex", "tex", "git-commit"});
constexpr auto kStyles = std::to_array<std::string_view>({"css", "scss", "less"});

bool one_of(std::string_view word, Words words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool mentions(std::string_view text, Words words) {
  for (auto token = next_token(text); !token.empty(); token = next_token(text))
    if (one_of(token, words)) return true;
  return false;
}

std::string_view first_word(std::string_view text) {
  auto token = next_token(text);
  while (!token.empty() && !is_word(token.front())) token = next_token(text);
  return token;
}

// The line before the cursor, seen through its brackets.
struct Shape {
  bool open = false;        // a bracket, a string or a comment is not closed yet
  bool assigns = false;     // there is a `=` outside all brackets
  bool matched = false;     // the bracket that was closed last was opened on the line
  std::string_view before;  // what stands before that bracket
  std::string_view inside;  // what stands in it
};

Shape shape_of(std::string_view line, std::string_view language) {
  Shape shape;
  // A bracket at the cursor is seen unless a string or a comment is open there.
  const auto scan = scan_brackets(std::string(line) + '(', language);
  shape.open = scan.brackets.empty() || scan.brackets.back().at != line.size();
  std::vector<std::size_t> openers;
  std::size_t outside = 0;
  for (const auto& [at, kind] : scan.brackets) {
    if (openers.empty()) shape.assigns |= line.substr(outside, at - outside).find('=') != line.npos;
    if (at == line.size()) break;
    if (is_opener(kind)) {
      openers.push_back(at);
      continue;
    }
    shape.matched = !openers.empty();
    if (openers.empty()) continue;
    shape.before = trim_both(line.substr(0, openers.back()));
    shape.inside = trim_both(line.substr(openers.back() + 1, at - openers.back() - 1));
    openers.pop_back();
    outside = at + 1;
  }
  shape.open |= !openers.empty();
  return shape;
}

bool ends_a_value(std::string_view text) {
  return !text.empty() && (is_word(text.back()) || is_closer(text.back()) || text.back() == '>');
}

// `int main`, `void Cache::erase`, `Node *child`: a type stands before the name.
bool is_declarator(std::string_view text) {
  while (!text.empty() && (is_word(text.back()) || text.back() == ':' || text.back() == '~'))
    text.remove_suffix(1);
  const auto type = text.substr(0, text.find_last_not_of(" \t*&") + 1);
  return type.size() < text.size() && ends_a_value(type);
}

// `Cache::Cache`, `Cache::~Cache`, `~Cache`; `TEST`, if the line begins with it: only definitions stand
// outside of all.
bool is_nameless_definition(std::string_view before, std::string_view line) {
  const auto name = last_word(before);
  const auto scope = before.substr(0, before.size() - name.size());
  if (scope.empty()) return !is_blank(line.front());
  return scope == "~" || scope.ends_with("::~") ||
         (scope.ends_with("::") && last_word(scope.substr(0, scope.size() - 2)) == name);
}

// `[this]`, not `items[i]`.
bool ends_a_capture(std::string_view text) {
  const auto begin = text.rfind('[');
  return text.ends_with(']') && begin != text.npos && !ends_a_value(strip_right(text.substr(0, begin)));
}

bool is_c_head(const Shape& shape, std::string_view line) {
  if (shape.before.starts_with(": ") || shape.before.starts_with(", ")) return true;  // : a(a), b(b) {}
  if (ends_a_capture(shape.before) || mentions(shape.before, kOperator)) return true;
  return !shape.assigns && !one_of(first_word(shape.before), kExpression) &&
         (is_declarator(shape.before) || is_nameless_definition(shape.before, line));
}

bool is_script_head(const Shape& shape) {
  const auto last = last_word(shape.before);
  // (a, b) => ...
  if (!shape.matched) return false;
  if (!ends_a_value(shape.before) || last == "async") return true;
  if (shape.inside.empty() && last == "return") return true;
  if (one_of(first_word(shape.before), kModifiers) && last.size() < shape.before.size()) return true;
  auto parameter = shape.inside;  // (name: string): void
  next_token(parameter);
  return last.size() == shape.before.size() && parameter.substr(parameter.starts_with('?')).starts_with(':');
}

// `let x = match f()`
bool is_expression_head(std::string_view before) {
  for (auto rest = before; !rest.empty();)
    if (one_of(next_token(rest), kControl) && rest.find('{') == rest.npos) return true;
  return false;
}

// `Some(value)`, `(first, second)`: an arm of a match more often than the block's value.
bool is_pattern(const Shape& shape) {
  const auto name = last_word(shape.before);
  const bool capital = !name.empty() && 'A' <= name.front() && name.front() <= 'Z';
  const auto plain = [](char c) { return is_word(c) || c == ',' || is_blank(c); };
  return (shape.before.empty() || (capital && shape.before.find(' ') == shape.before.npos)) &&
         !shape.inside.empty() && std::ranges::all_of(shape.inside, plain);
}

bool is_rust_head(const Shape& shape) {
  return !shape.matched || shape.before == "pub" || is_expression_head(shape.before) || is_pattern(shape);
}

// Does a body follow the `)` of this line?
bool is_head(const Shape& shape, std::string_view line, std::string_view language) {
  if (one_of(first_word(shape.before), kControl) || mentions(shape.before, kDefinition)) return true;
  if (one_of(language, kScripts)) return is_script_head(shape);
  if (one_of(language, kTypedFirst)) return is_c_head(shape, line);
  if (language == "rust") return is_rust_head(shape);
  return language == "shellscript" && (shape.inside.empty() || !shape.matched);
}

// `<a href={link}`, `<b>{name}`: more of the tag or of its text is to come.
bool is_in_markup(const Shape& shape, std::string_view language) {
  const auto tag = shape.before.find('<');
  const bool in_tag =
      tag != shape.before.npos && tag + 1 < shape.before.size() && is_word(shape.before[tag + 1]);
  const bool attribute =
      shape.before.ends_with('=') && ends_a_value(shape.before.substr(0, shape.before.size() - 1));
  return one_of(language, kMarkup) && (in_tag || attribute);
}

bool is_complete(std::string_view line, std::string_view language) {
  const auto shape = shape_of(line, language);
  if (shape.open || one_of(language, kProse) || trim_both(line).starts_with("* ")) return false;
  const auto word = first_word(line);
  const bool binds = one_of(word, kBinding) && !shape.assigns;  // const { a }, import { a }
  const bool patterns = one_of(language, kScripts) || language == "rust";
  if (binds && patterns && line.back() != ';') return false;
  const bool shell = language == "shellscript";
  switch (line.back()) {
    case ';':  // if x := f(); x > 0 {
      return !((shell || language == "go") && one_of(word, kControl));
    case '}':
      return !is_in_markup(shape, language) && !(shell && shape.before.ends_with('$'));
    case ')':
      return !one_of(language, kStyles) && !is_head(shape, line, language);
    default:  // a[i] alone is no statement, and [this] begins a lambda
      if (shell) return false;
      return ends_a_value(shape.before) ? shape.assigns || one_of(word, kExpression)
                                        : !one_of(language, kTypedFirst);
  }
}

}  // namespace

std::string_view name_of(Silence silence) {
  switch (silence) {
    case Silence::mid_word:
      return "mid_word";
    case Silence::text_after_cursor:
      return "text_after_cursor";
    case Silence::line_complete:
      return "line_complete";
    case Silence::none:
      return "none";
  }
  return "";
}

Silence silence_at(const CursorLine& line) {
  const auto [before, after, language] = line;
  if (!before.empty() && !after.empty() && is_word(before.back()) && is_word(after.front()))
    return Silence::mid_word;
  if (!only_closers(after)) return Silence::text_after_cursor;
  const bool ends = !before.empty() && (is_closer(before.back()) || before.back() == ';');
  if (ends && trim_both(after).empty() && is_complete(before, language)) return Silence::line_complete;
  return Silence::none;
}

void Trigger::edited(Time now, bool deletion) {
  const auto gap = last_edit_ ? now - *last_edit_ : Time::duration::max();
  if (gap > kOneKey) after_pause_ = gap >= kPause;
  last_edit_ = now;
  deleted_ = deletion;
}

void Trigger::accepted() {
  rejections_ = 0;
}

void Trigger::rejected(Time now) {
  rejections_ = now - last_rejection_ < kRejectionsForgotten ? rejections_ + 1 : 1;
  last_rejection_ = now;
}

Silence Trigger::silence_for(const CursorLine& line) const {
  const auto silence = silence_at(line);
  return mid_line_ && silence == Silence::text_after_cursor ? Silence::none : silence;
}

Trigger::Decision Trigger::decide(const CursorLine& line, bool invoked, Time now) const {
  if (invoked) return {};
  const auto silence = silence_for(line);
  if (silence != Silence::none) return {silence};
  if (!last_edit_) return {};
  const bool slowed = !deleted_ && !after_pause_ && !trim_both(line.before).empty();
  const auto due = *last_edit_ + (deleted_ ? kDeleting : slowed ? wait_in_run(now) : kNoWait);
  return {Silence::none, std::max(std::chrono::ceil<std::chrono::milliseconds>(due - now), kNoWait)};
}

std::chrono::milliseconds Trigger::wait_in_run(Time now) const {
  const int growths = std::clamp(rejections_ - kRejectionsInARow + 1, 0, kMaxGrowths);
  const std::chrono::duration<double> age = now - last_rejection_, whole = kRejectionsForgotten;
  const double fresh = 1 - age / whole;
  if (growths == 0 || fresh <= 0) return kNoWait;
  return std::chrono::milliseconds(
      std::lround(kRejectedWait.count() * std::pow(kRejectedGrowth, growths * fresh)));
}

}  // namespace fimd
