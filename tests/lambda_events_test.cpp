#include <nlohmann/json.hpp>

#include "lambda/events.h"
#include "tests/support/catch.h"

using namespace fimd;
using nlohmann::json;

namespace {

const std::string kV2 =
    R"({"version":"2.0","routeKey":"POST /fim","rawPath":"/fim","headers":{"authorization":"Bearer t"},
  "requestContext":{"http":{"method":"POST","path":"/fim"}},"body":"{\"prompt\":\"a\"}","isBase64Encoded":false})";
const std::string kV1 =
    R"({"resource":"/fim","path":"/prod/fim","httpMethod":"POST","headers":{"Authorization":"Bearer t"},
  "body":"{\"prompt\":\"a\"}","isBase64Encoded":false})";

// What an event is taken for: its error, or shape, method, path and body.
std::string reading(const std::string& event) {
  const Event read = read_event(event);
  if (!read.call.fault.empty()) return read.call.fault;
  const char* shapes[] = {"v2", "v1", "body", "direct"};
  return std::string(shapes[static_cast<int>(read.shape)]) + " " + read.call.method + " " + read.call.path +
         " " + read.call.body;
}

}  // namespace

TEST_CASE("events: every door is told from the others") {
  CHECK(reading(kV2) == R"(v2 POST /fim {"prompt":"a"})");
  CHECK(reading(kV1) == R"(v1 POST /prod/fim {"prompt":"a"})");
  CHECK(reading(R"({"body":"{\"prompt\":\"a\"}"})") == R"(body   {"prompt":"a"})");
  CHECK(reading(R"({"prompt":"a"})") == R"(direct   {"prompt":"a"})");
  CHECK(reading(R"({"version":"1.0","httpMethod":"GET","path":"/"})") == "v1 GET / ");
  CHECK(reading(R"({"requestContext":{"http":{"method":"PUT"}},"rawPath":"/x"})") == "v2 PUT /x ");
}

TEST_CASE("events: base64 bodies are decoded") {
  const auto body = [](const std::string& text) {
    return reading(R"({"isBase64Encoded":true,"body":")" + text + R"("})");
  };
  CHECK(body("eyJwcm9tcHQiOiJhIn0=") == R"(body   {"prompt":"a"})");
  CHECK(body("eyJwcm9tcHQiOiJhIn0") == R"(body   {"prompt":"a"})");
  CHECK(body("") == "body   ");
  CHECK(body("!!!!") == "Field body is not valid base64");
  CHECK(body("A") == "Field body is not valid base64");
}

TEST_CASE("events: what is none is answered, not feared") {
  CHECK(reading("") == "The event is not a JSON object");
  CHECK(reading("[1]") == "The event is not a JSON object");
  CHECK(reading("{\"prompt\":\"\xff\"}") == "The event is not a JSON object");
  CHECK(reading(R"({"body":{"prompt":"a"}})") == "Field body must be a string");
  CHECK(reading(R"({"version":"2.0","body":7})") == "Field body must be a string");
  CHECK(reading(R"({"version":"2.0","requestContext":[],"headers":"x","rawPath":3})") == "v2   ");
  const std::string deep = std::string(100'000, '[');
  CHECK(reading(deep) == "The event is not a JSON object");
  CHECK(reading("{\"prompt\":" + deep + std::string(100'000, ']') + "}").starts_with("direct"));
}

TEST_CASE("events: headers are found in any case and only strings count") {
  const Event event = read_event(R"({"version":"2.0","headers":{"AuthoriZation":"Bearer t","x":1}})");
  CHECK(header_value(event.call.headers, "authorization") == "Bearer t");
  CHECK(header_value(event.call.headers, "X").empty());
}

TEST_CASE("events: only an invocation without an envelope is trusted") {
  CHECK_FALSE(read_event(kV2).call.trusted);
  CHECK_FALSE(read_event(kV1).call.trusted);
  CHECK(read_event(R"({"prompt":"a"})").call.trusted);
  CHECK(read_event(R"({"body":"{}"})").call.trusted);
  CHECK(read_event("[]").call.trusted);
  CHECK_FALSE(read_event(R"({"version":"2.0","body":7})").call.trusted);
}

TEST_CASE("events: answers wear the envelope of their door") {
  const Answer answer{.status = 429, .headers = {{"Retry-After", "3"}}, .body = "{\"success\":false}"};
  const json envelope = {{"statusCode", 429},
                         {"headers", {{"Retry-After", "3"}}},
                         {"body", answer.body},
                         {"isBase64Encoded", false}};
  CHECK(json::parse(event_answer(EventShape::v2, answer)) == envelope);
  CHECK(json::parse(event_answer(EventShape::v1, answer)) == envelope);
  CHECK(json::parse(event_answer(EventShape::body, answer)) == envelope);
  CHECK(event_answer(EventShape::direct, answer) == answer.body);
  CHECK(json::parse(stream_prelude(answer)) ==
        json{{"statusCode", 429}, {"headers", {{"Retry-After", "3"}}}});
}
