#include "daemon/ignore_rules.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace fimd {
namespace {

using Bytes = std::bitset<256>;

std::size_t byte(char c) {
  return static_cast<unsigned char>(c);
}

void accept_either_case(Bytes& set, char c) {
  set.set(byte(c));
  if (c >= 'a' && c <= 'z') set.set(byte(c) - 'a' + 'A');
  if (c >= 'A' && c <= 'Z') set.set(byte(c) - 'A' + 'a');
}

// Reads the set that starts at pattern[at] == '['; nothing when it is never closed, so that the bracket is a
// letter.
std::optional<Bytes> bracket_set(std::string_view pattern, std::size_t& at) {
  std::size_t i = at + 1;
  const bool inverted = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  if (inverted) ++i;
  Bytes set;
  for (const std::size_t first = i; i < pattern.size(); ++i) {
    if (pattern[i] == ']' && i > first) {
      at = i;
      return inverted ? ~set : set;
    }
    const bool range = i + 2 < pattern.size() && pattern[i + 1] == '-' && pattern[i + 2] != ']';
    const char last = range ? pattern[i + 2] : pattern[i];
    for (std::size_t c = byte(pattern[i]); c <= byte(last); ++c)
      accept_either_case(set, static_cast<char>(c));
    if (range) i += 2;
  }
  return std::nullopt;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    pieces.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return pieces;
}

std::vector<std::string_view> names_in(std::string_view path) {
  auto names = split(path, '/');
  std::erase_if(names, [](std::string_view name) { return name.empty() || name == "."; });
  return names;
}

// Wildcards over any two sequences: on a mismatch the last star takes one element more. Earlier stars never
// have to be revisited, so this costs at most one pass over `text` per element of it.
template <typename Pattern, typename Text, typename IsStar, typename Matches>
bool wildcard_match(const Pattern& pattern, const Text& text, IsStar is_star, Matches matches) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::optional<std::pair<std::size_t, std::size_t>> star;  // where to resume in both
  while (t < text.size()) {
    if (p < pattern.size() && is_star(pattern[p])) {
      star = {++p, t};
    } else if (p < pattern.size() && matches(pattern[p], text[t])) {
      ++p;
      ++t;
    } else if (star) {
      p = star->first;
      t = ++star->second;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && is_star(pattern[p])) ++p;
  return p == pattern.size();
}

}  // namespace

IgnoreRules::IgnoreRules(std::string_view lines) {
  for (const std::string_view line : split(lines, '\n')) {
    if (auto rule = parsed(line)) rules_.push_back(std::move(*rule));
  }
}

std::vector<std::string> IgnoreRules::lines() const {
  std::vector<std::string> lines;
  for (const auto& rule : rules_) lines.push_back(rule.line);
  return lines;
}

std::optional<IgnoreRules::Verdict> IgnoreRules::verdict(std::string_view path, bool folder) const {
  const Rule* rule = deciding(names_in(path), folder);
  return rule ? std::optional(Verdict{!rule->negated, rule->line}) : std::nullopt;
}

std::optional<std::string> IgnoreRules::names(std::string_view path) const {
  const auto found = verdict(path, false);
  return found && found->excluded ? std::optional(std::string(found->line)) : std::nullopt;
}

std::optional<std::string> IgnoreRules::excludes(std::string_view path, bool folder) const {
  const Names names = names_in(path);
  for (std::size_t depth = 1; depth <= names.size(); ++depth) {
    const Names upper(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(depth));
    const Rule* rule = deciding(upper, folder || depth < names.size());
    if (rule && !rule->negated) return rule->line;
  }
  return std::nullopt;
}

std::optional<IgnoreRules::Rule> IgnoreRules::parsed(std::string_view line) {
  const std::size_t blanks = line.find_last_not_of(" \t\r");
  line = line.substr(0, blanks == std::string_view::npos ? 0 : blanks + 1);
  if (line.empty() || line[0] == '#') return std::nullopt;
  Rule rule;
  rule.line = line;
  rule.negated = line[0] == '!';
  if (rule.negated) line.remove_prefix(1);
  rule.folders_only = !line.empty() && line.back() == '/';
  if (rule.folders_only) line.remove_suffix(1);
  const bool rooted = line.find('/') != std::string_view::npos;
  if (!rooted) rule.parts.emplace_back();
  const Names pieces = names_in(line);
  for (const std::string_view piece : pieces) rule.parts.push_back(piece == "**" ? Part() : part(piece));
  if (pieces.empty()) return std::nullopt;
  // `a/**` is all that is inside `a`, not `a`: one part at least.
  if (pieces.back() == "**") rule.parts.push_back(part("*"));
  return rule;
}

IgnoreRules::Part IgnoreRules::part(std::string_view pattern) {
  Part atoms;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    Atom atom;
    const auto set = pattern[i] == '[' ? bracket_set(pattern, i) : std::nullopt;
    if (set) {
      atom.accepts = *set;
    } else if (pattern[i] == '*') {
      atom.star = true;
    } else if (pattern[i] == '?') {
      atom.accepts.set();
    } else {
      if (pattern[i] == '\\' && i + 1 < pattern.size()) ++i;
      accept_either_case(atom.accepts, pattern[i]);
    }
    atoms.push_back(atom);
  }
  return atoms;
}

bool IgnoreRules::matches(const Rule& rule, const Names& names) {
  const auto is_star = [](const Atom& atom) { return atom.star; };
  const auto accepts = [](const Atom& atom, char c) { return atom.accepts[byte(c)]; };
  const auto name_matches = [&](const Part& part, std::string_view name) {
    return wildcard_match(part, name, is_star, accepts);
  };
  return wildcard_match(
      rule.parts, names, [](const Part& part) { return part.empty(); }, name_matches);
}

const IgnoreRules::Rule* IgnoreRules::deciding(const Names& names, bool folder) const {
  for (auto rule = rules_.rbegin(); rule != rules_.rend(); ++rule) {
    if ((folder || !rule->folders_only) && matches(*rule, names)) return &*rule;
  }
  return nullptr;
}

}  // namespace fimd
