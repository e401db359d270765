#include "protocol/completion.h"

#include "tests/support/catch.h"

using namespace fimd;

namespace {

std::string complaint(std::string_view body) {
  try {
    completion_request(body);
    return "";
  } catch (const BadRequest& bad) {
    return bad.what();
  }
}

}  // namespace

TEST_CASE("a request that breaks the contract is told which field is wrong") {
  CHECK(complaint("{\"prompt\": \"x") == "Request body is not valid JSON");
  CHECK(complaint("") == "Request body is not valid JSON");
  CHECK(complaint("\xff") == "Request body is not valid JSON");
  CHECK(complaint("{\"prompt\": \"\xff\"}") == "Request body is not valid JSON");
  CHECK(complaint(R"({"prompt": "", "temperature": NaN})") == "Request body is not valid JSON");
  CHECK(complaint(R"({"prompt": "", "temperature": 1e999})") == "Request body is not valid JSON");
  CHECK(complaint("[]") == "Request body must be a JSON object");
  CHECK(complaint("\"text\"") == "Request body must be a JSON object");
  CHECK(complaint("{}") == "Missing required field: prompt");
  CHECK(complaint(R"({"prompt": null})") == "Missing required field: prompt");
  CHECK(complaint(R"({"prompt": 1})") == "Field prompt must be a string");
  CHECK(complaint(R"({"prompt": "", "suffix": []})") == "Field suffix must be a string");
  CHECK(complaint(R"({"prompt": "", "max_tokens": "9"})") == "Field max_tokens must be an integer");
  CHECK(complaint(R"({"prompt": "", "max_tokens": 1.5})") == "Field max_tokens must be an integer");
  CHECK(complaint(R"({"prompt": "", "max_tokens": true})") == "Field max_tokens must be an integer");
  CHECK(complaint(R"({"prompt": "", "temperature": "0"})") == "Field temperature must be a number");
  CHECK(complaint(R"({"prompt": "", "stop": 1})") == "Field stop must be a string or an array of strings");
  CHECK(complaint(R"({"prompt": "", "stop": ["a", 1]})") ==
        "Field stop must be a string or an array of strings");
  CHECK(complaint(R"({"prompt": "", "stream": 1})") == "Field stream must be true or false");
  CHECK(complaint(R"({"prompt": "", "cache_key": 1})") == "Field cache_key must be a string");
  CHECK(complaint(R"({"prompt": "", "language": {}})") == "Field language must be a string");
  for (const auto* n : {"\"3\"", "1.5", "true", "[3]", "{}"})
    CHECK(complaint(R"({"prompt": "", "n": )" + std::string(n) + "}") == "Field n must be an integer");
}

TEST_CASE("a small request has the contract's defaults") {
  const auto request =
      completion_request(R"({"prompt": "", "unknown": {"a": [1]}, "suffix": null, "stop": null})");
  CHECK(request.prompt.empty());
  CHECK(request.suffix.empty());
  CHECK(request.max_tokens == 150);
  CHECK(request.temperature == 0.2);
  CHECK(request.stop.empty());
  CHECK_FALSE(request.stream);
  CHECK(request.n == 1);
}

TEST_CASE("numbers are clamped to their type, not judged") {
  const auto max_tokens = [](const std::string& number) {
    return completion_request(R"({"prompt": "", "max_tokens": )" + number + "}").max_tokens;
  };
  CHECK(max_tokens("150.0") == 150);
  CHECK(max_tokens("-7") == -7);
  CHECK(max_tokens("1e300") == 2147483647);
  CHECK(max_tokens("99999999999999999999999") == 2147483647);
  CHECK(max_tokens("-9223372036854775808") == -2147483647 - 1);
}

TEST_CASE("stop is one string or several") {
  CHECK(completion_request(R"({"prompt": "", "stop": "a"})").stop == std::vector<std::string>{"a"});
  CHECK(completion_request(R"({"prompt": "", "stop": ["a", "b"]})").stop ==
        std::vector<std::string>{"a", "b"});
  CHECK(completion_request(R"({"prompt": "", "stop": []})").stop.empty());
}

TEST_CASE("a request survives the way there and back") {
  CompletionRequest request{"p\n\"", "s\xE2\x82\xAC", 20, 0.5, {"\n\n", "}"}, true, "key", "cpp", 3};
  const auto copy = completion_request(to_body(request));
  CHECK(copy.prompt == request.prompt);
  CHECK(copy.suffix == request.suffix);
  CHECK(copy.max_tokens == 20);
  CHECK(copy.temperature == 0.5);
  CHECK(copy.stop == request.stop);
  CHECK(copy.stream);
  CHECK(copy.cache_key == "key");
  CHECK(copy.language == "cpp");
  CHECK(copy.n == 3);
  CompletionRequest small;
  small.prompt = "a";
  small.suffix = "b";
  CHECK(to_body(small) == R"({"prompt":"a","suffix":"b"})");
}

