// What may be asked of the model, when, and what of its answers is found again: the real Server, the real
// HTTP path.
#include <functional>
#include <nlohmann/json.hpp>

#include "tests/support/catch.h"
#include "tests/support/scripted_server.h"
#include "tests/support/test_client.h"

using namespace fimd;
using namespace fimd::test;
using namespace std::chrono_literals;
using Json = nlohmann::json;
using Texts = std::vector<std::string>;

namespace {

constexpr const char* kUri = "file:///work/a.cpp";
constexpr const char* kOther = "file:///work/b.cpp";

Json stats(TestClient& client) {
  return client.call("workspace/executeCommand", {{"command", "fimd.stats"}});
}

Json first_item(TestClient& client, const std::string& uri, int line, int character) {
  return client.reply(client.request_completion(uri, line, character)).at("result").at("items").at(0);
}

// Calls in all when `happens` comes right after an answer whose acceptance would be fetched ahead.
std::size_t calls_after(const std::function<void(TestClient&, const Json&)>& happens) {
  ScriptedServer server({saying("call(alpha,")});
  auto config = only_the_model(server.url("/fim"));
  config.speculation = true;
  config.time_scale = 2;
  TestClient client(config);
  client.initialize();
  client.open(kUri, "int total = ");
  const auto item = first_item(client, kUri, 0, 12);
  happens(client, item);
  client.run_for(150ms);
  return server.exchanges().size();
}

void set(TestClient& client, const Json& settings) {
  client.notify("workspace/didChangeConfiguration", {{"settings", settings}});
}

void run_command(TestClient& client, const Json& name, const Json& arguments) {
  client.call("workspace/executeCommand", {{"command", name}, {"arguments", arguments}});
}

}  // namespace

TEST_CASE("what follows a suggestion is fetched only while it may still be accepted and sent") {
  CHECK(calls_after([](TestClient&, const Json&) {}) == 2);
  CHECK(calls_after([](TestClient& client, const Json&) { set(client, {{"enabled", false}}); }) == 1);
  CHECK(calls_after([](TestClient& client, const Json&) { set(client, {{"speculation", false}}); }) == 1);
  CHECK(calls_after([](TestClient& client, const Json&) { set(client, {{"exclude", {"*.cpp"}}}); }) == 1);
  CHECK(calls_after([](TestClient& client, const Json&) { client.insert(kUri, 0, 12, "x"); }) == 1);
  CHECK(calls_after([](TestClient& client, const Json& item) {
          run_command(client, "fimd.dismiss", item.at("command").at("arguments"));
        }) == 1);
  CHECK(calls_after([](TestClient& client, const Json&) {
          client.notify("textDocument/didClose", {{"textDocument", {{"uri", kUri}}}});
        }) == 1);
}

TEST_CASE("what is excluded while a request waits for the hand to rest is not sent") {
  ScriptedServer server({saying("alpha")});
  auto config = only_the_model(server.url("/fim"));
  config.time_scale = 2;
  TestClient client(config);
  client.initialize();
  client.open(kUri, "int total = x");
  client.replace_all(kUri, "int total = ");
  const int id = client.request_completion(kUri, 0, 12);
  set(client, {{"exclude", {"*.cpp"}}});
  CHECK(client.reply(id).at("result").at("items").empty());
  CHECK(server.exchanges().empty());
}

TEST_CASE("at most two calls are under way, the one ahead of time included") {
  ScriptedServer server(ScriptedServer::Answer([](const test::HttpRequest& request) {
    const std::string prompt = Json::parse(request.body).at("prompt");
    return saying("call(alpha,", prompt.ends_with("total = ") ? 0ms : 500ms);
  }));
  auto config = only_the_model(server.url("/fim"));
  config.speculation = true;
  config.time_scale = 2;
  TestClient client(config);
  client.initialize();
  client.open(kUri, "int total = \nint b = \nint c = \n");
  CHECK(client.complete(kUri, 0, 12).size() == 1);
  client.request_completion(kUri, 1, 8);
  REQUIRE(client.run_until([&] { return server.exchanges().size() == 2; }));
  client.request_completion(kUri, 2, 8);
  REQUIRE(client.run_until([&] { return server.exchanges().size() == 3; }));
  CHECK(client.complete(kUri, 0, 12).size() == 1);
  client.run_for(150ms);
  CHECK(stats(client).at("speculativeCalls") == 0);
}

