#include "predictor/query.h"

#include <algorithm>
#include <vector>

#include "predictor/normal_text.h"
#include "predictor/tokens.h"

namespace fimd {
namespace {

constexpr std::size_t kMaxBytesBack = 16 * 1024;  // through blank lines and long lines
constexpr std::string_view kLineBreaks = "\r\n";

// The last line of `text`, cut off its end together with the line break before it.
std::string_view take_last_line(std::string_view& text) {
  const std::size_t line_break = text.find_last_of(kLineBreaks);
  const std::size_t start = line_break == std::string_view::npos ? 0 : line_break + 1;
  const std::string_view line = text.substr(start);
  text.remove_suffix(text.size() - (start == 0 ? 0 : line_break));
  return line;
}

// The normal text of whole lines before the cursor, as much of it as a context needs.
std::string lines_back(std::string_view before) {
  std::vector<std::string_view> lines;
  before.remove_prefix(before.size() - std::min(before.size(), kMaxBytesBack));
  for (std::size_t bytes = 0; bytes < kMaxContextBytes && !before.empty();) {
    lines.push_back(trim_right(trim_left(take_last_line(before))));
    bytes += lines.back().size();
  }
  std::string text;
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) append_normal(text, *line);
  return text;
}

void find_contexts(Query& query) {
  const bool cut = query.text.size() > kMaxContextBytes;
  if (cut) query.text.erase(0, query.text.size() - kMaxContextBytes);
  std::vector<std::uint32_t> starts;
  append_token_starts(starts, query.text, 0);
  // A token that begins left of the cut is not whole.
  if (cut && !starts.empty()) starts.erase(starts.begin());
  query.steps = 0;
  while (query.steps < kBackOff.size() && kBackOff[query.steps] <= starts.size()) {
    query.at[query.steps] = starts[starts.size() - kBackOff[query.steps]];
    ++query.steps;
  }
}

}  // namespace

std::optional<Query> make_query(std::string_view prefix, std::string_view suffix) {
  const std::string_view nearby = prefix.substr(prefix.size() - std::min(prefix.size(), kMaxCursorLineBytes));
  const std::size_t line_break = nearby.find_last_of(kLineBreaks);
  if (line_break == std::string_view::npos && nearby.size() < prefix.size()) return std::nullopt;
  const std::size_t line_end = suffix.substr(0, kMaxCursorLineBytes).find_first_of(kLineBreaks);
  if (line_end == std::string_view::npos && suffix.size() > kMaxCursorLineBytes) return std::nullopt;

  Query query;
  const std::size_t line_bytes =
      line_break == std::string_view::npos ? nearby.size() : nearby.size() - line_break - 1;
  query.before = prefix.substr(0, prefix.size() - line_bytes);
  const std::string_view line = prefix.substr(query.before.size());
  query.line = trim_left(line);
  query.indent = line.substr(0, line.size() - query.line.size());
  query.rest = trim_right(trim_left(suffix.substr(0, line_end)));
  if (line_end != std::string_view::npos) query.after = suffix.substr(line_end + 1);
  query.in_word = !query.line.empty() && is_word(query.line.back());

  query.text = lines_back(query.before).append(query.line);
  std::replace(query.text.begin(), query.text.end(), kTextEnd, kReplacedNul);
  find_contexts(query);
  return query;
}

Query below(Query query) {
  query.text = trim_right(query.text);
  query.text += '\n';
  query.line = {};
  query.in_word = false;
  find_contexts(query);
  return query;
}

}  // namespace fimd
