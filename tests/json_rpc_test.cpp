#include "protocol/json_rpc.h"

#include "protocol/json_text.h"
#include "tests/support/catch.h"

using namespace fimd;
using nlohmann::json;

namespace {

int error_code(std::string_view body) {
  try {
    parse_message(body);
    return 0;
  } catch (const RpcError& error) {
    return static_cast<int>(error.code);
  }
}

std::string nested(int depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

}  // namespace

TEST_CASE("requests, notifications and responses are told apart") {
  const auto request = parse_message(R"({"jsonrpc": "2.0", "id": "a", "method": "m", "params": {"x": 1}})");
  CHECK(request.kind == Message::Kind::request);
  CHECK(request.id == "a");
  CHECK(request.method == "m");
  CHECK(request.params == json::parse(R"({"x": 1})"));
  const auto notification = parse_message(R"({"jsonrpc": "2.0", "method": "m"})");
  CHECK(notification.kind == Message::Kind::notification);
  CHECK(notification.params.is_null());
  const auto response = parse_message(R"({"jsonrpc": "2.0", "id": 1, "result": [2]})");
  CHECK(response.kind == Message::Kind::response);
  CHECK(response.result == json::array({2}));
  CHECK_FALSE(response.failed);
  CHECK(parse_message(R"({"jsonrpc": "2.0", "id": 1, "error": {"code": 1, "message": ""}})").failed);
}

TEST_CASE("broken messages have their error code") {
  for (const auto* body : {"", "{", "nonsense", "{\"jsonrpc\": \"2.0\", \"method\": \"\xff\"}", "{} {}"}) {
    CHECK(error_code(body) == -32700);
  }
  for (const auto* body :
       {"[]", "1", "null", "{}", R"({"jsonrpc": "1.0", "method": "m"})", R"({"jsonrpc": 2.0, "method": "m"})",
        R"({"jsonrpc": "2.0", "method": 1})", R"({"jsonrpc": "2.0", "id": {}, "method": "m"})",
        R"({"jsonrpc": "2.0", "id": null, "method": "m"})", R"({"jsonrpc": "2.0", "id": 1})"}) {
    CHECK(error_code(body) == -32600);
  }
}

TEST_CASE("surrogates without their partner become U+FFFD") {
  const auto text = [](const std::string& escapes) {
    return parse_json("\"" + escapes + "\"").value().get<std::string>();
  };
  CHECK(text(R"(\ud800)") == "\uFFFD");
  CHECK(text(R"(\udc00)") == "\uFFFD");
  CHECK(text(R"(a\uD83Db)") == "a\uFFFDb");
  CHECK(text(R"(\ud800\ud83d\ude00\udc00)") == "\uFFFD\U0001F600\uFFFD");
  CHECK(text(R"(\\ud800)") == "\\ud800");
  CHECK(text(R"(\ud800\n)") == "\uFFFD\n");
  CHECK(text(R"(\u0000)") == std::string(1, '\0'));
  CHECK_FALSE(parse_json(R"("\ud80")"));
  CHECK_FALSE(parse_json(R"("\ud800)"));
  CHECK_FALSE(parse_json("\"\\"));
}

TEST_CASE("nesting is bounded") {
  CHECK(parse_json(nested(kMaxJsonDepth)));
  CHECK_FALSE(parse_json(nested(kMaxJsonDepth + 1)));
  CHECK_FALSE(parse_json(std::string(1'000'000, '[')));
  CHECK(parse_json("\"" + nested(1000) + "\""));
}

TEST_CASE("the number of values is bounded, so that memory is") {
  const auto zeros = [](std::size_t count) {
    std::string list = "[0";
    while (list.size() < 2 * count) list += ",0";
    return list + "]";
  };
  CHECK(parse_json(zeros(kMaxJsonValues)));
  CHECK_FALSE(parse_json(zeros(kMaxJsonValues + 1)));
}

TEST_CASE("writers make whole messages and mend bytes that are not UTF-8") {
  CHECK(response(1, nullptr) == R"({"id":1,"jsonrpc":"2.0","result":null})");
  CHECK(error_response(nullptr, ErrorCode::parse_error, "no") ==
        R"({"error":{"code":-32700,"message":"no"},"id":null,"jsonrpc":"2.0"})");
  CHECK(notification("m", json::object()) == R"({"jsonrpc":"2.0","method":"m","params":{}})");
  CHECK(request("r", "m", json::array()) == R"({"id":"r","jsonrpc":"2.0","method":"m","params":[]})");
  CHECK(response(1, "\xff") == "{\"id\":1,\"jsonrpc\":\"2.0\",\"result\":\"\xEF\xBF\xBD\"}");
}
