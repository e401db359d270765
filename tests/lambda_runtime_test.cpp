// The built binary under the Runtime API.
#include <signal.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "tests/support/catch.h"
#include "tests/support/child.h"
#include "tests/support/codestral_stand_in.h"
#include "tests/support/runtime_stand_in.h"

using namespace fimd::test;
using namespace std::literals;
using nlohmann::json;

namespace {

using Variables = Child::Environment;

// fim-lambda as AWS starts it, with Codestral on loopback.
class Function {
 public:
  explicit Function(Variables extra = {}, CodestralStandIn::Options options = {})
      : codestral("return 42;", options) {
    environment = {{"AWS_LAMBDA_RUNTIME_API", api.address()},
                   {"FIM_UPSTREAM_URL", codestral.url()},
                   {"CODESTRAL_API_KEY", "stand-in-key"},
                   {"FIM_AUTH", "none"}};
    for (auto& [name, value] : extra) environment[name] = value;
    start();
  }

  // Anew, as AWS does when the process has ended.
  void start() { child = std::make_unique<Child>(std::vector<std::string>{FIM_LAMBDA}, environment); }

  bool logged(const std::string& text) const { return child->output().find(text) != std::string::npos; }

  json invoke(const std::string& event, std::chrono::milliseconds time = 10s) {
    const RuntimeResult result = api.invoke(event, time);
    return json::parse(result.body, nullptr, false);
  }

  CodestralStandIn codestral;
  RuntimeStandIn api;
  Variables environment;
  std::unique_ptr<Child> child;
};

std::string http_event(const json& body, const json& headers = json::object()) {
  return json{{"version", "2.0"},    {"rawPath", "/fim"},
              {"headers", headers},  {"requestContext", {{"http", {{"method", "POST"}}}}},
              {"body", body.dump()}, {"isBase64Encoded", false}}
      .dump();
}

const json kAsk = {{"prompt", "def f():"}};
const json kAskStream = {{"prompt", "def f():"}, {"stream", true}};

}  // namespace

TEST_CASE("runtime: every shape of event gets the contract's answer") {
  Function function;
  const json direct = function.invoke(R"({"prompt":"def f():"})");
  CHECK(direct["completion"] == "return 42;");
  for (const std::string& event :
       {http_event(kAsk), R"({"httpMethod":"POST","path":"/fim","body":"{\"prompt\":\"\"}"})"s,
        R"({"body":"{\"prompt\":\"\"}"})"s}) {
    const json answer = function.invoke(event);
    CHECK(answer["statusCode"] == 200);
    CHECK(answer["isBase64Encoded"] == false);
    CHECK(json::parse(answer["body"].get<std::string>())["completion"] == "return 42;");
  }
  CHECK(function.api.refusals().empty());
}

TEST_CASE("runtime: bad events are answered and the next one works") {
  Function function;
  for (const char* event : {"", "[]", "7", "{\"body\":1}", R"({"body":"!","isBase64Encoded":true})"}) {
    const json answer = function.invoke(event);
    CHECK(json::parse(answer.value("body", answer.dump()))["success"] == false);
  }
  CHECK(function.invoke(R"({"prompt":""})")["success"] == true);
}

TEST_CASE("runtime: from the internet only with a token, and none unless tokens are set") {
  Function function(Variables{{"FIM_AUTH", "token"}});
  CHECK(function.invoke(http_event(kAsk))["statusCode"] == 401);
  CHECK(function.invoke(R"({"prompt":""})")["success"] == true);
  CHECK(function.child->output().find("FIM_TOKENS is empty") != std::string::npos);
  // printf %s secret | sha256sum
  const std::string digest = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b";
  Function guarded(Variables{{"FIM_AUTH", "token"}, {"FIM_TOKENS", "alice:" + digest}});
  CHECK(guarded.invoke(http_event(kAsk, {{"AuthoriZation", "Bearer secret"}}))["statusCode"] == 200);
  CHECK(guarded.invoke(http_event(kAsk, {{"authorization", "Bearer guess"}}))["statusCode"] == 401);
}

TEST_CASE("runtime: answers before the deadline when the model is silent") {
  Function function({}, {.delay = 60s});
  const json answer = function.invoke(http_event(kAsk), 1500ms);
  CHECK(answer["statusCode"] == 504);
}

