// Who answers, by the predictor's mode and the endpoint's state; and what may take the place of a prediction
// that is on the screen.
#include <nlohmann/json.hpp>

#include "tests/support/catch.h"
#include "tests/support/scripted_server.h"
#include "tests/support/test_client.h"

using namespace fimd;
using namespace fimd::test;
using Json = nlohmann::json;

namespace {

constexpr const char* kUri = "file:///work/a.cpp";
const std::string kTyped = "other = round(pr";
const std::string kPredicted = "ice *";

// The prediction in it is likely enough to be shown, and not so likely that the model is not waited for.
std::string seen_before() {
  std::string lines;
  for (const auto* name : {"first", "second"}) lines += std::string(name) + " = round(price * amount, 2)\n";
  return lines + "third = round(previous, 2)\n";
}

Reply fails() {
  Reply reply;
  reply.status = 500;
  return reply;
}

struct Session {
  Session(std::vector<Reply> replies, PredictorMode mode) : server(std::move(replies)), client(config(mode)) {
    client.initialize();
    client.open(kUri, seen_before() + kTyped.substr(0, kTyped.size() - 1));
    type(kTyped.substr(kTyped.size() - 1));
  }

  Config config(PredictorMode mode) const {
    Config config;
    config.endpoint = server.url("/fim");
    config.speculation = false;
    config.calls_per_minute = 0;
    config.predictor = mode;
    config.time_scale = 0.25;  // a busy machine's delays are no pauses of the user: those take a second
    return config;
  }

  // "SOURCE: TEXT" of the first item behind what was typed; "none".
  std::string ask() {
    const auto column = static_cast<int>(kTyped.size()) + typed;
    const Json position = {{"line", 3}, {"character", column}};
    const auto result = client.call(
        "textDocument/inlineCompletion",
        {{"textDocument", {{"uri", kUri}}}, {"position", position}, {"context", {{"triggerKind", 2}}}});
    const auto& items = result.at("items");
    if (items.empty()) return "none";
    const auto source = items.at(0).at("data").at("source").get<std::string>();
    return source + ": " + items.at(0).at("insertText").get<std::string>();
  }
  void type(const std::string& text) {
    client.insert(kUri, 3, static_cast<int>(kTyped.size()) + typed, text);
    typed += static_cast<int>(text.size());
  }
  Json answered() { return client.call("workspace/executeCommand", {{"command", "fimd.stats"}})["answered"]; }
  // Until the model's answer to the first key is there.
  void model_has_answered() {
    REQUIRE(client.run_until([&] { return !server.exchanges().empty(); }));
    client.run_for(std::chrono::milliseconds(50));
  }

  ScriptedServer server;
  TestClient client;
  int typed = -1;  // characters behind kTyped
};

}  // namespace

TEST_CASE("fallback: the model answers; while it is away the user's own text does") {
  Session works({saying("icing);")}, PredictorMode::fallback);
  CHECK(works.ask() == "model: icing);");
  CHECK(works.ask() == "cache: icing);");
  CHECK(works.answered() == Json{{"model", 1}, {"cache", 1}});
  Session broken({fails()}, PredictorMode::fallback);
  CHECK(broken.ask() == "local: " + kPredicted);
  CHECK(broken.answered() == Json{{"local", 1}});
}

TEST_CASE("eager: the user's own text answers at once, and the model is asked for the keys to come") {
  Session session({saying("icing);")}, PredictorMode::eager);
  CHECK(session.ask() == "local: " + kPredicted);
  session.model_has_answered();
  CHECK(session.server.exchanges().size() == 1);
  CHECK(session.answered() == Json{{"local", 1}});
}

TEST_CASE("off: the model answers or nobody does") {
  Session works({saying("icing);")}, PredictorMode::off);
  CHECK(works.ask() == "model: icing);");
  Session broken({fails()}, PredictorMode::off);
  CHECK(broken.ask() == "none");
  CHECK(broken.answered() == Json::object());
}

TEST_CASE("a prediction on the screen gives way to the model only for more of the same, or after a pause") {
  const auto next = [](const std::string& model, std::chrono::milliseconds pause) {
    Session session({saying(model)}, PredictorMode::eager);
    REQUIRE(session.ask() == "local: " + kPredicted);
    session.model_has_answered();
    session.client.run_for(pause);
    session.type("i");
    return session.ask();
  };
  using namespace std::chrono_literals;
  CHECK(next("icing(two, three);", 0ms).starts_with("local: ce *"));
  CHECK(next(kPredicted + " cost, 2);", 0ms) == "cache: ce * cost, 2);");
  CHECK(next("icing(two, three);", 1'500ms) == "cache: cing(two, three);");
}
