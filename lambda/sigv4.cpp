#include "lambda/sigv4.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "lambda/auth.h"

namespace fimd {
namespace {

std::string_view bytes_of(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string keyed_digest(std::string_view key, std::string_view text) {
  Digest digest;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), nullptr);
  return std::string(bytes_of(digest));
}

std::string header_names(const SignedRequest& request) {
  std::string names;
  for (const auto& [name, value] : request.headers) names += (names.empty() ? "" : ";") + name;
  return names;
}

std::string canonical_request(const SignedRequest& request) {
  std::string text = request.method + "\n" + request.path + "\n" + request.query + "\n";
  for (const auto& [name, value] : request.headers) text += name + ":" + value + "\n";
  return text + "\n" + header_names(request) + "\n" + hex(bytes_of(sha256(request.body)));
}

std::string scope_path(const SigningScope& scope) {
  return scope.time.substr(0, 8) + "/" + scope.region + "/" + scope.service + "/aws4_request";
}

}  // namespace

std::string hex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : bytes) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

std::string sigv4_signature(const SignedRequest& request, const SigningScope& scope,
                            std::string_view secret_key) {
  const std::string to_sign = "AWS4-HMAC-SHA256\n" + scope.time + "\n" + scope_path(scope) + "\n" +
                              hex(bytes_of(sha256(canonical_request(request))));
  std::string key = "AWS4" + std::string(secret_key);
  for (const std::string& part :
       {scope.time.substr(0, 8), scope.region, scope.service, std::string("aws4_request")}) {
    key = keyed_digest(key, part);
  }
  return hex(keyed_digest(key, to_sign));
}

std::string sigv4_authorization(const SignedRequest& request, const SigningScope& scope,
                                const AwsCredentials& credentials) {
  return "AWS4-HMAC-SHA256 Credential=" + credentials.access_key + "/" + scope_path(scope) +
         ", SignedHeaders=" + header_names(request) +
         ", Signature=" + sigv4_signature(request, scope, credentials.secret_key);
}

}  // namespace fimd
