// Step 7 of trim: tabs or spaces.
#include <algorithm>
#include <numeric>

#include "daemon/tokens.h"
#include "daemon/trim_steps.h"

namespace fimd {
namespace {

// How many lines are indented by tabs, how many by spaces, and the step of the latter. A single space is the
// star of a block comment, an odd count an alignment.
struct IndentationCount {
  explicit IndentationCount(std::string_view text) {
    while (!text.empty()) {
      const auto blanks = indentation_of(next_line(text));
      tabs += blanks.starts_with('\t') ? 1 : 0;
      if (!blanks.starts_with("  ")) continue;
      ++spaces;
      if (blanks.size() % 2 != 0) continue;
      step = std::gcd(step, blanks.size());
      least = least == 0 ? blanks.size() : std::min(least, blanks.size());
    }
    if (step == 0) step = 4;
  }
  // Where no line is less than `depth` steps deep.
  std::size_t step_at(std::size_t depth) const {
    auto width = step;
    while (width > 2 && width % 2 == 0 && least < depth * width) width /= 2;
    return width;
  }
  bool mixed() const { return std::min(tabs, spaces) * 10 > std::max(tabs, spaces); }

  std::size_t tabs = 0;
  std::size_t spaces = 0;
  std::size_t step = 0;
  std::size_t least = 0;  // blanks of the line of spaces that has the fewest
};

std::string spaces_for_tabs(std::string_view blanks, std::size_t width) {
  std::string spaces;
  for (const char c : blanks) spaces.append(c == '\t' ? width : 1, ' ');
  return spaces;
}

std::string tabs_for_spaces(std::string_view blanks, std::size_t step) {
  const auto tabs = std::min(blanks.find_first_not_of('\t'), blanks.size());
  const auto spaces = blanks.size() - tabs;
  return std::string(tabs + spaces / step, '\t') + std::string(spaces % step, ' ');
}

// The lines up to the first one that is indented: how wide a step of the rest is, all of it says.
std::string_view before_indentation(std::string_view text, bool line_start) {
  for (std::size_t at = 0; at < text.size(); line_start = true) {
    if (line_start && is_blank(text[at])) return text.substr(0, at);
    at = std::min(text.find('\n', at), text.size() - 1) + 1;
  }
  return text;
}

}  // namespace

std::string with_indentation(std::string_view text, std::string_view prefix, std::string_view suffix,
                             Indentation indentation, bool whole) {
  const IndentationCount written(text);
  if (written.tabs + written.spaces == 0) return std::string(text);
  IndentationCount document(prefix);
  if (document.tabs + document.spaces == 0) document = IndentationCount(suffix);
  if (indentation.width <= 0) {
    indentation = {document.tabs > document.spaces,
                   static_cast<int>(document.tabs + document.spaces > 0 ? document.step : 0)};
  }
  const bool foreign = indentation.tabs ? written.tabs == 0 && written.spaces > 0 : written.tabs > 0;
  if (indentation.width <= 0 || !foreign || document.mixed()) return std::string(text);
  bool line_start = trim_both(current_line(prefix)).empty();
  if (indentation.tabs && !whole) return std::string(before_indentation(text, line_start));
  const auto step = written.step_at(indentation_of(current_line(prefix)).size());
  std::string result;
  for (std::size_t at = 0; at <= text.size(); line_start = true) {
    const auto end = std::min(text.find('\n', at), text.size());
    const auto line = text.substr(at, end - at);
    const auto blanks = line_start ? indentation_of(line) : std::string_view();
    result += indentation.tabs ? tabs_for_spaces(blanks, step) : spaces_for_tabs(blanks, indentation.width);
    result += line.substr(blanks.size());
    if (end < text.size()) result += '\n';
    at = end + 1;
  }
  return result;
}

}  // namespace fimd
