#include "lambda/auth.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <strings.h>

#include <stdexcept>

namespace fimd {
namespace {

constexpr std::string_view kSeparators = ", \t\r\n";
constexpr std::string_view kScheme = "Bearer ";

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Token parse_token(std::string_view entry) {
  const auto colon = entry.rfind(':');
  Token token{std::string(entry.substr(0, colon)), {}};
  const std::string_view hex = colon == std::string_view::npos ? "" : entry.substr(colon + 1);
  bool good = !token.name.empty() && hex.size() == 2 * token.digest.size();
  for (std::size_t i = 0; good && i < token.digest.size(); ++i) {
    const int high = hex_digit(hex[2 * i]);
    const int low = hex_digit(hex[2 * i + 1]);
    good = high >= 0 && low >= 0;
    token.digest[i] = static_cast<unsigned char>(high * 16 + low);
  }
  if (!good) throw std::invalid_argument("FIM_TOKENS: every entry must be name:sha256");
  return token;
}

}  // namespace

std::vector<Token> parse_tokens(std::string_view list) {
  std::vector<Token> tokens;
  while (true) {
    const auto begin = list.find_first_not_of(kSeparators);
    if (begin == std::string_view::npos) return tokens;
    list.remove_prefix(begin);
    const auto end = std::min(list.find_first_of(kSeparators), list.size());
    tokens.push_back(parse_token(list.substr(0, end)));
    list.remove_prefix(end);
  }
}

Digest sha256(std::string_view text) {
  Digest digest;
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return digest;
}

std::optional<std::string> Doorkeeper::admit(std::string_view authorization) const {
  if (open_) return "anonymous";
  if (authorization.size() < kScheme.size()) return std::nullopt;
  if (::strncasecmp(authorization.data(), kScheme.data(), kScheme.size()) != 0) return std::nullopt;
  const Digest digest = sha256(authorization.substr(kScheme.size()));
  std::optional<std::string> name;
  for (const Token& token : tokens_) {
    if (CRYPTO_memcmp(digest.data(), token.digest.data(), digest.size()) == 0) name = token.name;
  }
  return name;
}

}  // namespace fimd
