#include <nlohmann/json.hpp>

#include "lambda/budget.h"
#include "lambda/model.h"
#include "lambda/providers/local.h"
#include "tests/support/catch.h"
#include "tests/support/scripted_server.h"

using namespace fimd;
using namespace std::chrono_literals;
using nlohmann::json;
using test::Reply;
using test::ScriptedServer;

namespace {

// One call through a dialect: what the server was asked, what came out.
struct Talk {
  std::string path;
  json asked;
  std::string deltas;
  Outcome outcome;
};

Talk talk(const Dialect& dialect, Reply reply, bool stream = false,
          const ModelChoice& choice = {"m", nullptr}) {
  ScriptedServer server({std::move(reply)});
  UpstreamModel model({&dialect, *parse_url(server.url()), choice, "key"}, nullptr);
  Talk result;
  const CompletionRequest request{.prompt = "pre",
                                  .suffix = "suf",
                                  .max_tokens = 9,
                                  .temperature = 0.5,
                                  .stop = {"\n\n"},
                                  .stream = stream,
                                  .cache_key = "k",
                                  .language = "cpp"};
  const CallTerms terms{.deadline = std::chrono::steady_clock::now() + 5s,
                        .on_delta = [&](const Delta& delta) { return result.deltas += delta.text, true; },
                        .abandoned = {}};
  result.outcome = model.complete(request, terms);
  const auto exchange = server.exchanges().at(0);
  result.path = exchange.request.target;
  result.asked = json::parse(exchange.request.body);
  CHECK(exchange.request.header("Authorization") == "Bearer key");
  return result;
}

std::string text_of(const Outcome& outcome) {
  return outcome.status == 200 ? outcome.completion.completion + "|" + outcome.completion.finish_reason
                               : outcome.error;
}

}  // namespace

TEST_CASE("providers: Codestral") {
  const Talk said = talk(codestral_dialect(),
                         {.body = R"({"choices":[{"message":{"content":"x"},"finish_reason":"length"}]})"});
  CHECK(said.path == "/v1/fim/completions");
  CHECK(said.asked ==
        json::parse(R"({"model":"m","prompt":"pre","suffix":"suf","max_tokens":9,"temperature":0.5,
                                      "stop":["\n\n"],"prompt_cache_key":"k"})"));
  CHECK(text_of(said.outcome) == "x|length");
}

TEST_CASE("providers: a key for Mistral's other host is recognised") {
  const auto hint = codestral_dialect().hint;
  CHECK(hint(401, "codestral.mistral.ai", "").find("https://api.mistral.ai") != std::string::npos);
  CHECK(hint(401, "api.mistral.ai", "").find("leave FIM_UPSTREAM_URL unset") != std::string::npos);
  CHECK_FALSE(hint(401, "127.0.0.1", "").empty());
  CHECK(hint(403, "api.mistral.ai", "").empty());
}

