// Bearer tokens, kept as digests: who may call, and under what name the log knows them.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fimd {

using Digest = std::array<unsigned char, 32>;  // SHA-256

struct Token {
  std::string name;
  Digest digest;
};

// "name:sha256 in hex", several separated by commas or blanks. Throws std::invalid_argument, which does not
// quote the value, when an entry is not of that form.
std::vector<Token> parse_tokens(std::string_view list);
Digest sha256(std::string_view text);

// Compares the digest of what the caller sent with every digest, each in constant time, so that the time an
// answer takes tells nothing about a token.
class Doorkeeper {
 public:
  // Open: everybody may come in, as "anonymous". Otherwise without tokens nobody may.
  static Doorkeeper open() { return Doorkeeper(true, {}); }
  static Doorkeeper with(std::vector<Token> tokens) { return Doorkeeper(false, std::move(tokens)); }

  // The caller's name, or nothing when the value of the Authorization header does not let them in.
  std::optional<std::string> admit(std::string_view authorization) const;

 private:
  Doorkeeper(bool open, std::vector<Token> tokens) : open_(open), tokens_(std::move(tokens)) {}

  bool open_;
  std::vector<Token> tokens_;
};

}  // namespace fimd
