#include "daemon/trigger.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <vector>

#include "daemon/suffix.h"
#include "daemon/tokens.h"

namespace fimd {
namespace {

using Words = std::span<const std::string_view>;

constexpr std::chrono::milliseconds kNoWait{0};

constexpr auto kControl = std::to_array<std::string_view>(
    {"if",     "else",  "elif",  "elsif",  "for",   "foreach",   "while",    "until",
     "unless", "when",  "case",  "switch", "match", "catch",     "except",   "with",
     "using",  "guard", "class", "struct", "trait", "interface", "template", "constructor"});
constexpr auto kDefinition =
    std::to_array<std::string_view>({"function", "func", "fun", "fn", "def", "sub", "proc"});
constexpr auto kExpression = std::to_array<std::string_view>(
    {"return", "throw", "new", "delete", "await", "co_await", "co_return", "co_yield"});
constexpr auto kBinding = std::to_array<std::string_view>({"const", "let", "var", "import", "export"});
constexpr auto kScripts = std::to_array<std::string_view>(
    {"javascript", "javascriptreact", "typescript", "typescriptreact", "svelte", "vue"});
constexpr auto kTypedFirst = std::to_array<std::string_view>(
    {"c", "cpp", "cuda-cpp", "objective-c", "objective-cpp", "csharp", "java", "dart"});
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

// The end of the string that starts at `quote`, or `quote` itself for an apostrophe that starts none (a
// lifetime, prose); the end of the line when it is still open.
std::size_t string_end(std::string_view line, std::size_t quote) {
  for (auto at = quote + 1; at < line.size(); ++at) {
    if (line[at] == line[quote]) return at;
    if (line[at] == '\\') ++at;
  }
  return line[quote] == '\'' ? quote : line.size();
}

// The line before the cursor, seen through its brackets.
struct Shape {
  bool open = false;        // a bracket or a string is not closed yet
  bool assigns = false;     // there is a `=` outside all brackets
  std::string_view before;  // what stands before the bracket that was closed last
  bool empty = false;       // nothing stands in that bracket
};

Shape shape_of(std::string_view line) {
  Shape shape;
  std::vector<std::size_t> openers;
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    if (c == '"' || c == '\'' || c == '`') {
      at = string_end(line, at);
      if (at == line.size()) shape.open = true;
    } else if (c == '(' || c == '[' || c == '{') {
      openers.push_back(at);
    } else if (is_closer(c) && !openers.empty()) {
      shape.before = trim_both(line.substr(0, openers.back()));
      shape.empty = openers.back() + 1 == at;
      openers.pop_back();
    } else if (c == '=' && openers.empty()) {
      shape.assigns = true;
    }
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

// Does a body follow the `)` of this line?
bool is_head(const Shape& shape, std::string_view language) {
  const auto word = first_word(shape.before);
  if (one_of(word, kControl) || mentions(shape.before, kDefinition)) return true;
  if (one_of(language, kScripts) && !ends_a_value(shape.before)) return true;  // (a, b) => ...
  if (one_of(language, kTypedFirst) && !shape.assigns && !one_of(word, kExpression))
    return is_declarator(shape.before);
  return language == "shellscript" && shape.empty;
}

bool is_complete(std::string_view before, std::string_view language) {
  const auto shape = shape_of(before);
  if (shape.open) return false;
  const bool binds = one_of(first_word(before), kBinding) && !shape.assigns;  // const { a }, import { a }
  switch (before.back()) {
    case ';':
      return true;
    case '}':
      return !(binds && one_of(language, kScripts));
    case ')':
      return !one_of(language, kStyles) && !is_head(shape, language);
    default:  // a[i] alone is no statement, and [this] begins a lambda
      return ends_a_value(shape.before) ? shape.assigns || one_of(first_word(before), kExpression)
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
