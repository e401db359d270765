// Several texts from one call, in the shapes in which the vendors send them.
#include "lambda/model_answer.h"

#include <nlohmann/json.hpp>

#include "lambda/model.h"
#include "tests/support/catch.h"
#include "tests/support/scripted_server.h"

using namespace fimd;
using namespace fimd::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

// "0:text|1:text|...", an end as "0." and its reason.
std::string written(const std::vector<Delta>& deltas) {
  std::string all;
  for (const auto& delta : deltas) {
    all += std::to_string(delta.index) + ":" + delta.text;
    if (!delta.finish_reason.empty()) all += "." + delta.finish_reason;
    all += "|";
  }
  return all;
}

// The completion and, behind "/", each of the alternatives; then why it ended.
std::string written(const Completion& completion) {
  std::string all = completion.completion;
  for (const auto& text : completion.alternatives) all += "/" + text;
  return all + "|" + completion.finish_reason;
}

struct Talk {
  std::vector<Delta> deltas;
  Outcome outcome;
  std::vector<json> asked;
};

Talk talk(const Dialect& dialect, std::vector<Reply> replies, int n, bool stream) {
  ScriptedServer server(std::move(replies));
  UpstreamModel model({&dialect, *parse_url(server.url()), {"m", nullptr}, "key"}, nullptr);
  CompletionRequest request;
  request.prompt = "pre";
  request.stream = stream;
  request.n = n;
  Talk result;
  const CallTerms terms{.deadline = std::chrono::steady_clock::now() + 5s,
                        .on_delta = [&](const Delta& delta) { return result.deltas.push_back(delta), true; },
                        .abandoned = {}};
  result.outcome = model.complete(request, terms);
  for (const auto& exchange : server.exchanges()) result.asked.push_back(json::parse(exchange.request.body));
  return result;
}

Reply events(const std::vector<std::string>& data) {
  Reply reply;
  for (const auto& each : data) reply.chunks.push_back("data: " + each + "\n\n");
  reply.chunks.emplace_back("data: [DONE]\n\n");
  return reply;
}

std::string choice(const std::string& text, const std::string& index, const std::string& reason = "null") {
  const auto place = index.empty() ? "" : R"("index":)" + index + ",";
  return R"({"text":")" + text + "\"," + place + R"("finish_reason":)" + reason + "}";
}

std::string event(const std::string& text, const std::string& index, const std::string& reason = "null") {
  return R"({"choices":[)" + choice(text, index, reason) + "]}";
}

// What comes of OpenAI's choices, whole, when three texts are asked for.
std::string whole(const std::string& choices) {
  const auto body = R"({"choices":[)" + choices + R"(],"usage":{"prompt_tokens":5,"completion_tokens":6}})";
  const Talk said = talk(openai_dialect(), {{.body = body}}, 3, false);
  return said.outcome.status == 200 ? written(said.outcome.completion) : said.outcome.error;
}

// The same of a stream: what is passed on, and what it comes to.
std::string streamed(const std::vector<std::string>& data, int n = 3) {
  const Talk said = talk(openai_dialect(), {events(data)}, n, true);
  return written(said.deltas) + " = " +
         (said.outcome.status == 200 ? written(said.outcome.completion) : said.outcome.error);
}

constexpr const char* kStop = "\"stop\"";
constexpr const char* kLength = "\"length\"";

}  // namespace

TEST_CASE("several texts: OpenAI's choices are read by their index") {
  CHECK(whole(choice("a", "0", kStop) + "," + choice("b", "1", kStop) + "," + choice("c", "2", kStop)) ==
        "a/b/c|stop");
  CHECK(whole(choice("c", "2", kStop) + "," + choice("a", "0", kStop) + "," + choice("b", "1", kStop)) ==
        "a/b/c|stop");
  CHECK(whole(choice("a", "", kStop) + "," + choice("b", "", kStop)) == "a/b|stop");
  CHECK(whole(choice("a", "0", kStop) + "," + choice("b", "1000", kStop)) == "a|stop");
  CHECK(whole(choice("a", "1000", kStop)) == "Model error: the answer holds no completion");
  CHECK(whole(choice("a", "-1", kStop) + "," + choice("b", "1", kStop)) == "a/b|stop");
  CHECK(whole(choice("a", "\"0\"", kStop)) == "a|stop");
  CHECK(whole(choice("a", "0", kStop) + "," + choice("b", "1", kLength)) == "a/b|length");
}

