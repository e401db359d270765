#include "lambda/handler.h"

#include "tests/support/catch.h"

using namespace fimd;

namespace {

CompletionRequest asked;  // what reached the model

Outcome says(const std::string& text) {
  Outcome outcome;
  outcome.completion = {
      .completion = text, .model = "m", .finish_reason = "stop", .usage = Usage{7, 3, 1}, .provider = "p"};
  return outcome;
}

Outcome fails(int status, const std::string& error) {
  Outcome outcome;
  outcome.status = status;
  outcome.error = error;
  return outcome;
}

// A model that says a text, in two pieces when it streams, and then perhaps fails.
Model model(const std::string& text, const Outcome& end) {
  return [text, end](const CompletionRequest& request, const CallTerms& terms) {
    asked = request;
    const auto half = text.size() / 2;
    if (request.stream && !text.empty())
      (void)(terms.on_delta({text.substr(0, half)}) && terms.on_delta({text.substr(half)}));
    return end;
  };
}

Handler handler(const Model& answers, std::vector<std::string> origins = {}) {
  return Handler(answers, Doorkeeper::with({{"alice", sha256("t")}}), Limits{}, std::move(origins));
}

Call post(const std::string& body) {
  return {.method = "POST", .path = "/fim", .headers = {{"authorization", "Bearer t"}}, .body = body};
}

struct Got {
  Answer answer;
  Record record;
  std::string streamed;
  HeaderList stream_headers;
};

Got ask(Handler& asked_handler, const Call& call, bool can_stream = true) {
  Got got;
  Outlet outlet;
  if (can_stream) {
    outlet.begin = [&](const Answer& head) { got.stream_headers = head.headers; };
    outlet.write = [&](std::string_view bytes) { return got.streamed += bytes, true; };
  }
  got.answer = asked_handler.handle(call, outlet, got.record);
  return got;
}

Got ask(Handler&& asked_handler, const Call& call, bool can_stream = true) {
  return ask(asked_handler, call, can_stream);
}

// Status and body of what `call` gets from a model that says "hello".
std::string answer_to(const Call& call) {
  const Got got = ask(handler(model("hello", says("hello"))), call);
  return std::to_string(got.answer.status) + " " + got.answer.body;
}

std::string answer_to(const std::string& body) {
  return answer_to(post(body));
}

}  // namespace

TEST_CASE("handler: a completion") {
  CHECK(answer_to(R"({"prompt":"a"})") ==
        R"(200 {"completion":"hello","finish_reason":"stop","model":"m","provider":"p","success":true,)"
        R"("usage":{"cached_tokens":1,"completion_tokens":3,"prompt_tokens":7}})");
}

