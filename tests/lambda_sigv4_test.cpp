#include "lambda/sigv4.h"

#include "tests/support/catch.h"

using namespace fimd;

namespace {

const SigningScope kScope{.time = "20150830T123600Z", .region = "us-east-1", .service = "service"};
const std::string kSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

SignedRequest request(const std::string& method, const std::string& query = "") {
  return {.method = method,
          .path = "/",
          .query = query,
          .headers = {{"host", "example.amazonaws.com"}, {"x-amz-date", kScope.time}},
          .body = ""};
}

}  // namespace

// The vectors that AWS publishes for implementers: get-vanilla, post-vanilla, post-vanilla-query.
TEST_CASE("sigv4: AWS's test vectors") {
  CHECK(sigv4_signature(request("GET"), kScope, kSecret) ==
        "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
  CHECK(sigv4_signature(request("POST"), kScope, kSecret) ==
        "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b");
  CHECK(sigv4_signature(request("POST", "Param1=value1"), kScope, kSecret) ==
        "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11");
}

TEST_CASE("sigv4: the header names the key, the scope and what was signed") {
  CHECK(sigv4_authorization(request("GET"), kScope, {"AKID", kSecret, ""}) ==
        "AWS4-HMAC-SHA256 Credential=AKID/20150830/us-east-1/service/aws4_request, "
        "SignedHeaders=host;x-amz-date, "
        "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
}
