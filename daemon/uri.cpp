#include "daemon/uri.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

namespace fimd {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char letter = lower(c);
  if (letter >= 'a' && letter <= 'f') return letter - 'a' + 10;
  return std::nullopt;
}

// Length of "scheme:", 0 when there is none. One letter is a Windows drive, not a scheme.
std::size_t scheme_length(std::string_view uri) {
  std::size_t length = 0;
  const auto in_scheme = [](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
  };
  while (length < uri.size() && in_scheme(uri[length])) ++length;
  const bool scheme = length > 1 && length < uri.size() && uri[length] == ':' && is_letter(uri[0]);
  return scheme ? length + 1 : 0;
}

// True for "c:" and "c:/...".
bool starts_with_drive(std::string_view path) {
  return path.size() >= 2 && is_letter(path[0]) && path[1] == ':' && (path.size() == 2 || path[2] == '/');
}

}  // namespace

std::string percent_decoded(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : std::nullopt;
    const auto low = high ? hex_digit(text[i + 2]) : std::nullopt;
    decoded += low ? static_cast<char>(*high * 16 + *low) : text[i];
    if (low) i += 2;
  }
  return decoded;
}

std::string uri_key(std::string_view uri) {
  std::string key = percent_decoded(uri);
  const std::size_t scheme = scheme_length(key);
  std::transform(key.begin(), key.begin() + static_cast<std::ptrdiff_t>(scheme), key.begin(), lower);
  const std::size_t path = key.find_first_not_of('/', scheme);
  if (path != std::string::npos && starts_with_drive(std::string_view(key).substr(path)))
    key[path] = lower(key[path]);
  return key;
}

std::string uri_path(std::string_view uri) {
  const std::size_t scheme = scheme_length(uri);
  std::string_view rest = uri.substr(scheme);
  if (scheme > 0 && rest.substr(0, 2) == "//") rest = rest.substr(std::min(rest.find('/', 2), rest.size()));
  std::string path = percent_decoded(rest);
  std::replace(path.begin(), path.end(), '\\', '/');
  if (path.size() > 2 && path[0] == '/' && starts_with_drive(std::string_view(path).substr(1)))
    path.erase(0, 1);
  if (starts_with_drive(path)) path[0] = lower(path[0]);
  return path;
}

std::string normal_path(std::string path) {
  if (path.find("//") == std::string::npos && path.find("/.") == std::string::npos) return path;
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const auto part = std::string_view(path).substr(begin, end - begin);
    begin = end + 1;
    if (part == ".." && !parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else if (!part.empty() && part != ".") {
      parts.push_back(part);
    }
  }
  std::string normal = path.starts_with('/') ? "" : ".";
  for (const auto part : parts) (normal += '/') += part;
  return path.starts_with('/') || parts.empty() ? normal : normal.substr(2);
}

}  // namespace fimd
