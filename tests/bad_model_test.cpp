// Models that misbehave, and documents that go away while one thinks: the real Server, the real HTTP path.
#include <nlohmann/json.hpp>

#include "tests/support/catch.h"
#include "tests/support/scripted_server.h"
#include "tests/support/test_client.h"

using namespace fimd;
using namespace fimd::test;
using Json = nlohmann::json;
using Texts = std::vector<std::string>;

namespace {

constexpr const char* kUri = "file:///work/a.cpp";
const std::string kBefore = "int area(int width, int height) {\n  return ";
const std::string kAfter = ";\n}\n\nint main() {\n  return area(2, 3);\n}\n";

// What is shown after `return ` of what the model says there.
Texts shown(const std::string& said) {
  ScriptedServer server({saying(said)});
  TestClient client(only_the_model(server.url("/fim")));
  client.initialize();
  client.open(kUri, kBefore + kAfter);
  return client.complete(kUri, 1, 9);
}

std::string events(const Texts& data) {
  std::string stream;
  for (const auto& line : data) stream += "data: " + line + "\n\n";
  return stream;
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

TEST_CASE("an answer in another language is none") {
  CHECK(shown("Sure, here is what you want:\n\nwidth * height;\n").empty());
  const auto shown_in_body = [](const std::string& said) {
    ScriptedServer server({saying(said)});
    TestClient client(only_the_model(server.url("/fim")));
    client.initialize();
    client.open(kUri, "int area(int width, int height) {\n  \n}\n");
    return client.complete(kUri, 1, 2);
  };
  CHECK(shown_in_body("return width * height;") == Texts{"return width * height;"});
  CHECK(shown_in_body("This function multiplies the two numbers.").empty());
  CHECK(shown_in_body("これは二つの数を掛ける関数です。").empty());
  CHECK(shown_in_body("def area(width, height):\n    return width * height\n").empty());
  CHECK(shown_in_body("for x in range(width):\n    yield x\n").empty());
}

TEST_CASE("what a model wraps its answer into comes off while it streams in") {
  for (const std::string said :
       {"```cpp\nwidth * height;\n```\nThat is all.\n",
        "Here is the missing code:\n\n```\nwidth * height;\n```\n",
        "int area(int width, int height) {\n  return width * height;\n}\n", "  return width * height;\n}\n",
        "<|fim_middle|>width * height;\n}\n<|endoftext|>",
        "width * height;width * height;width * height;\n}\n"}) {
    for (const std::size_t size : {1, 7}) {
      Reply reply;
      reply.headers = {{"Content-Type", "text/event-stream"}};
      for (std::size_t at = 0; at < said.size(); at += size)
        reply.chunks.push_back(events({delta_data({said.substr(at, size)})}));
      Completion end;
      end.finish_reason = "stop";
      reply.chunks.push_back(events({end_data(end), "[DONE]"}));
      ScriptedServer server({reply});
      TestClient client(only_the_model(server.url("/fim")));
      client.initialize();
      client.open(kUri, kBefore + kAfter);
      INFO(said);
      CHECK(client.complete(kUri, 1, 9) == Texts{"width * height"});
    }
  }
}

TEST_CASE("ten megabytes in one line cost one empty answer") {
  CHECK(shown(std::string(10'000'000, 'x')).empty());
}

TEST_CASE("an answer that comes after its document was closed is nobody's") {
  auto late = saying("width * height");
  late.delay = std::chrono::milliseconds(300);
  ScriptedServer server({late, saying("height * width")});
  TestClient client(only_the_model(server.url("/fim")));
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

TEST_CASE("answers that come out of order serve the places that they were asked for") {
  const std::string text = "int a = \nint b = \n";
  ScriptedServer server(ScriptedServer::Answer([&](const test::HttpRequest& request) {
    const std::string prompt = Json::parse(request.body).at("prompt");
    auto reply = saying(prompt.ends_with("b = ") ? "second();" : "first();");
    if (prompt.ends_with("a = ")) reply.delay = std::chrono::milliseconds(300);
    return reply;
  }));
  TestClient client(only_the_model(server.url("/fim")));
  client.initialize();
  client.open(kUri, text);
  const int first = client.request_completion(kUri, 0, 8);
  REQUIRE(client.run_until([&] { return server.exchanges().size() == 1; }));
  CHECK(client.complete(kUri, 1, 8) == Texts{"second();"});
  CHECK_FALSE(server.exchanges().at(0).answered);
  CHECK(client.complete(kUri, 0, 8) == Texts{"first();"});
  CHECK(client.complete(kUri, 1, 8) == Texts{"second();"});
  CHECK(client.count_replies(first) == 1);
  CHECK(server.exchanges().size() == 2);
}

TEST_CASE("an answer that comes twice is taken once") {
  const auto body = saying("width * height").body;
  const auto other = saying("height * width").body;
  const auto answer = [](const std::string& content) {
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
           std::to_string(content.size()) + "\r\n\r\n" + content;
  };
  Reply twice;
  twice.raw = answer(body) + answer(other);
  Reply twice_streamed;
  twice_streamed.headers = {{"Content-Type", "text/event-stream"}};
  Completion end;
  end.finish_reason = "stop";
  const auto stream = events({delta_data({"width * "}), delta_data({"height"}), end_data(end), "[DONE]"});
  twice_streamed.chunks = {stream, stream};
  for (const auto& reply : {twice, twice_streamed}) {
    ScriptedServer server({reply, saying("1")});
    TestClient client(only_the_model(server.url("/fim")));
    client.initialize();
    client.open(kUri, kBefore + kAfter);
    CHECK(client.complete(kUri, 1, 9) == Texts{"width * height"});
    CHECK(client.complete(kUri, 1, 9) == Texts{"width * height"});
    client.run_for(std::chrono::milliseconds(50));
    CHECK(client.replies().size() == 3);
    CHECK(server.exchanges().size() == 1);
  }
}

TEST_CASE("an endpoint that never answers keeps nobody from the next place") {
  auto never = saying("width * height");
  never.ending = Reply::Ending::stall;
  ScriptedServer server({never, saying("area(4, 5)")});
  auto config = only_the_model(server.url("/fim"));
  config.deadline = std::chrono::milliseconds(300);
  TestClient client(config);
  client.initialize();
  client.open(kUri, kBefore + kAfter);
  const int id = client.request_completion(kUri, 1, 9);
  REQUIRE(client.run_until([&] { return server.exchanges().size() == 1; }));
  client.insert(kUri, 5, 0, "  return \n");
  CHECK(client.complete(kUri, 5, 9) == Texts{"area(4, 5)"});
  client.reply(id);
  CHECK(client.count_replies(id) == 1);
  CHECK(client.run_until([&] { return server.exchanges().front().disconnected; }));
}

TEST_CASE("half a character at a chunk's border waits for its other half") {
  auto reply = saying("\"Grüße 🎉 日本\"");
  reply.chunk_bytes = 1;
  ScriptedServer server({reply});
  TestClient client(only_the_model(server.url("/fim")));
  client.initialize();
  client.open(kUri, kBefore + kAfter);
  CHECK(client.complete(kUri, 1, 9) == Texts{"\"Grüße 🎉 日本\""});
}

TEST_CASE("what is typed while an answer streams in and is trimmed is answered as it stands") {
  const std::string said = "total += a;\n  total += b;\n  return total;\n}\n\nint g();\n";
  Reply slow;
  slow.headers = {{"Content-Type", "text/event-stream"}};
  for (const char c : said) slow.chunks.push_back(events({delta_data({std::string(1, c)})}));
  slow.chunks.push_back(events({end_data({}), std::string(kDoneData)}));
  slow.chunk_delay = std::chrono::milliseconds(2);
  ScriptedServer server({slow, saying("")});
  TestClient client(only_the_model(server.url("/fim")));
  client.initialize();
  client.open(kUri, "int f() {\n  \n}\n");
  const std::string typed = "total += a;";
  for (std::size_t i = 0; i < typed.size(); ++i) {
    const int column = 2 + static_cast<int>(i);
    const int id = client.request_completion(kUri, 1, column);
    client.run_for(std::chrono::milliseconds(3));
    client.insert(kUri, 1, column, typed.substr(i, 1));
    const auto next = client.complete(kUri, 1, column + 1);
    CHECK(client.count_replies(id) == 1);
    const auto rest = said.substr(i + 1, said.find("\n}") - i - 1);
    if (!next.empty()) CHECK(rest.starts_with(next.front()));
  }
  CHECK(client.complete(kUri, 1, 13) == Texts{"\n  total += b;\n  return total;"});
}

TEST_CASE("two documents with the same text keep their answers apart") {
  ScriptedServer server({saying("width * height"), saying("height * width")});
  TestClient client(only_the_model(server.url("/fim")));
  client.initialize();
  client.open(kUri, kBefore + kAfter);
  client.open("file:///work/b.cpp", kBefore + kAfter);
  CHECK(client.complete(kUri, 1, 9) == Texts{"width * height"});
  CHECK(client.complete("file:///work/b.cpp", 1, 9) == Texts{"height * width"});
  CHECK(client.complete(kUri, 1, 9) == Texts{"width * height"});
  CHECK(server.exchanges().size() == 2);
}
