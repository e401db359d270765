#include "lambda/auth.h"

#include <stdexcept>

#include "tests/support/catch.h"

using namespace fimd;

namespace {

std::string caller(const Doorkeeper& doorkeeper, std::string_view authorization) {
  return doorkeeper.admit(authorization).value_or("refused");
}

std::vector<Token> tokens(std::initializer_list<std::pair<const char*, const char*>> list) {
  std::vector<Token> result;
  for (const auto& [name, token] : list) result.push_back({name, sha256(token)});
  return result;
}

}  // namespace

TEST_CASE("auth: SHA-256 is SHA-256") {
  const Digest expected = {0xba, 0x78, 0x16, 0xbf, 0x8f, 0x01, 0xcf, 0xea, 0x41, 0x41, 0x40,
                           0xde, 0x5d, 0xae, 0x22, 0x23, 0xb0, 0x03, 0x61, 0xa3, 0x96, 0x17,
                           0x7a, 0x9c, 0xb4, 0x10, 0xff, 0x61, 0xf2, 0x00, 0x15, 0xad};
  CHECK(sha256("abc") == expected);
  CHECK(parse_tokens("x:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015AD").front().digest ==
        expected);
}

TEST_CASE("auth: a token opens the door under its name") {
  const auto doorkeeper = Doorkeeper::with(tokens({{"alice", "token-a"}, {"bob", "token-b"}}));
  CHECK(caller(doorkeeper, "Bearer token-a") == "alice");
  CHECK(caller(doorkeeper, "Bearer token-b") == "bob");
  CHECK(caller(doorkeeper, "bearer token-b") == "bob");
  CHECK(caller(doorkeeper, "Bearer token-c") == "refused");
  CHECK(caller(doorkeeper, "Bearer ") == "refused");
  CHECK(caller(doorkeeper, "Basic token-a") == "refused");
  CHECK(caller(doorkeeper, "token-a") == "refused");
  CHECK(caller(doorkeeper, "") == "refused");
}

TEST_CASE("auth: without tokens nobody comes in, unless the door is open") {
  CHECK(caller(Doorkeeper::with({}), "Bearer x") == "refused");
  CHECK(caller(Doorkeeper::open(), "") == "anonymous");
}

TEST_CASE("auth: lists are split at commas and blanks") {
  const std::string digest(64, 'a');
  const auto list = parse_tokens(" a:" + digest + ", b:" + digest + "\nc:" + digest + ",");
  REQUIRE(list.size() == 3);
  CHECK(list[2].name == "c");
  CHECK(parse_tokens("").empty());
}

TEST_CASE("auth: a broken list is refused without being quoted") {
  for (const std::string& list :
       {std::string("alice"), ":" + std::string(64, 'a'), "a:" + std::string(63, 'a'),
        "a:" + std::string(64, 'x'), "a:" + std::string(65, 'a')}) {
    CHECK_THROWS_WITH(parse_tokens(list), "FIM_TOKENS: every entry must be name:sha256");
  }
}