TEST_CASE("runtime: a key that is missing is named") {
  Function function(Variables{{"CODESTRAL_API_KEY", ""}});
  const json answer = function.invoke(http_event(kAsk));
  CHECK(answer["statusCode"] == 500);
  CHECK(answer["body"] == R"({"error":"CODESTRAL_API_KEY not configured","success":false})");
}

namespace {

// A parameter store on loopback, and the variables that lead a function to it.
Variables with_parameter(const ScriptedServer& store) {
  return {{"CODESTRAL_API_KEY", ""},
          {"FIM_KEY_PARAMETER", "/fim/key"},
          {"AWS_ENDPOINT_URL_SSM", store.url()},
          {"AWS_REGION", "eu-west-1"},
          {"AWS_ACCESS_KEY_ID", "AKID"},
          {"AWS_SECRET_ACCESS_KEY", "secret"},
          {"AWS_SESSION_TOKEN", "session"}};
}

}  // namespace

TEST_CASE("runtime: the key is read from the parameter store in INIT") {
  ScriptedServer store({Reply{.body = R"({"Parameter":{"Name":"/fim/key","Value":"stand-in-key"}})"}});
  Function function(with_parameter(store));
  REQUIRE(function.api.wait_for_next());
  REQUIRE(store.exchanges().size() == 1);
  const HttpRequest asked = store.exchanges()[0].request;
  CHECK(asked.header("X-Amz-Target") == "AmazonSSM.GetParameter");
  CHECK(asked.header("X-Amz-Security-Token") == "session");
  CHECK(asked.header("Authorization")
            .find("SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;"
                  "x-amz-target, Signature=") != std::string::npos);
  CHECK(asked.body == R"({"Name":"/fim/key","WithDecryption":true})");
  CHECK(function.invoke(http_event(kAsk))["statusCode"] == 200);
  CHECK(store.exchanges().size() == 1);
}