TEST_CASE("handler: what breaks the contract is named") {
  CHECK(answer_to("{}") == R"(400 {"error":"Missing required field: prompt","success":false})");
  CHECK(answer_to("") == R"(400 {"error":"Request body is not valid JSON","success":false})");
  CHECK(answer_to("{\"prompt\":NaN}") == R"(400 {"error":"Request body is not valid JSON","success":false})");
  CHECK(answer_to(R"({"prompt":1})") == R"(400 {"error":"Field prompt must be a string","success":false})");
  CHECK(answer_to(R"({"prompt":"","max_tokens":"x"})") ==
        R"(400 {"error":"Field max_tokens must be an integer","success":false})");
  CHECK(answer_to(R"({"prompt":"","n":"3"})") ==
        R"(400 {"error":"Field n must be an integer","success":false})");
  CHECK(answer_to(std::string(100'000, '[')).starts_with("400 "));
  CHECK(answer_to(R"({"prompt":"a","prompt":"b"})").starts_with("200 "));
  CHECK(asked.prompt == "b");
}

TEST_CASE("handler: too much is refused") {
  const std::string too_large = R"(413 {"error":"Request too large","success":false})";
  CHECK(answer_to("{\"prompt\":\"" + std::string(512 * 1024 + 1, 'x') + "\"}") == too_large);
  CHECK(answer_to(std::string(7 * 1024 * 1024, ' ')) == too_large);
}

TEST_CASE("handler: numbers are clamped") {
  answer_to(R"({"prompt":"","max_tokens":1000000000,"temperature":99})");
  CHECK(asked.max_tokens == 256);
  CHECK(asked.temperature == 2.0);
  answer_to(R"({"prompt":"","max_tokens":-5,"temperature":-1})");
  CHECK(asked.max_tokens == 1);
  CHECK(asked.temperature == 0.0);
  const auto wanted = [](const std::string& n) {
    answer_to(R"({"prompt":"","n":)" + n + "}");
    return asked.n;
  };
  CHECK(wanted("null") == 1);
  CHECK(wanted("3") == 3);
  CHECK(wanted("2.0") == 2);
  CHECK(wanted("0") == 1);
  CHECK(wanted("-4") == 1);
  CHECK(wanted("1000") == 3);
  CHECK(wanted("1e300") == 3);
}

TEST_CASE("handler: several texts, and the tokens of all of them") {
  Outcome three = says("a");
  three.completion.alternatives = {"bc", "def"};
  three.completion.usage = Usage{7, 30, 0};
  Handler counted(model("a", three), Doorkeeper::with({{"alice", sha256("t")}}),
                  Limits{.daily = {.calls = 0, .tokens = 37}}, {});
  const Got got = ask(counted, post(R"({"prompt":"","n":3})"));
  CHECK(got.answer.body.find(R"("alternatives":["bc","def"],"completion":"a")") != std::string::npos);
  CHECK(got.record.completion_bytes == 6);
  CHECK(ask(counted, post(R"({"prompt":"","n":3})")).answer.status == 429);
}

TEST_CASE("handler: nobody comes in without a token, and the body is not looked at") {
  Call call = post("not json");
  call.headers = {};
  CHECK(answer_to(call) == R"(401 {"error":"Unauthorized","success":false})");
  call.headers = {{"AUTHORIZATION", "Bearer wrong"}};
  CHECK(answer_to(call) == R"(401 {"error":"Unauthorized","success":false})");
  call.fault = "Field body is not valid base64";
  CHECK(answer_to(call).starts_with("401 "));
  call.headers = {{"AUTHORIZATION", "Bearer t"}};
  CHECK(answer_to(call) == R"(400 {"error":"Field body is not valid base64","success":false})");
  call.fault.clear();
  CHECK(answer_to(call).starts_with("400 "));
  call.headers = {};
  call.trusted = true;
  CHECK(answer_to(call).starts_with("400 "));
}

TEST_CASE("handler: only POST, only /fim") {
  const std::string found = "400 ";  // its body is bad, but the door is the right one
  for (const char* path : {"/fim", "/", "", "/prod/fim"}) {
    CHECK(answer_to({.method = "POST", .path = path, .headers = {{"Authorization", "Bearer t"}}, .body = {}})
              .starts_with(found));
  }
  CHECK(answer_to({.method = "POST", .path = "/other", .headers = {}, .body = {}}) ==
        R"(404 {"error":"Not found","success":false})");
  CHECK(answer_to({.method = "GET", .path = "/fim", .headers = {}, .body = {}}) ==
        R"(405 {"error":"Method not allowed","success":false})");
  CHECK(answer_to({.method = "OPTIONS", .path = "/fim", .headers = {}, .body = {}}).starts_with("405 "));
}

TEST_CASE("handler: an error of the model keeps its status and Retry-After") {
  Outcome limited = fails(429, "Codestral error: Rate limit exceeded");
  limited.retry_after = "7";
  const Got got = ask(handler(model("", limited)), post(R"({"prompt":"a"})"));
  CHECK(got.answer.status == 429);
  CHECK(got.answer.body == R"({"error":"Codestral error: Rate limit exceeded","success":false})");
  CHECK(header_value(got.answer.headers, "retry-after") == "7");
}

TEST_CASE("handler: who has used up the day is told when the next one begins") {
  Limits limits;
  limits.daily.calls = 1;
  Handler budgeted(model("", says("x")), Doorkeeper::with({{"alice", sha256("t")}}), limits, {});
  CHECK(ask(budgeted, post(R"({"prompt":"a"})")).answer.status == 200);
  const Answer refused = ask(budgeted, post(R"({"prompt":"a"})")).answer;
  CHECK(refused.status == 429);
  CHECK(refused.body == R"({"error":"Daily budget used up","success":false})");
  CHECK_FALSE(header_value(refused.headers, "Retry-After").empty());
}

TEST_CASE("handler: a stream is deltas, an end and a mark") {
  const Got got = ask(handler(model("hello", says("hello"))), post(R"({"prompt":"a","stream":true})"));
  CHECK(got.answer.streamed);
  CHECK(header_value(got.stream_headers, "content-type") == "text/event-stream");
  CHECK(got.streamed ==
        "data: {\"delta\":\"he\"}\n\ndata: {\"delta\":\"llo\"}\n\n"
        "data: {\"finish_reason\":\"stop\",\"model\":\"m\",\"provider\":\"p\",\"success\":true,"
        "\"usage\":{\"cached_tokens\":1,\"completion_tokens\":3,\"prompt_tokens\":7}}\n\n"
        "data: [DONE]\n\n");
}

TEST_CASE("handler: a stream that fails before its first word is an ordinary error") {
  const Got got =
      ask(handler(model("", fails(503, "m error: busy"))), post(R"({"prompt":"a","stream":true})"));
  CHECK_FALSE(got.answer.streamed);
  CHECK(got.answer.status == 503);
  CHECK(got.streamed.empty());
}

TEST_CASE("handler: a stream that fails later says so in the stream") {
  const Got got =
      ask(handler(model("hello", fails(502, "m error: gone"))), post(R"({"prompt":"a","stream":true})"));
  CHECK(got.answer.streamed);
  CHECK(got.record.status == 502);
  CHECK(got.streamed.find(R"({"error":"m error: gone","status":502,"success":false})") != std::string::npos);
  CHECK(got.streamed.ends_with("data: [DONE]\n\n"));
}

TEST_CASE("handler: a door that cannot stream answers JSON") {
  const Got got = ask(handler(model("hello", says("hello"))), post(R"({"prompt":"a","stream":true})"), false);
  CHECK_FALSE(got.answer.streamed);
  CHECK(got.answer.body.find(R"("completion":"hello")") != std::string::npos);
  CHECK_FALSE(asked.stream);
}

TEST_CASE("handler: CORS is off until an origin is allowed") {
  Call call = post(R"({"prompt":"a"})");
  call.headers.emplace_back("Origin", "https://a");
  Handler closed = handler(model("", says("")));
  Handler opened = handler(model("", says("")), {"https://a"});
  CHECK(header_value(ask(closed, call).answer.headers, "Access-Control-Allow-Origin").empty());
  CHECK(header_value(ask(opened, call).answer.headers, "Access-Control-Allow-Origin") == "https://a");
  call.method = "OPTIONS";
  CHECK(ask(closed, call).answer.status == 405);
  CHECK(ask(opened, call).answer.status == 204);
  call.headers.back().second = "https://b";
  CHECK(ask(opened, call).answer.status == 405);
}

TEST_CASE("handler: the log line has sizes and counts and no text") {
  const Got got = ask(handler(model("canary-c", says("canary-c"))),
                      post(R"({"prompt":"canary-a","suffix":"canary-b","cache_key":"canary-d"})"));
  const std::string line = log_line(got.record, std::chrono::milliseconds(1));
  CHECK(line.find("canary") == std::string::npos);
  CHECK(line.find(R"("caller":"alice")") != std::string::npos);
  CHECK(line.find(R"("prompt_bytes":8)") != std::string::npos);
  CHECK(line.find(R"("completion_bytes":8)") != std::string::npos);
  CHECK(line.find(R"("CachedTokens":1)") != std::string::npos);
}

TEST_CASE("handler: the log repeats no word of the model's own") {
  Outcome outcome = says("x");
  outcome.completion.model = outcome.completion.finish_reason = "canary";
  outcome.asked_model = "configured";
  const Got got = ask(handler(model("x", outcome)), post(R"({"prompt":"a"})"));
  CHECK(got.answer.body.find(R"("model":"canary")") != std::string::npos);
  const std::string line = log_line(got.record, std::chrono::milliseconds(1));
  CHECK(line.find("canary") == std::string::npos);
  CHECK(line.find(R"("model":"configured")") != std::string::npos);
  CHECK(line.find(R"("finish_reason":"other")") != std::string::npos);
}