TEST_CASE("several texts: one that says nothing, or says the same, is none") {
  CHECK(whole(choice("a", "0", kStop) + "," + choice("a", "1", kStop) + "," + choice("b", "2", kStop)) ==
        "a/b|stop");
  CHECK(whole(choice("", "0", kStop) + "," + choice("", "1", kStop) + "," + choice("b", "2", kStop)) ==
        "b|stop");
  CHECK(whole(choice("", "0", kStop) + "," + choice("", "1", kStop)) == "|stop");
  CHECK(whole(choice("a", "0", kStop) + R"(,{"index":1},{"index":2,"text":7},"x",null)") == "a|stop");
  CHECK(whole(choice("a", "0", kStop)) == "a|stop");  // a server that does not know `n`
}

TEST_CASE("several texts: a stream tells them apart, and tells where each ends") {
  CHECK(streamed({event("a", "0"), event("x", "1"), event("b", "0"), event("y", "1"), event("", "0", kStop),
                  event("z", "1", kLength)}) == "0:a|1:x|0:b|1:y|0:.stop|1:z.length| = ab/xyz|length");
  CHECK(streamed({event("x", "1"), event("a", "0", kStop), event("", "1", kStop)}) ==
        "1:x|0:a.stop|1:.stop| = a/x|stop");
  CHECK(streamed({R"({"choices":[)" + choice("a", "0", kStop) + "," + choice("x", "1", kStop) + "]}"}) ==
        "0:a.stop|1:x.stop| = a/x|stop");
  CHECK(streamed({event("a", ""), event("b", "", kStop)}) == "0:a|0:b.stop| = ab|stop");
  CHECK(streamed({event("a", "0", kStop), event("b", "1000", kStop)}) == "0:a.stop| = a|stop");
  CHECK(streamed({event("", "1"), event("a", "0", kStop), event("", "1", kStop)}) ==
        "0:a.stop|1:.stop| = a|stop");
  CHECK(streamed({event("größe \xF0\x9F\x98\x80", "2", kStop)}) ==
        "2:größe \xF0\x9F\x98\x80.stop| = größe \xF0\x9F\x98\x80|stop");
}

TEST_CASE("several texts: a stream that ends while one of them goes on has broken off") {
  CHECK(streamed({event("a", "0", kStop), event("x", "1")}) ==
        "0:a.stop|1:x| = Model error: the answer broke off");
  CHECK(streamed({event("x", "1000", kStop)}) == " = Model error: the answer broke off");
}

TEST_CASE("several texts: who asked for one gets the first, whatever its index, and no end of its own") {
  CHECK(streamed({event("a", "0"), event("b", "0", kStop)}, 1) == "0:a|0:b| = ab|stop");
  CHECK(streamed({event("a", "7"), event("b", "7", kStop)}, 1) == "0:a|0:b| = ab|stop");
  CHECK(streamed({R"({"choices":[)" + choice("a", "0", kStop) + "," + choice("x", "1", kStop) + "]}"}, 1) ==
        "0:a| = a|stop");
}

TEST_CASE("several texts: the tokens of all of them are counted") {
  const auto usage = [](std::vector<std::string> data) {
    const auto said = talk(openai_dialect(), {events(data)}, 3, true);
    return said.outcome.completion.usage.value_or(Usage{});
  };
  const auto with = [](std::string data, const std::string& prompt, const std::string& completion) {
    data.pop_back();
    return data + R"(,"usage":{"prompt_tokens":)" + prompt + R"(,"completion_tokens":)" + completion + "}}";
  };
  const std::string sum = R"({"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":9}})";
  CHECK(usage({event("a", "0", kStop), event("x", "1", kStop), sum}) == Usage{5, 9, 0});
  // llama.cpp counts each on its own.
  CHECK(usage({with(event("a", "0", kStop), "5", "2"), with(event("x", "1", kStop), "5", "3")}) ==
        Usage{5, 5, 0});
  CHECK(usage({with(event("a", "0"), "5", "1"), with(event("b", "0", kStop), "5", "2"),
               with(event("x", "9", kStop), "5", "100")}) == Usage{5, 2, 0});
  CHECK(usage({with(event("a", "0", kStop), "5", "2147483647"), with(event("x", "1", kStop), "5", "7")}) ==
        Usage{5, 2147483647, 0});
}

