#include "predictor/query.h"

#include <algorithm>

namespace fimd {
namespace {

constexpr std::size_t kMaxLineBytes = 1024;       // of a longer line only the end is looked at
constexpr std::size_t kMaxBytesBack = 16 * 1024;  // through blank lines and long lines

// The last line of `text`, cut off its end together with the line end before it.
std::string_view take_last_line(std::string_view& text) {
  const std::size_t line_end = text.find_last_of("\r\n");
  const std::size_t start = line_end == std::string_view::npos ? 0 : line_end + 1;
  const std::string_view line = text.substr(start);
  text.remove_suffix(text.size() - (start == 0 ? 0 : line_end));
  return line;
}

std::vector<std::string_view> split(std::string_view line) {
  if (line.size() > kMaxLineBytes) line.remove_prefix(line.size() - kMaxLineBytes);
  std::vector<std::string_view> tokens;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t end = token_end(line, at);
    tokens.push_back(line.substr(at, end - at));
    at = end;
  }
  return tokens;
}

void add(Query& query, std::string_view token, TokenId id) {
  if (query.context.size() == kMaxContextTokens) return;
  query.context.push_back(token);
  query.context_ids.push_back(id);
}

void add_backwards(Query& query, const std::vector<std::string_view>& tokens) {
  for (auto token = tokens.rbegin(); token != tokens.rend(); ++token) add(query, *token, token_hash(*token));
}

}  // namespace

Query make_query(std::string_view prefix) {
  Query query;
  query.context.reserve(kMaxContextTokens);
  query.context_ids.reserve(kMaxContextTokens);
  const std::size_t floor = prefix.size() - std::min(prefix.size(), kMaxBytesBack);
  const std::string_view last = take_last_line(prefix);
  query.line = trim_left(last);
  query.indent = last.substr(0, last.size() - query.line.size());

  std::vector<std::string_view> tokens = split(query.line);
  // A symbol is complete as it stands; a word or blanks may go on.
  if (!tokens.empty() && (is_word(tokens.back().back()) || trim_left(tokens.back()).empty())) {
    query.partial = tokens.back();
    tokens.pop_back();
  }
  add_backwards(query, tokens);
  while (query.context.size() < kMaxContextTokens && prefix.size() > floor) {
    const std::string_view line = trim_right(trim_left(take_last_line(prefix)));
    if (line.empty()) continue;
    add(query, {}, kLineEnd);
    add_backwards(query, split(line));
  }
  add(query, {}, prefix.empty() ? kTextEnd : kLineEnd);
  return query;
}

}  // namespace fimd