TEST_CASE("answers of older endpoints are read; other shapes are not ours") {
  const auto older = read_completion(R"({"success": true, "completion": "x", "model": "m"})");
  REQUIRE(older);
  CHECK(older->completion == "x");
  CHECK(older->model == "m");
  CHECK(older->provider.empty());
  CHECK_FALSE(older->usage);
  CHECK_FALSE(read_completion("<html>"));
  CHECK_FALSE(read_completion(""));
  CHECK_FALSE(read_completion("[]"));
  CHECK_FALSE(read_completion(R"({"success": false, "completion": "x"})"));
  CHECK_FALSE(read_completion(R"({"success": 1, "completion": "x"})"));
  CHECK_FALSE(read_completion(R"({"completion": "x"})"));
  CHECK_FALSE(read_completion(R"({"success": true, "completion": 1})"));
}

TEST_CASE("an answer survives the way there and back") {
  const Completion completion{"x\n", "m", "stop", Usage{1, 2, 3}, "local"};
  const auto copy = read_completion(to_body(completion));
  REQUIRE(copy);
  CHECK(copy->completion == "x\n");
  CHECK(copy->model == "m");
  CHECK(copy->finish_reason == "stop");
  CHECK(copy->usage == Usage{1, 2, 3});
  CHECK(copy->provider == "local");
}

TEST_CASE("the other texts of an answer survive the way; what is no list of strings is none") {
  Completion completion{"x", "m", "stop", std::nullopt, "openai"};
  CHECK(to_body(completion).find("alternatives") == std::string::npos);
  completion.alternatives = {"y", "z\n"};
  CHECK(read_completion(to_body(completion))->alternatives == completion.alternatives);
  const auto alternatives = [](const std::string& json) {
    return read_completion(R"({"success": true, "completion": "x", "alternatives": )" + json + "}")
        ->alternatives;
  };
  CHECK(alternatives("null").empty());
  CHECK(alternatives("\"y\"").empty());
  CHECK(alternatives("{\"0\": \"y\"}").empty());
  CHECK(alternatives(R"(["y", 1, null, ["z"], "w"])") == std::vector<std::string>{"y", "w"});
}

TEST_CASE("an error answer is told in one short line") {
  CHECK(error_message(400, error_body("Missing required field: prompt")) == "Missing required field: prompt");
  CHECK(error_message(403, R"({"message": "Forbidden"})") == "Forbidden");
  CHECK(error_message(403, R"({"Message": "Forbidden"})") == "Forbidden");
  CHECK(error_message(422, R"({"detail": "No"})") == "No");
  CHECK(error_message(502, "<html>Bad gateway</html>") == "HTTP 502");
  CHECK(error_message(502, R"({"error": {"deep": 1}})") == "HTTP 502");
  CHECK(error_message(502, R"({"error": "", "message": "m"})") == "m");
  CHECK(error_message(500, R"({"error": "a\r\nb\u0000c"})") == "a  b c");
  CHECK(error_message(500, error_body(std::string(500, 'x'))) == std::string(200, 'x'));
  CHECK(error_message(500, error_body(std::string(199, 'x') + "\xE2\x82\xAC")) == std::string(199, 'x'));
}

TEST_CASE("stream events survive the way there and back") {
  CHECK(stream_event(delta_data({"a\nb"})).delta.text == "a\nb");
  CHECK(delta_data({"a"}) == R"({"delta":"a"})");
  const Delta last{"b", 2, "stop"};
  CHECK(stream_event(delta_data(last)).delta == last);
  CHECK(stream_event(R"({"delta": "", "index": null})").delta == Delta{});
  CHECK(stream_event(R"({"delta": "a", "index": 1000})").delta == Delta{"a", 1000});
  CHECK(stream_event(R"({"delta": "a", "finish_reason": 7})").delta == Delta{"a"});
  const auto end = stream_event(end_data({"", "m", "length", Usage{1, 2, 0}, "codestral"}));
  CHECK(end.kind == StreamEvent::Kind::end);
  CHECK(end.completion.model == "m");
  CHECK(end.completion.finish_reason == "length");
  CHECK(end.completion.usage == Usage{1, 2, 0});
  const auto error = stream_event(error_data(429, "Codestral error: slow down"));
  CHECK(error.kind == StreamEvent::Kind::error);
  CHECK(error.status == 429);
  CHECK(error.error == "Codestral error: slow down");
  CHECK(stream_event(kDoneData).kind == StreamEvent::Kind::done);
  for (const auto* strange :
       {"", "{}", "[1]", "{\"delta\": 1}", "<html>", "{\"success\": 1}", R"({"delta": "a", "index": -1})",
        R"({"delta": "a", "index": 1.0})", R"({"delta": "a", "index": "1"})"}) {
    CHECK(stream_event(strange).kind == StreamEvent::Kind::unknown);
  }
}

TEST_CASE("writers mend bytes that are not UTF-8") {
  CHECK(stream_event(delta_data({"a\xff"})).delta.text == "a\xEF\xBF\xBD");
}
