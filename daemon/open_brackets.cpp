#include "daemon/open_brackets.h"

#include <algorithm>
#include <string>

#include "daemon/brackets.h"
#include "daemon/tokens.h"

namespace fimd {
namespace {

// Where the code after the cursor can no longer close what was opened before it: an argument list does not go
// on in a line that is indented no deeper than the one it began in, and a preprocessor's line ends with
// itself. So a closer that the scan misread further down does no harm. Braces may hold lines at any column.
class Reach {
 public:
  Reach(std::string_view before, std::string_view after, const BracketScan& after_scan,
        std::string_view language)
      : before_(before), braces_(language == "python"), directive_end_(after.size()) {
    const auto line = from_line_of(before, before.size());
    const auto rest_end = std::min(after.find('\n'), after.size());
    if (has_preprocessor(language) && trim_both(line).starts_with('#') &&
        !after.substr(0, rest_end).ends_with('\\')) {
      directive_ = line.data() - before.data();
      directive_end_ = rest_end;
    }
    collect_lines(after, rest_end, after_scan);
  }

  // The offset in `after` where the closer of the bracket stands at the latest.
  std::size_t of(const Bracket& opener) const {
    if (opener.at >= directive_) return directive_end_;
    if (opener.kind == '{' && !braces_) return std::string_view::npos;
    const auto column = indentation_of(from_line_of(before_, opener.at)).size();
    for (const auto& line : lines_) {
      if (line.column <= column) return line.at;
    }
    return std::string_view::npos;
  }

 private:
  struct Line {
    std::size_t at;
    std::size_t column;
  };

  // The lines that start outside of brackets and strings, and that could start a statement; each further to
  // the left than those before it.
  void collect_lines(std::string_view after, std::size_t line_end, const BracketScan& scan) {
    auto bracket = scan.brackets.begin();
    auto literal = scan.literals.begin();
    int depth = 0;
    for (; line_end < after.size(); line_end = std::min(after.find('\n', line_end + 1), after.size())) {
      const auto at = line_end + 1;
      const auto line = after.substr(at);
      for (; bracket != scan.brackets.end() && bracket->at < at; ++bracket)
        depth = is_opener(bracket->kind) ? depth + 1 : std::max(0, depth - 1);
      while (literal != scan.literals.end() && literal->end <= at) ++literal;
      const bool in_literal = literal != scan.literals.end() && literal->begin < at;
      const auto column = indentation_of(line).size();
      const char first = column < line.size() ? line[column] : '\n';
      if (depth > 0 || in_literal || is_blank(first) || is_closer(first) || first == '{' || first == '#')
        continue;
      if (lines_.empty() || column < lines_.back().column) lines_.push_back({at, column});
    }
  }

  std::string_view before_;
  bool braces_;
  std::size_t directive_ = std::string_view::npos;
  std::size_t directive_end_;
  std::vector<Line> lines_;
};

}  // namespace

std::vector<OpenBracket> open_brackets(std::string_view before, std::string_view after,
                                       std::string_view language, bool to_end) {
  const auto opened = unmatched_openers(scan_brackets(before, language));
  const auto scan = scan_brackets(std::string(before).append(after), language, before.size());
  const Reach reach(before, after, scan, language);
  std::vector<OpenBracket> open;
  std::vector<std::size_t> reaches;
  for (auto it = opened.rbegin(); it != opened.rend(); ++it) {
    open.push_back({closer_of(it->kind), false});
    reaches.push_back(reach.of(*it));
  }
  std::size_t next = 0;
  for (const auto at : unmatched_closers(scan)) {
    auto match = next;
    while (match < open.size() && (open[match].closer != after[at] || reaches[match] < at)) ++match;
    if (match == open.size()) continue;
    open[match].closed = true;  // and what was opened inside it stays open
    next = match + 1;
  }
  for (; !to_end && next < open.size(); ++next) open[next].closed = reaches[next] == std::string_view::npos;
  // An outer bracket lacks its closer because an inner one took it: what is missing, is missing where the
  // cursor is.
  for (auto outer = open.begin(); outer != open.end(); ++outer) {
    if (outer->closed) continue;
    const auto inner = std::find_if(
        open.begin(), outer, [&](const OpenBracket& b) { return b.closer == outer->closer && b.closed; });
    if (inner != outer) std::swap(inner->closed, outer->closed);
  }
  return open;
}

}  // namespace fimd
