#include "daemon/suffix.h"

#include <algorithm>
#include <numeric>

#include "daemon/tokens.h"

namespace fimd {
namespace {

using Tokens = std::vector<std::uint32_t>;

bool is_closer_or_quote(char c) {
  return is_closer(c) || c == '>' || c == '"' || c == '\'' || c == '`';
}

Tokens first_tokens(std::string_view text) {
  text = text.substr(0, kSuffixWindow);
  Tokens tokens;
  while (tokens.size() < kSuffixTokens) {
    const auto token = next_token(text);
    if (token.empty()) break;
    tokens.push_back(static_cast<std::uint32_t>(hash_of(token)));
  }
  return tokens;
}

// The first lines that are more than blanks. Where they end does not count: editors strip blanks there.
Tokens first_full_lines(std::string_view text) {
  Tokens lines;
  while (!text.empty() && lines.size() < kComparedLines) {
    const auto line = strip_right(next_line(text));
    if (!line.empty()) lines.push_back(static_cast<std::uint32_t>(hash_of(line)));
  }
  return lines;
}

std::size_t edit_distance(const Tokens& a, const Tokens& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const auto replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

bool similar(const Tokens& a, const Tokens& b) {
  if (a.empty() || b.empty()) return a.empty() && b.empty();
  return a.front() == b.front() && (a == b || edit_distance(a, b) * 10 < std::max(a.size(), b.size()));
}

}  // namespace

bool only_closers(std::string_view rest_of_line) {
  auto rest = trim_both(rest_of_line);
  if (!rest.empty() && std::string_view(":{;,").find(rest.back()) != std::string_view::npos)
    rest.remove_suffix(1);
  return std::all_of(rest.begin(), rest.end(), [](char c) { return is_closer_or_quote(c) || is_blank(c); });
}

std::string_view rest_of_line(std::string_view suffix) {
  return next_line(suffix);
}

std::string_view next_lines(std::string_view suffix) {
  next_line(suffix);
  return suffix;
}

SuffixAnchor suffix_anchor(std::string_view suffix) {
  suffix = suffix.substr(0, kSuffixWindow);
  SuffixAnchor anchor;
  const auto rest = next_line(suffix);
  if (!only_closers(rest)) anchor.rest = hash_of(trim_both(rest));
  while (!suffix.empty()) {
    const auto from = suffix;
    const auto line = next_line(suffix);
    // Enter between two auto-closed brackets makes a line of closers: it must not hide the line that was next
    // before.
    if (only_closers(line)) continue;
    anchor.next = hash_of(trim_both(line));
    anchor.tokens = first_tokens(from);
    break;
  }
  return anchor;
}

bool same_place(const SuffixAnchor& was, const SuffixAnchor& now) {
  return was.rest == now.rest && (was.next == now.next || similar(was.tokens, now.tokens));
}

std::size_t lines_changed(std::string_view was, std::string_view now) {
  auto a = first_full_lines(was), b = first_full_lines(now);
  const auto shorter = static_cast<std::ptrdiff_t>(std::min(a.size(), b.size()));
  const auto head = std::mismatch(a.begin(), a.begin() + shorter, b.begin()).first - a.begin();
  a.erase(a.begin(), a.begin() + head);
  b.erase(b.begin(), b.begin() + head);
  return edit_distance(a, b);
}

bool suffixes_similar(std::string_view was, std::string_view now) {
  return similar(first_tokens(was), first_tokens(now));
}

}  // namespace fimd
