// Models that misbehave, and documents that go away while one thinks: the real Server, the real HTTP path.
#include <nlohmann/json.hpp>

#include "protocol/completion.h"
#include "tests/support/catch.h"
#include "tests/support/scripted_server.h"
#include "tests/support/test_client.h"

using namespace fimd;
using namespace fimd::test;
using Texts = std::vector<std::string>;

namespace {

constexpr const char* kUri = "file:///work/a.cpp";
const std::string kBefore = "int area(int width, int height) {\n  return ";
const std::string kAfter = ";\n}\n\nint main() {\n  return area(2, 3);\n}\n";

Reply saying(const std::string& text) {
  Completion completion;
  completion.completion = text;
  Reply reply;
  reply.headers = {{"Content-Type", "application/json"}};
  reply.body = to_body(completion);
  return reply;
}

Config config_for(const ScriptedServer& server) {
  Config config;
  config.endpoint = server.url("/fim");
  config.predictor = PredictorMode::off;
  config.speculation = false;
  config.calls_per_minute = 0;
  return config;
}

// What is shown after `return ` of what the model says there.
Texts shown(const std::string& said) {
  ScriptedServer server({saying(said)});
  TestClient client(config_for(server));
  client.initialize();
  client.open(kUri, kBefore + kAfter);
  return client.complete(kUri, 1, 9);
}

std::string repeated(const std::string& text, int times) {
  std::string all;
  while (times-- > 0) all += text;
  return all;
}

}  // namespace

TEST_CASE("whatever a model says, nothing that harms is shown") {
  CHECK(shown("width * height") == Texts{"width * height"});
  CHECK(shown("width * height;\n}\n\nint main() {") == Texts{"width * height"});  // repeats the suffix
  CHECK(shown(" \n\t\n  ").empty());                                              // only blanks
  CHECK(shown("```cpp\nwidth * height;\n```\nThis multiplies.") == Texts{"width * height"});
  CHECK(shown(std::string("width\0 * height", 15)) == Texts{"width"});
  CHECK(shown("").empty());
  const auto itself = shown(repeated("width + ", 300));
  if (!itself.empty()) CHECK(itself.front().size() < 64);
  const auto endless = shown(std::string(60'000, 'x'));
  if (!endless.empty()) CHECK(endless.front().find('\n') == std::string::npos);
  const auto prefix = shown("int area(int width, int height) {\n  return width * height;");
  if (!prefix.empty()) CHECK(prefix.front() == "width * height");
}

TEST_CASE("ten megabytes in one line cost one empty answer") {
  CHECK(shown(std::string(10'000'000, 'x')).empty());
}

TEST_CASE("an answer that comes after its document was closed is nobody's") {
  auto late = saying("width * height");
  late.delay = std::chrono::milliseconds(300);
  ScriptedServer server({late, saying("height * width")});
  TestClient client(config_for(server));
  client.initialize();
  client.open(kUri, kBefore + kAfter);
  const int id = client.request_completion(kUri, 1, 9);
  REQUIRE(client.run_until([&] { return server.exchanges().size() == 1; }));
  client.notify("textDocument/didClose", {{"textDocument", {{"uri", kUri}}}});
  client.reply(id);
  // Editors rename so: closed, and opened with the same text under another name.
  client.open("file:///work/b.cpp", kBefore + kAfter);
  CHECK(client.complete("file:///work/b.cpp", 1, 9) == Texts{"height * width"});
  CHECK(client.count_replies(id) == 1);
}

TEST_CASE("two documents with the same text keep their answers apart") {
  ScriptedServer server({saying("width * height"), saying("height * width")});
  TestClient client(config_for(server));
  client.initialize();
  client.open(kUri, kBefore + kAfter);
  client.open("file:///work/b.cpp", kBefore + kAfter);
  CHECK(client.complete(kUri, 1, 9) == Texts{"width * height"});
  CHECK(client.complete("file:///work/b.cpp", 1, 9) == Texts{"height * width"});
  CHECK(client.complete(kUri, 1, 9) == Texts{"width * height"});
  CHECK(server.exchanges().size() == 2);
}
