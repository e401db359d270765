// AWS Signature Version 4 for requests whose headers and body are known in full.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fimd {

struct AwsCredentials {
  std::string access_key;
  std::string secret_key;
  std::string session_token;  // empty for a user's own key
};

// What is signed, and for whom.
struct SigningScope {
  std::string time;  // UTC, "20261122T101500Z"
  std::string region;
  std::string service;  // "ssm", "execute-api", "lambda"
};

struct SignedRequest {
  std::string method;
  std::string path;   // as in the request line, without query; encoded
  std::string query;  // "a=1&b=2", sorted and encoded; usually empty
  std::vector<std::pair<std::string, std::string>>
      headers;  // those to be signed: lower case, sorted; with host
  std::string body;
};

std::string hex(std::string_view bytes);
std::string sigv4_signature(const SignedRequest& request, const SigningScope& scope,
                            std::string_view secret_key);

// The value of the Authorization header.
std::string sigv4_authorization(const SignedRequest& request, const SigningScope& scope,
                                const AwsCredentials& credentials);

}  // namespace fimd