TEST_CASE("providers: OpenAI's completions, with a suffix or with the model's tokens") {
  const Reply whole{.body = R"({"choices":[{"text":"x","finish_reason":"stop"}],"model":"mm",
                                "usage":{"prompt_tokens":5,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":4}}})"};
  const Talk said = talk(openai_dialect(), whole);
  CHECK(said.path == "/v1/completions");
  CHECK(said.asked ==
        json::parse(R"({"model":"m","prompt":"pre","suffix":"suf","max_tokens":9,"temperature":0.5,
                                      "stop":["\n\n"]})"));
  CHECK(text_of(said.outcome) == "x|stop");
  CHECK(said.outcome.completion.model == "mm");
  CHECK(*said.outcome.completion.usage == Usage{5, 2, 4});

  const auto prompt = [&](const char* family) {
    const Talk spoken = talk(openai_dialect(), whole, false, {"m", find_fim_tokens(family)});
    CHECK_FALSE(spoken.asked.contains("suffix"));
    CHECK(spoken.asked["stop"].size() >= 2);
    return spoken.asked["prompt"].get<std::string>();
  };
  CHECK(prompt("qwen") == "<|fim_prefix|>pre<|fim_suffix|>suf<|fim_middle|>");
  CHECK(prompt("starcoder") == "<fim_prefix>pre<fim_suffix>suf<fim_middle>");
  CHECK(prompt("deepseek") == "<｜fim▁begin｜>pre<｜fim▁hole｜>suf<｜fim▁end｜>");
  CHECK(prompt("codellama") == "<PRE> pre <SUF>suf <MID>");
  CHECK(find_fim_tokens("other") == nullptr);

  const std::string event = "data: {\"choices\":[{\"text\":\"ab\",\"finish_reason\":null}]}\n\n";
  const Reply stream{.chunks = {event, event,
                                "data: {\"choices\":[{\"text\":\"\",\"finish_reason\":\"stop\"}]}\n\n"
                                "data: [DONE]\n\n"}};
  const Talk streamed = talk(openai_dialect(), stream, true);
  CHECK(streamed.asked["stream"] == true);
  CHECK(streamed.deltas == "abab");
  CHECK(text_of(streamed.outcome) == "abab|stop");
}

TEST_CASE("providers: vLLM refuses a suffix and its sentence is passed on") {
  CHECK(text_of(talk(openai_dialect(),
                     {.status = 400,
                      .body = R"({"error":{"message":"suffix is not currently supported","code":400}})"})
                    .outcome) ==
        "Model error: suffix is not currently supported "
        "(FIM_MODEL_FAMILY writes the model's own tokens instead)");
}

TEST_CASE("providers: DeepSeek") {
  const Talk said = talk(deepseek_dialect(),
                         {.chunks = {"data: {\"choices\":[{\"text\":\"x\",\"finish_reason\":\"stop\"}]}\n\n",
                                     "data: {\"choices\":[{\"text\":\"\"}],\"usage\":{\"prompt_tokens\":8,"
                                     "\"completion_tokens\":1,\"prompt_cache_hit_tokens\":6}}\n\n"}},
                         true);
  CHECK(said.path == "/beta/completions");
  CHECK(said.asked["suffix"] == "suf");
  CHECK(said.asked["stream_options"]["include_usage"] == true);
  CHECK(text_of(said.outcome) == "x|stop");
  CHECK(*said.outcome.completion.usage == Usage{8, 1, 6});
}

TEST_CASE("providers: the last event of a stream may hold the usage alone") {
  const Reply counted = {
      .chunks = {"data: {\"choices\":[{\"text\":\"x\",\"finish_reason\":\"stop\"}],\"usage\":null}\n\n",
                 "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":8,\"completion_tokens\":1}}\n\n",
                 "data: [DONE]\n\n"}};
  for (const Dialect* dialect : {&deepseek_dialect(), &openai_dialect()}) {
    const Talk said = talk(*dialect, counted, true);
    CHECK(text_of(said.outcome) == "x|stop");
    CHECK(said.outcome.completion.usage == Usage{8, 1, 0});
  }
  CHECK(talk(deepseek_dialect(), {.body = R"({"choices":[],"usage":{"prompt_tokens":8}})"}).outcome.status ==
        502);
}

TEST_CASE("providers: llama.cpp") {
  const Talk said = talk(llamacpp_dialect(), {.body = R"({"content":"x","stop":true,"stop_type":"limit",
      "tokens_evaluated":7,"tokens_predicted":3,"timings":{"cache_n":2},"model":"tiny"})"});
  CHECK(said.path == "/infill");
  CHECK(said.asked == json::parse(R"({"input_prefix":"pre","input_suffix":"suf","prompt":"","n_predict":9,
      "temperature":0.5,"cache_prompt":true,"stream":false,"stop":["\n\n"]})"));
  CHECK(text_of(said.outcome) == "x|length");
  CHECK(*said.outcome.completion.usage == Usage{7, 3, 2});

  const Talk streamed =
      talk(llamacpp_dialect(),
           {.chunks = {"data: {\"content\":\"ab\",\"stop\":false}\n\n",
                       "data: {\"content\":\"c\",\"stop\":true,\"stop_type\":\"eos\"}\n\n"}},
           true);
  CHECK(streamed.deltas == "abc");
  CHECK(text_of(streamed.outcome) == "abc|stop");
  const Reply loading{
      .status = 503,
      .body = R"({"error":{"code":503,"message":"Loading model","type":"unavailable_error"}})"};
  CHECK(text_of(talk(llamacpp_dialect(), loading).outcome) == "llama.cpp error: Loading model");
  const Reply breaks{
      .chunks = {"data: {\"content\":\"a\"}\n\n", "data: {\"error\":{\"message\":\"slot lost\"}}\n\n"}};
  CHECK(text_of(talk(llamacpp_dialect(), breaks, true).outcome) == "llama.cpp error: slot lost");
}

TEST_CASE("providers: Ollama streams lines") {
  const Talk said =
      talk(ollama_dialect(), {.body = R"({"response":"x","done":true,"done_reason":"length"})"});
  CHECK(said.path == "/api/generate");
  CHECK(said.asked == json::parse(R"({"model":"m","prompt":"pre","suffix":"suf","stream":false,
      "options":{"num_predict":9,"temperature":0.5,"stop":["\n\n"]}})"));
  CHECK(text_of(said.outcome) == "x|length");
  const Talk streamed = talk(ollama_dialect(),
                             {.chunks = {"{\"response\":\"a",
                                         "b\",\"done\":false}\n{\"response\":\"\",\"done\":true,"
                                         "\"prompt_eval_count\":4,\"eval_count\":2}\n"}},
                             true);
  CHECK(streamed.deltas == "ab");
  CHECK(text_of(streamed.outcome) == "ab|stop");
  CHECK(*streamed.outcome.completion.usage == Usage{4, 2, 0});
  CHECK(text_of(
            talk(ollama_dialect(), {.status = 404, .body = R"({"error":"model 'm' not found"})"}).outcome) ==
        "Ollama error: model 'm' not found");
}

TEST_CASE("providers: each is found by its name") {
  for (const char* name : {"codestral", "openai", "deepseek", "llamacpp", "ollama"}) {
    CHECK(find_dialect(name)->name == name);
  }
  CHECK(find_dialect("local") == nullptr);
}

TEST_CASE("providers: the local model stops where it is told to") {
  const std::string line = "result = first_value + second_value\n";
  CompletionRequest request;
  request.prompt = line + line + line + "result = first";
  const Outcome whole = local_model(request, {});
  REQUIRE(whole.completion.completion.find(" + ") != std::string::npos);
  request.stop = {" + "};
  CHECK(local_model(request, {}).completion.completion == "_value");
}

TEST_CASE("budget: calls and tokens of a day, for each caller") {
  const auto noon = 12h + 24h * 100;
  Budget calls({.calls = 2, .tokens = 0});
  CHECK(calls.admit("a", noon));
  CHECK(calls.admit("a", noon + 1h));
  CHECK_FALSE(calls.admit("a", noon + 11h));
  CHECK(calls.admit("b", noon));
  CHECK(calls.admit("a", noon + 12h));
  Budget tokens({.calls = 0, .tokens = 10});
  CHECK(tokens.admit("a", noon));
  tokens.spend("a", 9, noon);
  CHECK(tokens.admit("a", noon));
  tokens.spend("a", 9, noon);
  CHECK_FALSE(tokens.admit("a", noon));
  CHECK(tokens.admit("a", noon + 24h));
  CHECK(Budget::until_tomorrow(noon) == 12h);
}
