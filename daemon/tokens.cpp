#include "daemon/tokens.h"

#include <algorithm>

namespace fimd {

std::string_view next_token(std::string_view& text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  const auto end = std::find_if_not(text.begin(), text.end(), is_word);
  const auto length = std::max<std::size_t>(end - text.begin(), text.empty() ? 0 : 1);
  const auto token = text.substr(0, length);
  text.remove_prefix(length);
  return token;
}

std::string_view next_line(std::string_view& text) {
  const auto end = text.find('\n');
  auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string_view from_line_of(std::string_view text, std::size_t at) {
  return text.substr(text.substr(0, at).rfind('\n') + 1);
}

std::string_view last_word(std::string_view text) {
  auto begin = text.size();
  while (begin > 0 && is_word(text[begin - 1])) --begin;
  return text.substr(begin);
}

std::string_view indentation_of(std::string_view line) {
  return line.substr(0, std::min(line.find_first_not_of(" \t"), line.size()));
}

std::string_view strip_right(std::string_view text) {
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view trim_both(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  return strip_right(text);
}

std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

}  // namespace fimd