TEST_CASE("several texts: llama.cpp says them whole in an array, and streamed by their index") {
  const Talk said = talk(llamacpp_dialect(), {{.body = R"([
      {"index":1,"content":"x","stop":true,"stop_type":"eos","tokens_predicted":1,"tokens_evaluated":8},
      {"index":0,"content":"ab","stop":true,"stop_type":"limit","tokens_predicted":2,"tokens_evaluated":8}])"}},
                         3, false);
  CHECK(said.asked.at(0)["n_cmpl"] == 3);
  CHECK(said.asked.at(0)["temperature"] == 0.8);
  CHECK(written(said.outcome.completion) == "ab/x|length");
  CHECK(said.outcome.completion.usage == Usage{8, 3, 0});
  const std::string end = R"(,"content":"","stop":true,"stop_type":"eos","tokens_predicted":1})";
  const Talk live = talk(
      llamacpp_dialect(),
      {events({R"({"index":1,"content":"x","stop":false})", R"({"index":0,"content":"a","stop":false})",
               R"({"index":1)" + end, R"({"index":0,"content":"b","stop":false})", R"({"index":0)" + end})},
      2, true);
  CHECK(written(live.deltas) == "1:x|0:a|1:.stop|0:b|0:.stop|");
  CHECK(written(live.outcome.completion) == "ab/x|stop");
  CHECK(talk(llamacpp_dialect(), {{.body = "[]"}}, 3, false).outcome.error ==
        "llama.cpp error: the answer holds no completion");
  CHECK(talk(llamacpp_dialect(), {{.body = R"([7,{"content":1}])"}}, 3, false).outcome.status == 502);
}

TEST_CASE("several texts: a server that refuses to give them is asked for one") {
  const Reply too_many{.status = 400,
                       .body = R"({"error":{"message":"Field 'n_cmpl': must be between 1 and 1"}})"};
  for (const bool stream : {false, true}) {
    const std::string answer = R"({"content":"x","stop":true,"stop_type":"eos"})";
    const auto one = stream ? events({answer}) : Reply{.body = answer};
    const Talk said = talk(llamacpp_dialect(), {too_many, one}, 3, stream);
    REQUIRE(said.asked.size() == 2);
    CHECK_FALSE(said.asked[1].contains("n_cmpl"));
    CHECK(said.asked[1]["temperature"] == kDefaultTemperature);
    CHECK(written(said.outcome.completion) == "x|stop");
  }
  const Talk refused = talk(openai_dialect(), {{.status = 400, .body = R"({"error":"too long"})"}}, 3, false);
  CHECK(refused.asked.size() == 2);
  CHECK(refused.outcome.error == "Model error: too long");
  CHECK(talk(openai_dialect(), {{.status = 400}}, 1, false).asked.size() == 1);
  CHECK(talk(openai_dialect(), {{.status = 429}}, 3, false).asked.size() == 1);
}

TEST_CASE("several texts: asked only of those who document it, at a temperature that makes them differ") {
  const auto asked = [](const Dialect& dialect, int n) {
    return talk(dialect, {{.status = 500}}, n, false).asked.at(0);
  };
  CHECK(asked(openai_dialect(), 2)["n"] == 2);
  CHECK(asked(openai_dialect(), 2)["temperature"] == kSeveralTemperature);
  CHECK_FALSE(asked(openai_dialect(), 1).contains("n"));
  CHECK(asked(openai_dialect(), 1)["temperature"] == kDefaultTemperature);
  CHECK_FALSE(asked(llamacpp_dialect(), 1).contains("n_cmpl"));
  for (const auto* one : {&codestral_dialect(), &deepseek_dialect(), &ollama_dialect()})
    CHECK(asked(*one, 3) == asked(*one, 1));
  CompletionRequest warm;
  warm.n = 3;
  warm.temperature = 1.1;
  CHECK(temperature_of(warm) == 1.1);
}
