#include "protocol/copilot.h"

#include <nlohmann/json.hpp>

#include "protocol/json_rpc.h"
#include "tests/support/catch.h"

using namespace fimd;
using nlohmann::json;

TEST_CASE("getCompletions is read from its doc") {
  const auto request = copilot_request(json::parse(R"({"doc": {"uri": "u", "version": 3,
    "position": {"line": 1, "character": 2}, "insertSpaces": false, "tabSize": 8}, "textDocument": {}, "_": true})"));
  CHECK(request.uri == "u");
  CHECK(request.version == 3);
  CHECK(request.position == Position{1, 2});
  REQUIRE(request.formattingOptions);
  CHECK(request.formattingOptions->tabSize == 8);
  CHECK_FALSE(
      copilot_request(json::parse(R"({"doc": {"uri": "u", "position": {"line": 0, "character": 0}}})"))
          .formattingOptions);
}

TEST_CASE("what Copilot's clients send in a wrong shape is refused by name") {
  for (const auto* params : {"null", "{}", R"({"doc": 3})", R"({"doc": {"uri": 1}})",
                             R"({"doc": {"uri": "u"}})", R"({"doc": {"uri": "u", "position": []}})"}) {
    CAPTURE(params);
    CHECK_THROWS_AS(copilot_request(json::parse(params)), RpcError);
  }
  for (const auto* params : {"null", "{}", R"({"uuid": 3})", R"({"uuid": "a", "acceptedLength": -1})"}) {
    CAPTURE(params);
    CHECK_THROWS_AS(copilot_verdict(json::parse(params)), RpcError);
  }
}

TEST_CASE("verdicts name one suggestion or several") {
  CHECK(copilot_verdict(json::parse(R"({"uuid": "a"})")).uuids == std::vector<std::string>{"a"});
  CHECK_FALSE(copilot_verdict(json::parse(R"({"uuid": "a"})")).acceptedLength);
  CHECK(copilot_verdict(json::parse(R"({"uuid": "a", "acceptedLength": 0})")).acceptedLength == 0);
  CHECK(copilot_verdict(json::parse(R"({"uuids": ["a", 3, "b"]})")).uuids ==
        std::vector<std::string>{"a", "b"});
  CHECK(copilot_verdict(json::parse(R"({"uuids": "a"})")).uuids == std::vector<std::string>{"a"});
  CHECK(copilot_verdict(json::parse(R"({"uuids": []})")).uuids.empty());
}

TEST_CASE("each status is one of Copilot's kinds") {
  const auto kind = [](const char* name, bool excluded) {
    Status status;
    status.kind = name;
    status.excluded = excluded;
    return copilot_status(status)["kind"].get<std::string>() + "/" +
           copilot_older_status(status)["status"].get<std::string>();
  };
  CHECK(kind("ready", false) == "Normal/Normal");
  CHECK(kind("local", false) == "Normal/Normal");
  CHECK(kind("busy", false) == "Normal/InProgress");
  CHECK(kind("ready", true) == "Inactive/Inactive");
  CHECK(kind("off", false) == "Inactive/Inactive");
  CHECK(kind("error", true) == "Error/Error");
}