TEST_CASE("runtime: a parameter store that denies is asked again by the next request") {
  ScriptedServer store({Reply{.status = 400, .body = R"({"__type":"AccessDeniedException","Message":"no"})"},
                        Reply{.status = 400, .body = R"({"__type":"com.amazonaws.ssm#ParameterNotFound"})"},
                        Reply{.body = R"({"Parameter":{"Value":"stand-in-key"}})"}});
  Function function(with_parameter(store));
  const json refused = function.invoke(http_event(kAsk));
  CHECK(refused["statusCode"] == 500);
  CHECK(json::parse(refused["body"].get<std::string>())["error"] ==
        "The model's key could not be read from the parameter store: ParameterNotFound");
  CHECK(function.child->output().find("AccessDeniedException") != std::string::npos);
  CHECK(function.invoke(http_event(kAsk))["statusCode"] == 200);
}

TEST_CASE("runtime: a model that may do without a key is not asked without one while the store denies") {
  ScriptedServer store({Reply{.status = 400, .body = R"({"__type":"AccessDeniedException"})"},
                        Reply{.status = 400, .body = R"({"__type":"AccessDeniedException"})"},
                        Reply{.status = 400, .body = R"({"__type":"ParameterNotFound"})"}});
  Variables variables = with_parameter(store);
  variables["FIM_PROVIDER"] = "openai";
  variables["FIM_MODEL"] = "m";
  Function function(variables);
  CHECK(function.invoke(http_event(kAsk))["statusCode"] == 500);
  CHECK(function.codestral.server().exchanges().empty());
  CHECK(function.invoke(http_event(kAsk))["statusCode"] == 404);  // the stand-in knows no /v1/completions
}

namespace {

// A function whose team shares a budget that is kept in a table at `table`.
Variables with_budget(const ScriptedServer& table) {
  return {{"FIM_BUDGET_TABLE", "budget"},
          {"FIM_DAILY_CALLS", "9"},
          {"FIM_DAILY_TOKENS", "999"},
          {"AWS_REGION", "eu-west-1"},
          {"AWS_ACCESS_KEY_ID", "A"},
          {"AWS_SECRET_ACCESS_KEY", "s"},
          {"AWS_ENDPOINT_URL_DYNAMODB", table.url()}};
}

}  // namespace

TEST_CASE("runtime: a team's budget is asked before the call and told afterwards") {
  ScriptedServer table({Reply{.body = "{}"}});
  Function function(with_budget(table));
  CHECK(function.invoke(http_event(kAsk))["statusCode"] == 200);
  REQUIRE(table.wait_for_requests(2));
  const json asked = json::parse(table.exchanges()[0].request.body);
  CHECK(asked["Key"]["caller"]["S"] == "anonymous");
  CHECK(asked["ConditionExpression"] ==
        "(attribute_not_exists(#calls) OR #calls < :max_calls) AND "
        "(attribute_not_exists(#tokens) OR #tokens < :max_tokens)");
  CHECK(asked["ExpressionAttributeValues"][":max_calls"]["N"] == "9");
  const json told = json::parse(table.exchanges()[1].request.body);
  CHECK(told["ExpressionAttributeNames"]["#count"] == "tokens");
  CHECK_FALSE(told.contains("ConditionExpression"));
  CHECK(table.exchanges()[1].request.header("X-Amz-Target") == "DynamoDB_20120810.UpdateItem");
}

TEST_CASE("runtime: a team's budget that is used up, and one that cannot be asked") {
  const Reply used_up{
      .status = 400,
      .body = R"({"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"})"};
  ScriptedServer table({used_up, Reply{.status = 400, .body = R"({"__type":"ResourceNotFoundException"})"}});
  Function function(with_budget(table));
  const json refused = function.invoke(http_event(kAsk));
  CHECK(refused["statusCode"] == 429);
  CHECK(refused["body"] == R"({"error":"Daily budget used up","success":false})");
  CHECK(function.codestral.server().exchanges().empty());
  CHECK(function.invoke(http_event(kAsk))["statusCode"] == 200);
  CHECK(function.invoke(http_event(kAsk))["statusCode"] == 200);
  CHECK(function.child->output().find(R"("budget_failure":"ResourceNotFoundException")") !=
        std::string::npos);
}

TEST_CASE("runtime: a slow parameter store does not take the whole INIT") {
  ScriptedServer store({Reply{.delay = 60s}, Reply{.body = R"({"Parameter":{"Value":"stand-in-key"}})"}});
  Function function(with_parameter(store));
  REQUIRE(function.api.wait_for_next());
  CHECK(function.invoke(http_event(kAsk))["statusCode"] == 200);
}

TEST_CASE("runtime: a broken configuration is reported as a failed INIT") {
  Function function(Variables{{"FIM_PROVIDER", "psychic"}});
  const auto error = function.api.wait_for_init_error();
  REQUIRE(error);
  CHECK(json::parse(error->body)["errorType"] == "Runtime.InvalidConfiguration");
  CHECK(error->headers.size() > 0);
  CHECK(header(error->headers, "Lambda-Runtime-Function-Error-Type") == "Runtime.InvalidConfiguration");
  CHECK(function.child->wait() == 1);
}

// In buffered mode and in streaming mode.
TEST_CASE("runtime: exits when the Runtime API answers 500, and serves when it is started again") {
  for (const char* mode : {"buffered", "response_stream"}) {
    Function function(Variables{{"FIM_INVOKE_MODE", mode}});
    REQUIRE(function.api.wait_for_next());
    function.api.break_once(500);
    function.api.invoke(http_event(kAsk), 2s);
    CHECK(function.child->wait() == 1);
    CHECK(function.logged(R"("status":200)"));  // what it would have answered
    CHECK(function.logged("fim-lambda: The Runtime API answered 500"));
    function.start();
    CHECK(function.api.invoke(http_event(kAsk)).body.find("return 42;") != std::string::npos);
  }
}

TEST_CASE("runtime: exits when it is given no event, and serves when it is started again") {
  Function function;
  REQUIRE(function.api.wait_for_next());
  function.child.reset();
  function.api.break_once(500);
  function.start();
  CHECK(function.child->wait() == 1);
  CHECK(function.logged("fim-lambda: The Runtime API answered 500"));
  function.start();
  CHECK(function.invoke(http_event(kAsk))["statusCode"] == 200);
}

TEST_CASE("runtime: goes at SIGTERM") {
  Function function;
  REQUIRE(function.api.wait_for_next());
  ::kill(function.child->pid(), SIGTERM);
  CHECK(function.child->wait() == 0);
}

TEST_CASE("runtime: at SIGTERM a running call is given up and answered") {
  Function function({}, {.delay = 60s});
  std::thread terminator([&] {
    function.codestral.server().wait_for_requests(1);
    ::kill(function.child->pid(), SIGTERM);
  });
  const json answer = function.invoke(http_event(kAsk));
  terminator.join();
  CHECK(answer["statusCode"] == 503);
  CHECK(json::parse(answer["body"].get<std::string>())["error"] == "Codestral error: the call was given up");
  CHECK(function.child->wait() == 0);
  CHECK(function.logged(R"("status":503)"));
}

TEST_CASE("runtime: a streamed response is a prelude, eight NULs and the events") {
  Function function(Variables{{"FIM_INVOKE_MODE", "response_stream"}}, {.delta_bytes = 5});
  const RuntimeResult result = function.api.invoke(http_event(kAskStream));
  REQUIRE(result.streamed);
  REQUIRE(result.chunks.size() >= 4);
  CHECK(json::parse(result.chunks[0])["statusCode"] == 200);
  CHECK(json::parse(result.chunks[0])["headers"]["Content-Type"] == "text/event-stream");
  CHECK(result.chunks[1] == std::string(8, '\0'));
  CHECK(result.chunks[2] == "data: {\"delta\":\"retur\"}\n\n");
  CHECK(result.chunks.back() == "data: [DONE]\n\n");
  CHECK(header(result.headers, "Content-Type") == "application/vnd.awslambda.http-integration-response");
  CHECK(header(result.headers, "Trailer") ==
        "Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body");
  CHECK(result.trailers.empty());
}

TEST_CASE("runtime: in streaming mode an ordinary answer is streamed in one piece") {
  Function function(Variables{{"FIM_INVOKE_MODE", "response_stream"}});
  const RuntimeResult result = function.api.invoke(http_event(kAsk));
  REQUIRE(result.chunks.size() == 3);
  CHECK(json::parse(result.chunks[2])["completion"] == "return 42;");
  const RuntimeResult refused = function.api.invoke(http_event(json::array()));
  CHECK(json::parse(refused.chunks.at(0))["statusCode"] == 400);
}

TEST_CASE("runtime: a failure in mid-stream goes into the stream and into the trailers") {
  Function function(Variables{{"FIM_INVOKE_MODE", "response_stream"}},
                    {.delta_bytes = 4, .ending = Reply::Ending::close, .stop_after = 300});
  const RuntimeResult result = function.api.invoke(http_event(kAskStream));
  CHECK(result.body.find("Codestral error: connection failed") != std::string::npos);
  CHECK(header(result.trailers, "Lambda-Runtime-Function-Error-Type") == "Function.ModelError");
  CHECK_FALSE(header(result.trailers, "Lambda-Runtime-Function-Error-Body").empty());
  CHECK(function.invoke(R"({"prompt":""})")["success"] == false);  // the stand-in breaks every answer
}

TEST_CASE("runtime: a caller who leaves a stream ends the call of the model") {
  Function function(Variables{{"FIM_INVOKE_MODE", "response_stream"}},
                    {.delta_bytes = 1, .delta_delay = 20ms});
  function.api.invoke(http_event(kAskStream), 10s,
                      [](std::string_view chunk) { return !chunk.starts_with("data"); });
  CHECK(function.codestral.server().wait_for_disconnects(1));
  CHECK(function.invoke(R"({"prompt":""})")["success"] == true);
}

TEST_CASE("runtime: a caller who leaves while the model is silent ends the call as well") {
  Function function(Variables{{"FIM_INVOKE_MODE", "response_stream"}},
                    {.delta_bytes = 1, .ending = Reply::Ending::stall, .stop_after = 400});
  int deltas = 0;
  function.api.invoke(http_event(kAskStream), 10s, [&](std::string_view chunk) {
    deltas += chunk.starts_with("data") ? 1 : 0;
    return deltas < 2;
  });
  CHECK(function.codestral.server().wait_for_disconnects(1));
}

TEST_CASE("runtime: deltas are passed on as they come") {
  Function function(Variables{{"FIM_INVOKE_MODE", "response_stream"}},
                    {.delta_bytes = 4, .ending = Reply::Ending::stall, .stop_after = 200});
  // The model is silent after its first delta until that delta has arrived here.
  const auto release = [&](std::string_view chunk) {
    if (chunk.starts_with("data")) function.codestral.server().release();
    return true;
  };
  const RuntimeResult result = function.api.invoke(http_event(kAskStream), 10s, release);
  CHECK(result.chunks.back() == "data: [DONE]\n\n");
}