TEST_CASE("requests without a document take turns, and each is answered") {
  ScriptedServer server(ScriptedServer::Answer([](const test::HttpRequest& request) {
    const std::string prompt = Json::parse(request.body).at("prompt");
    return saying("value" + prompt.substr(4, 1) + ";", 20ms);
  }));
  TestClient client(only_the_model(server.url("/fim")), true);
  std::vector<int> ids;
  for (int i = 0; i < 7; ++i) {
    const auto number = std::to_string(i);
    ids.push_back(
        client.send("fim/complete", {{"prefix", "int " + number + " = "}, {"path", "/src/" + number}}));
  }
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto items = client.reply(ids[i]).at("result").at("items");
    REQUIRE(items.size() == 1);
    CHECK(items.at(0).at("insertText") == "value" + std::to_string(i) + ";");
  }
  CHECK(server.exchanges().size() == ids.size());
}

TEST_CASE("accepting lines of a block leaves the block, whatever the document's line ends hold") {
  struct Case {
    std::string before;
    std::string said;
    std::string accepted;
    int line;
    std::string left;
  };
  const std::string loop = "for (int x : xs) {\n  total += x;\n}";
  const Case cases[] = {
      {"void f() {\n", "int total = 0;\n" + loop, "int total = 0;\n", 2, loop},
      {"void f() {\r\n", "int total = 0;\n" + loop, "int total = 0;\r\n", 2, loop},
      {"void f() {\r\n", "int total = 0;\r\n" + loop, "int total = 0;\r\n", 2, loop},
      {"void f() {\r\n", "int total = 0;\n" + loop, "int total = 0;\r\nfor (int x : xs) {\r\n", 3,
       "  total += x;\n}"},
      {"void f() {\n", "int a;\n\nint b;\nint c;", "int a;\n    \n", 3, "int b;\nint c;"},
      {"void f() {\n", "int a;  \nint b;\nint c;", "int a;\n", 2, "int b;\nint c;"},
  };
  for (const auto& [before, said, accepted, line, left] : cases) {
    INFO(before << said);
    ScriptedServer server({saying(said)});
    TestClient client(only_the_model(server.url("/fim")));
    client.initialize();
    client.open(kUri, before);
    CHECK(client.complete(kUri, 1, 0).size() == 1);
    client.insert(kUri, 1, 0, accepted);
    CHECK(client.complete(kUri, line, 0) == Texts{left});
    CHECK(server.exchanges().size() == 1);
  }
}

TEST_CASE("a line of 50 KB is completed, and again with no call") {
  ScriptedServer server({saying("last_one = 1;")});
  TestClient client(only_the_model(server.url("/fim")));
  client.initialize();
  std::string line;
  while (line.size() < 50'000) line += "x = 1; ";
  const auto end = static_cast<int>(line.size());
  client.open(kUri, line);
  CHECK(client.complete(kUri, 0, end) == Texts{"last_one = 1;"});
  client.insert(kUri, 0, end, "last_");
  CHECK(client.complete(kUri, 0, end + 5) == Texts{"one = 1;"});
  CHECK(server.exchanges().size() == 1);
}

TEST_CASE("accepting in one document settles nothing in another") {
  ScriptedServer server({saying("alpha();"), saying("beta();")});
  TestClient client(only_the_model(server.url("/fim")));
  client.initialize();
  client.open(kUri, "int a = ");
  client.open(kOther, "int b = ");
  const auto a = first_item(client, kUri, 0, 8).at("command");
  const auto b = first_item(client, kOther, 0, 8).at("command");
  run_command(client, a.at("command"), a.at("arguments"));
  run_command(client, "fimd.dismiss", b.at("arguments"));
  CHECK(stats(client).at("accepted") == 1);
  CHECK(stats(client).at("dismissed") == 1);
  CHECK(client.complete(kOther, 0, 8).empty());
}
