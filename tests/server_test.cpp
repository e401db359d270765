// The real Server on a socketpair, the real HTTP path to a scripted endpoint on loopback.
#include <netdb.h>
#include <sys/stat.h>

#include <atomic>
#include <nlohmann/json.hpp>
#include <random>
#include <semaphore>
#include <set>

#include "protocol/completion.h"
#include "protocol/event_stream.h"
#include "tests/support/catch.h"
#include "tests/support/scripted_server.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/test_client.h"

namespace {

std::atomic<bool> g_resolving = false;
std::binary_semaphore g_resolved{0};

}  // namespace

// In place of the system's, for curl's resolver thread: a name server that takes its time. Every other test
// names its endpoint by address; curl reads those itself.
extern "C" int getaddrinfo(const char*, const char*, const addrinfo*, addrinfo**) {
  g_resolving = true;
  [[maybe_unused]] const bool released = g_resolved.try_acquire_for(std::chrono::seconds(5));
  return EAI_AGAIN;
}

using namespace fimd;
using namespace fimd::test;
using Json = nlohmann::json;
namespace fs = std::filesystem;

namespace {

constexpr const char* kUri = "file:///work/a.cpp";

Reply json_reply(const std::string& text) {
  Completion completion;
  completion.completion = text;
  completion.model = "scripted";
  Reply reply;
  reply.headers = {{"Content-Type", "application/json"}};
  reply.body = to_body(completion);
  return reply;
}

// Deltas of `piece` bytes, sent in HTTP chunks that cut them and their characters anywhere.
Reply stream_reply(const std::string& text, std::size_t piece = 3) {
  Reply reply;
  reply.headers = {{"Content-Type", "text/event-stream"}};
  for (std::size_t at = 0; at < text.size(); at += piece)
    reply.body += encode_event(delta_data({text.substr(at, piece)}));
  reply.body += encode_event(end_data(Completion())) + encode_event(kDoneData);
  reply.chunk_bytes = 7;
  return reply;
}

Reply status_reply(int status, const std::string& body, const std::string& type = "application/json") {
  Reply reply;
  reply.status = status;
  reply.headers = {{"Content-Type", type}};
  reply.body = body;
  return reply;
}

Config config_for(const ScriptedServer& server) {
  Config config;
  config.endpoint = server.url("/fim");
  config.token = "secret-token";
  config.speculation = false;
  config.calls_per_minute = 0;
  return config;
}

// The items that one automatic completion at the end of "int total = " gets.
std::vector<std::string> complete_with(Reply reply) {
  ScriptedServer server({std::move(reply)});
  TestClient client(config_for(server));
  client.initialize();
  client.open(kUri, "int total = ");
  return client.complete(kUri, 0, 12);
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("a completion travels from the editor to the endpoint and back, buffered and streamed") {
  CHECK(complete_with(json_reply("add(1, 2);")) == Texts{"add(1, 2);"});
  CHECK(complete_with(stream_reply("add(1, 2);")) == Texts{"add(1, 2);"});
  CHECK(complete_with(stream_reply("\"grüße 🎉\";", 99)) == Texts{"\"grüße 🎉\";"});
}

TEST_CASE("the request carries the text around the cursor, the token and the language") {
  ScriptedServer server({json_reply("x")});
  TestClient client(config_for(server));
  client.initialize();
  client.open(kUri, "int a = ;\nint b;\n");
  client.complete(kUri, 0, 8);
  const auto request = server.exchanges().at(0).request;
  CHECK(request.method == "POST");
  CHECK(request.target == "/fim");
  CHECK(request.header("authorization") == "Bearer secret-token");
  CHECK(request.header("content-type") == "application/json");
  const auto body = Json::parse(request.body);
  CHECK(body.at("prompt").get<std::string>().ends_with("int a = "));
  CHECK(body.at("suffix").get<std::string>().find("int b;") != std::string::npos);
  CHECK(body.at("language") == "cpp");
}

TEST_CASE("the request carries what was edited lately elsewhere, until that is closed or excluded") {
  const auto prompt_after = [](const auto& happens) {
    ScriptedServer server({json_reply("x")});
    TestClient client(config_for(server));
    client.initialize();
    client.open("file:///work/edited.cpp", "int before;\n");
    client.insert("file:///work/edited.cpp", 0, 4, "recently_typed_");
    happens(client);
    client.open(kUri, "int total = ");
    client.complete(kUri, 0, 12, 1);
    return Json::parse(server.exchanges().at(0).request.body).at("prompt").template get<std::string>();
  };
  const auto carries = [](const std::string& prompt) {
    return prompt.find("recently_typed_") != std::string::npos;
  };
  const Json excluded = {{"settings", {{"exclude", {"edited.cpp"}}}}};
  CHECK(carries(prompt_after([](TestClient&) {})));
  CHECK_FALSE(carries(prompt_after([](TestClient& client) {
    client.notify("textDocument/didClose", {{"textDocument", {{"uri", "file:///work/edited.cpp"}}}});
  })));
  CHECK_FALSE(carries(prompt_after(
      [&](TestClient& client) { client.notify("workspace/didChangeConfiguration", excluded); })));
}

TEST_CASE("what an endpoint may do wrong gives an empty list, and the next request works") {
  const auto long_stream = [] {
    auto reply = stream_reply("add(1);\n");
    reply.ending = Reply::Ending::endless;
    return reply;
  };
  auto lying = json_reply("add(1);");
  lying.claimed_length = lying.body.size() + 100;
  auto half = json_reply("add(1);");
  half.ending = Reply::Ending::close;
  half.stop_after = 10;
  auto reset = half;
  reset.ending = Reply::Ending::reset;
  Reply raw;
  raw.raw = "\x16\x03\x01 this is not HTTP";
  const std::vector<std::pair<std::string, Reply>> faults = {
      {"html", status_reply(200, "<html>login</html>", "text/html")},
      {"redirect", status_reply(302, "")},
      {"not found", status_reply(404, R"({"message":"Not Found"})")},
      {"server error", status_reply(500, R"({"success":false,"error":"boom"})")},
      {"unavailable", status_reply(503, R"({"message":"Service Unavailable"})")},
      {"another shape", status_reply(200, R"({"choices":[]})")},
      {"not json", status_reply(200, "{{{{")},
      {"empty", status_reply(200, "")},
      {"half an answer", half},
      {"reset", reset},
      {"lies about its length", lying},
      {"not http", raw},
      {"only blanks", json_reply("   \n  ")},
      {"an endless answer", long_stream()},
  };
  for (const auto& [name, fault] : faults) {
    INFO(name);
    ScriptedServer server(std::vector<Reply>{fault, json_reply("42;")});
    auto config = config_for(server);
    config.deadline = std::chrono::milliseconds(1'000);
    TestClient client(config);
    client.initialize();
    client.open(kUri, "int total = ");
    const auto first = client.complete(kUri, 0, 12);
    if (name != "an endless answer") CHECK(first.empty());
    // A refusal closes the endpoint for a while; an explicit change of settings opens it again.
    client.notify("workspace/didChangeConfiguration", {{"settings", {{"fimd", {{"token", name}}}}}});
    client.open("file:///work/b.cpp", "int other = ");
    CHECK(client.complete("file:///work/b.cpp", 0, 12) == Texts{"42;"});
  }
}

TEST_CASE("an endpoint that is down or silent is survived within the deadline") {
  auto silent = json_reply("x");
  silent.ending = Reply::Ending::stall;
  ScriptedServer server({silent});
  auto config = config_for(server);
  config.deadline = std::chrono::milliseconds(300);
  TestClient client(config);
  client.initialize();
  client.open(kUri, "int total = ");
  CHECK(client.complete(kUri, 0, 12).empty());
  config.endpoint = "http://127.0.0.1:1/fim";
  TestClient lonely(config);
  lonely.initialize();
  lonely.open(kUri, "int total = ");
  CHECK(lonely.complete(kUri, 0, 12).empty());
  server.release();
}

TEST_CASE("a lasting fault is shown once, not at every key") {
  ScriptedServer server({status_reply(401, R"({"success":false,"error":"Unauthorized"})")});
  TestClient client(config_for(server));
  client.initialize();
  for (int i = 0; i < 5; ++i) {
    const auto uri = "file:///work/" + std::to_string(i) + ".cpp";
    client.open(uri, "int total = ");
    CHECK(client.complete(uri, 0, 12).empty());
  }
  CHECK(client.notifications("window/showMessage").size() == 1);
}

TEST_CASE("a newer request supersedes, a cancelled one is answered -32800, and the fetch lives on") {
  auto slow = json_reply("add(1, 2);");
  slow.ending = Reply::Ending::stall;
  ScriptedServer server({slow});
  TestClient client(config_for(server));
  client.initialize();
  client.open(kUri, "int total = ");
  const auto first = client.request_completion(kUri, 0, 12);
  REQUIRE(client.run_until([&] { return server.exchanges().size() == 1; }));
  const auto second = client.request_completion(kUri, 0, 12);
  CHECK(client.reply(first).at("result").is_null());
  client.notify("$/cancelRequest", {{"id", second}});
  CHECK(client.reply(second).at("error").at("code") == -32800);
  const auto third = client.request_completion(kUri, 0, 12);
  server.release();
  CHECK(client.reply(third).at("result").at("items").at(0).at("insertText") == "add(1, 2);");
  CHECK(server.exchanges().size() == 1);
}

TEST_CASE(
    "the beginning of an answer that contradicts what was typed meanwhile makes room for another call") {
  auto silent = json_reply("never said"), other = Reply();
  silent.ending = other.ending = Reply::Ending::stall;
  other.headers = {{"Content-Type", "text/event-stream"}};
  other.body = encode_event(delta_data({.text = "other"}));
  other.stop_after = other.body.size();
  other.body += encode_event(kDoneData);
  other.delay = std::chrono::milliseconds(300);
  ScriptedServer server({silent, other, json_reply("x(1, 2);")});
  auto config = config_for(server);
  config.time_scale = 0.05;  // that the second call is young lasts for longer than the test waits
  config.deadline = std::chrono::seconds(60);
  TestClient client(config);
  client.initialize();
  client.open(kUri, "int total = ");
  for (int typed = 0; typed < 3; ++typed) {
    client.insert(kUri, 0, 12 + typed, std::string(1, "max"[typed]));
    client.request_completion(kUri, 0, 13 + typed);
    REQUIRE(
        client.run_until([&] { return server.exchanges().size() == static_cast<std::size_t>(typed) + 1; }));
  }
}

TEST_CASE("typing through a suggestion costs no call; the answer follows the typed text") {
  ScriptedServer server({json_reply("add(1, 2);")});
  TestClient client(config_for(server));
  client.initialize();
  client.open(kUri, "int total = ");
  const std::string whole = "add(1, 2);";
  CHECK(client.complete(kUri, 0, 12) == Texts{whole});
  for (int typed = 0; typed < 8; ++typed) {
    client.insert(kUri, 0, 12 + typed, whole.substr(static_cast<std::size_t>(typed), 1));
    CHECK(client.complete(kUri, 0, 13 + typed) == Texts{whole.substr(static_cast<std::size_t>(typed) + 1)});
  }
  CHECK(server.exchanges().size() == 1);
}

TEST_CASE("the life cycle follows LSP") {
  ScriptedServer server({json_reply("x")});
  TestClient client(config_for(server));
  CHECK(client.reply(client.send("textDocument/inlineCompletion", Json::object())).at("error").at("code") ==
        -32002);
  client.initialize();
  CHECK(client.reply(client.send("initialize", Json::object())).at("error").at("code") == -32600);
  CHECK(client.reply(client.send("no/such/method", Json::object())).at("error").at("code") == -32601);
  CHECK(client.reply(client.send("$/unknown", Json::object())).at("error").at("code") == -32601);
  CHECK(client.reply(client.send("textDocument/inlineCompletion", Json::object())).at("error").at("code") ==
        -32602);
  client.notify("textDocument/didChange", {{"nonsense", true}});
  CHECK(client.call("shutdown", nullptr).is_null());
  CHECK(client.reply(client.send("shutdown", nullptr)).at("error").at("code") == -32600);
  client.notify("exit", nullptr);
  REQUIRE(client.run_until([&] { return client.exit_code().has_value(); }));
  CHECK(*client.exit_code() == 0);
}

TEST_CASE("the end of input ends the session with status 1") {
  auto silent = json_reply("x");
  silent.ending = Reply::Ending::stall;
  ScriptedServer server({silent});
  TestClient client(config_for(server));
  client.initialize();
  client.open(kUri, "int total = ");
  client.request_completion(kUri, 0, 12);
  REQUIRE(client.run_until([&] { return server.exchanges().size() == 1; }));
  CHECK(client.hang_up() == 1);
  server.release();
}

TEST_CASE("a slow DNS look-up holds up neither the next message nor the end") {
  auto config = Config();
  config.endpoint = "https://slow.invalid/fim";
  TestClient client(config);
  client.initialize();
  client.open(kUri, "int total = ");
  const auto id = client.request_completion(kUri, 0, 12, 1);
  REQUIRE(client.run_until([&] { return g_resolving.load(); }));
  const auto begin = SteadyClock::now();
  client.notify("$/cancelRequest", {{"id", id}});
  CHECK(client.reply(id).at("error").at("code") == -32800);
  CHECK(client.hang_up() == 1);
  CHECK(SteadyClock::now() - begin < std::chrono::seconds(1));
  g_resolved.release();
}

namespace {

// What is shown when the endpoint refuses, in these words, to go on after `text`.
std::string shown_of_refusal(int status, const std::string& said, const std::string& text) {
  ScriptedServer server({status_reply(status, Json({{"success", false}, {"error", said}}).dump())});
  TestClient client(config_for(server));
  client.initialize();
  client.open(kUri, text);
  const auto line = static_cast<int>(std::ranges::count(text, '\n'));
  const auto column = static_cast<int>(text.size() - text.rfind('\n') - 1);
  CHECK(client.complete(kUri, line, column).empty());
  return client.notifications("window/showMessage").at(0).at("message");
}

}  // namespace

TEST_CASE("an endpoint that quotes what it was sent is not quoted in turn") {
  for (const std::string said :
       {"invalid prompt: int canary_total = ", "unknown key secret-token", "no such model"}) {
    const auto shown = shown_of_refusal(400, said, "int canary_total = ");
    CHECK(shown.find("canary") == std::string::npos);
    CHECK(shown.find("secret-token") == std::string::npos);
    CHECK((shown == "fimd: no such model") == (said == "no such model"));
  }
}

TEST_CASE("an endpoint that quotes short lines is not quoted either, however it writes them") {
  for (const std::string said :
       {"bad: pin = 4321\nk = 7\nz = 9\nw = ", R"(bad: 'pin = 4321\nk = 7\nz = 9\nw = ')"}) {
    const auto shown = shown_of_refusal(422, said, "pin = 4321\nk = 7\nz = 9\nw = ");
    CHECK(shown.find("4321") == std::string::npos);
  }
}

TEST_CASE("fim/complete is asked and answered for its own suffix") {
  ScriptedServer server({json_reply("first"), json_reply("second")});
  TestClient client(config_for(server));
  client.initialize();
  const auto ask = [&](const std::string& rate) {
    const Json params = {
        {"prefix", "total = "}, {"path", "a.py"}, {"suffix", "\nx = 1\nrate = " + rate + "\ny = 2\nz = 3\n"}};
    return client.call("fim/complete", params).at("items").at(0).at("insertText");
  };
  CHECK(ask("0.19") == "first");
  CHECK(ask("0.25") == "second");
  CHECK(server.exchanges().at(1).request.body.find("0.25") != std::string::npos);
  CHECK(ask("0.19") == "first");
  CHECK(server.exchanges().size() == 2);
}

TEST_CASE("a lasting fault is shown once, whatever words it comes in, and again after a success") {
  std::atomic<int> calls{0};
  ScriptedServer server(ScriptedServer::Answer([&](const test::HttpRequest&) {
    const int call = calls++;
    if (call == 2) return json_reply("x;");
    return status_reply(401, Json({{"success", false}, {"error", "fault " + std::to_string(call)}}).dump());
  }));
  auto config = config_for(server);
  config.time_scale = 1000;
  TestClient client(config);
  client.initialize();
  const auto shown = [&](int i) {
    const auto uri = "file:///work/" + std::to_string(i) + ".cpp";
    client.open(uri, "int total = ");
    client.run_for(std::chrono::milliseconds(20));
    client.complete(uri, 0, 12, 1);
    return client.notifications("window/showMessage").size();
  };
  CHECK(shown(0) == 1);
  CHECK(shown(1) == 1);
  CHECK(shown(2) == 1);
  CHECK(shown(3) == 2);
  CHECK(calls == 4);
}

TEST_CASE("closing a document takes back what was asked in it") {
  auto silent = json_reply("x");
  silent.ending = Reply::Ending::stall;
  ScriptedServer server({silent});
  TestClient client(config_for(server));
  client.initialize();
  client.open(kUri, "int total = ");
  const auto id = client.request_completion(kUri, 0, 12, 1);
  REQUIRE(client.run_until([&] { return server.exchanges().size() == 1; }));
  client.notify("textDocument/didClose", {{"textDocument", {{"uri", kUri}}}});
  CHECK(client.reply(id).at("result").is_null());
  server.release();
}

TEST_CASE("a popup's selection that is not around the cursor on its line is left out of account") {
  const auto item = [](const Json& start, const Json& end) {
    ScriptedServer server({json_reply("add();")});
    TestClient client(config_for(server));
    client.initialize();
    client.open(kUri, "int a;\nint total = ");
    const Json selected = {{"range", {{"start", start}, {"end", end}}}, {"text", "total = sum + "}};
    const auto id = client.send("textDocument/inlineCompletion",
                                {{"textDocument", {{"uri", kUri}}},
                                 {"position", {{"line", 1}, {"character", 12}}},
                                 {"context", {{"triggerKind", 1}, {"selectedCompletionInfo", selected}}}});
    return client.reply(id).at("result").at("items").at(0);
  };
  const auto at = [](int line, int character) { return Json({{"line", line}, {"character", character}}); };
  const auto good = item(at(1, 4), at(1, 12));
  CHECK(good.at("insertText") == "total = sum + add();");
  CHECK(good.at("range") == Json({{"start", at(1, 4)}, {"end", at(1, 12)}}));
  const Json here = {{"start", at(1, 12)}, {"end", at(1, 12)}};
  for (const auto& odd : {item(at(0, 0), at(1, 12)), item(at(1, 0), at(1, 3)), item(at(1, 12), at(1, 4))}) {
    CHECK(odd.at("insertText") == "add();");
    CHECK(odd.at("range") == here);
  }
}

TEST_CASE("settings are pulled where the editor offers it, and only from the answer to that") {
  ScriptedServer server({json_reply("x;")});
  TestClient client(Config{});
  client.initialize(
      nullptr, {{"workspace",
                 {{"configuration", true}, {"didChangeConfiguration", {{"dynamicRegistration", true}}}}}});
  REQUIRE(client.run_until([&] { return !client.notifications("workspace/configuration").empty(); }));
  CHECK(client.notifications("client/registerCapability").size() == 1);
  const auto answer = [&](const Json& id, const std::string& endpoint) {
    const Json message = {
        {"jsonrpc", "2.0"}, {"id", id}, {"result", Json::array({{{"endpoint", endpoint}}})}};
    client.write(encode_frame(Framing::content_length, message.dump()));
  };
  answer("fimd-configuration", server.url("/fim"));
  answer("another", "ftp://nowhere");
  client.open(kUri, "int total = ");
  CHECK(client.complete(kUri, 0, 12) == Texts{"x;"});
  client.notify("workspace/didChangeConfiguration", {{"settings", nullptr}});
  CHECK(client.run_until([&] { return client.notifications("workspace/configuration").size() == 2; }));
}

TEST_CASE("the size of documents is limited as configured") {
  Config config;
  config.max_document_bytes = 20;
  TestClient client(config);
  client.initialize();
  client.open(kUri, "int total = 0123456789;");
  CHECK(client.complete(kUri, 0, 3, 1).empty());
  CHECK(client.notifications("window/logMessage").back().at("message") ==
        std::string(kUri) + ": larger than 20 bytes; no completions in it");
}

TEST_CASE("a limit that is reached is told once, and no call is made any more") {
  ScriptedServer server({json_reply("add(1, 2);")});
  auto config = config_for(server);
  config.calls_per_day = 1;
  TestClient client(config);
  client.initialize();
  client.open(kUri, "int total = ");
  CHECK(client.complete(kUri, 0, 12) == Texts{"add(1, 2);"});
  for (const auto* other : {"file:///src/b.cpp", "file:///src/c.cpp"}) {
    client.open(other, "int other = ");
    CHECK(client.complete(other, 0, 12).empty());
  }
  CHECK(server.exchanges().size() == 1);
  const auto told = client.notifications("window/logMessage");
  CHECK(std::ranges::count_if(told, [](const Json& params) {
          return params.at("message").get<std::string>().find("callsPerDay") != std::string::npos;
        }) == 1);
}

TEST_CASE("a prediction on the screen stays or grows while it is typed through") {
  TestClient client(Config{});
  client.initialize();
  std::string lines;
  for (const auto* name : {"first", "second", "third", "fourth", "fifth", "sixth"})
    lines += std::string(name) + " = round(price * amount, 2)\n";
  client.open(kUri, lines);
  const std::string typed = "other = round(pr";
  std::string shown;
  for (int at = 0; at < static_cast<int>(typed.size()); ++at) {
    client.insert(kUri, 6, at, typed.substr(at, 1));
    const auto texts = client.complete(kUri, 6, at + 1);
    if (!shown.empty() && shown.size() > 1 && shown.front() == typed[at]) {
      REQUIRE(texts.size() == 1);
      CHECK(texts[0].starts_with(shown.substr(1)));
    }
    shown = texts.empty() ? "" : texts[0];
  }
  CHECK(shown == "ice * amount, 2)");
}

TEST_CASE("predicted lines go through typing and accepting unchanged, with the cursor's indentation") {
  const std::string first = "def send(client, body, limit, strict):\n";
  const std::string block = first + "    if body:\n        client.go(body)\n    return limit\n\n";
  for (const std::string line_break : {"\n", "\r\n"}) {
    TestClient client(Config{});
    client.initialize();
    std::string text = block + "a = 1\n" + block + "class C:\n    " + first + "        ";
    for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += line_break.size())
      text.replace(at, 1, line_break);
    client.open("file:///work/a.py", text, "python");
    std::string rest = "if body:\n            client.go(body)\n        return limit";
    int line = 13, at = 8;
    CHECK(client.complete("file:///work/a.py", line, at) == Texts{rest});
    while (!rest.empty()) {
      const auto key = rest.starts_with('\n') ? line_break : rest.substr(0, 1);
      client.insert("file:///work/a.py", line, at, key);
      line += key == line_break ? 1 : 0;
      at = key == line_break ? 0 : at + 1;
      rest.erase(0, 1);
      if (!rest.empty()) CHECK(client.complete("file:///work/a.py", line, at) == Texts{rest});
    }
  }
}

TEST_CASE("a block that repeats is predicted below the line that opens it, once") {
  TestClient client(Config{});
  client.initialize();
  const std::string first = "void add(const Row& row, int limit, int step) {";
  const std::string block =
      first + "\n  for (int i = 0; i < limit; i += step) {\n    sum += row[i];\n  }\n}\n\n";
  client.open(kUri, block + block + first);
  CHECK(client.complete(kUri, 12, 47) ==
        Texts{"\n  for (int i = 0; i < limit; i += step) {\n    sum += row[i];\n  }\n}"});
  client.insert(kUri, 12, 47, "\n  for (int i = 0; i < limit; i += step) {\n    sum += row[i];\n  }\n}");
  CHECK(client.complete(kUri, 16, 1).empty());
  // What the document has behind the cursor is not said again.
  client.replace_all(kUri, block + block + first + "\n  \n}\n");
  CHECK(client.complete(kUri, 13, 2) ==
        Texts{"for (int i = 0; i < limit; i += step) {\n    sum += row[i];\n  }"});
}

TEST_CASE("what is typed into an excluded document is not suggested elsewhere") {
  const auto suggested_after_typing_into = [](const std::string& uri) {
    TestClient client(Config{});
    client.initialize();
    client.open(uri, "");
    for (int line = 0; line < 6; ++line)
      client.insert(uri, line, 0, "place_of_work = harbour_office_north\n");
    client.open(kUri, "\nplace_of_work = har");
    return !client.complete(kUri, 1, 19).empty();
  };
  CHECK(suggested_after_typing_into("file:///src/other.cpp"));
  CHECK_FALSE(suggested_after_typing_into("file:///src/.env"));
}

TEST_CASE(
    "an ignore file in any folder above a document keeps it here, from the moment it is saved or reported") {
  TemporaryFolder folder;
  folder.write("sub/.fimdignore", "closed/\n");
  folder.write("open/.fimdignore", "");
  ScriptedServer server({json_reply("x;")});
  TestClient client(config_for(server));
  client.initialize();
  const auto completed = [&](const std::string& name) {
    const auto uri = "file://" + folder.path(name);
    client.open(uri, "int total = ");
    const bool found = client.complete(uri, 0, 12, 1) == Texts{"x;"};
    client.notify("textDocument/didClose", {{"textDocument", {{"uri", uri}}}});
    return found;
  };
  const auto open = "file://" + folder.path("open/b.cpp");
  const auto still_completed = [&] { return client.complete(open, 0, 12, 1) == Texts{"x;"}; };
  const Json rules = {{"uri", "file://" + folder.path("open/.fimdignore")}};
  CHECK_FALSE(completed("sub/closed/deep/a.cpp"));
  CHECK(completed("sub/other/a.cpp"));
  CHECK(completed("closed/a.cpp"));
  client.open(open, "int total = ");
  CHECK(still_completed());
  folder.write("open/.fimdignore", "b.*\n");
  client.notify("textDocument/didSave", {{"textDocument", rules}});
  CHECK_FALSE(still_completed());
  fs::remove(folder.path("open/.fimdignore"));
  auto change = rules;
  change["type"] = 3;
  client.notify("workspace/didChangeWatchedFiles", {{"changes", {change}}});
  CHECK(still_completed());
  fs::create_symlink("gone", folder.path("open/.fimdignore"));  // rules that were there once
  client.notify("workspace/didChangeWatchedFiles", {{"changes", {change}}});
  CHECK(still_completed());
  fs::remove(folder.path("open/.fimdignore"));
  REQUIRE(::mkfifo(folder.path("open/.fimdignore").c_str(), 0600) == 0);  // cannot be read, and does not hang
  client.notify("workspace/didChangeWatchedFiles", {{"changes", {change}}});
  CHECK_FALSE(still_completed());
}

TEST_CASE("a link is kept here when what it leads to is") {
  TemporaryFolder folder;
  folder.write(".env", "");
  folder.write("closed/.fimdignore", "*\n");
  folder.write("closed/a.cpp", "");
  folder.write("plain.cpp", "");
  fs::create_symlink(".env", folder.path("notes.cpp"));
  fs::create_directory_symlink("closed", folder.path("open"));
  fs::create_symlink("plain.cpp", folder.path("link.cpp"));
  fs::create_symlink("loop.cpp", folder.path("loop.cpp"));
  ScriptedServer server({json_reply("x;")});
  TestClient client(config_for(server));
  client.initialize();
  const auto completed = [&](const std::string& name) {
    const auto uri = "file://" + folder.path(name);
    client.open(uri, "int total = ");
    return client.complete(uri, 0, 12, 1) == Texts{"x;"};
  };
  CHECK_FALSE(completed("notes.cpp"));
  CHECK_FALSE(completed("open/a.cpp"));
  CHECK_FALSE(completed("open/new/b.cpp"));
  CHECK(completed("link.cpp"));
  CHECK(completed("loop.cpp"));
}

TEST_CASE("lines typed before an ignore file came up are not suggested any more") {
  TemporaryFolder folder;
  folder.write("secret/x.cpp", "");
  TestClient client(Config{});
  client.initialize();
  const auto secret = "file://" + folder.path("secret/x.cpp");
  client.open(secret, "");
  for (int line = 0; line < 6; ++line)
    client.insert(secret, line, 0, "place_of_work = harbour_office_north\n");
  client.notify("textDocument/didClose", {{"textDocument", {{"uri", secret}}}});
  const auto suggested_in = [&](const std::string& name) {
    const auto uri = "file://" + folder.path(name);
    client.open(uri, "\nplace_of_work = har");
    return !client.complete(uri, 1, 19).empty();
  };
  CHECK(suggested_in("before.cpp"));
  folder.write(".fimdignore", "secret/\n");
  CHECK_FALSE(suggested_in("after.cpp"));
}

TEST_CASE("a relative path in fim/complete is judged by the ignore files where the daemon runs") {
  TemporaryFolder folder;
  folder.write(".fimdignore", "secret/\n");
  const auto before = fs::current_path();
  fs::current_path(folder.path(""));
  ScriptedServer server({json_reply("x;")});
  TestClient client(config_for(server));
  client.initialize();
  const auto completed = [&](const std::string& path) {
    const auto reply = client.call("fim/complete", {{"prefix", "int total = "}, {"path", path}});
    return !reply.at("items").empty();
  };
  CHECK_FALSE(completed("secret/a.cpp"));
  CHECK(completed("open/a.cpp"));
  fs::current_path(before);
}

TEST_CASE("a name that no file can have costs nothing") {
  TestClient client(Config{});
  client.initialize();
  std::string uri = "file://";
  for (int i = 0; i < 30'000; ++i) uri += "/a";
  client.open(uri, "int total = ");
  CHECK(client.complete(uri, 0, 12, 1).empty());
}

TEST_CASE("where the editor registers watchers it is asked for source and ignore files, once") {
  const Json dynamic = {{"dynamicRegistration", true}};
  const auto registrations = [](const Json& workspace) {
    TestClient client(Config{});
    client.initialize(nullptr, {{"workspace", workspace}});
    client.call("workspace/executeCommand", {{"command", "fimd.stats"}});
    const auto asked = client.notifications("client/registerCapability");
    REQUIRE(asked.size() <= 1);
    return asked.empty() ? Json::array() : asked.front().at("registrations");
  };
  CHECK(registrations(Json::object()).empty());
  CHECK(registrations({{"didChangeConfiguration", dynamic}}).size() == 1);
  CHECK(registrations({{"didChangeConfiguration", dynamic}, {"didChangeWatchedFiles", dynamic}}).size() == 2);
  const auto files = registrations({{"didChangeWatchedFiles", dynamic}});
  REQUIRE(files.size() == 1);
  CHECK(files[0].at("method") == "workspace/didChangeWatchedFiles");
  const auto& watchers = files[0].at("registerOptions").at("watchers");
  REQUIRE(watchers.size() == 2);
  CHECK(watchers[0].at("globPattern") == "**/.fimdignore");
  const auto sources = watchers[1].at("globPattern").get<std::string>();
  for (const char* ending : {"c", "cpp", "go", "h", "java", "js", "py", "rb", "rs", "ts", "tsx"}) {
    INFO(ending);
    CHECK((sources.find("," + std::string(ending) + ",") != std::string::npos ||
           sources.find("{" + std::string(ending) + ",") != std::string::npos));
  }
}

TEST_CASE("one wrong setting costs itself only, and the editor hears of it") {
  ScriptedServer server({json_reply("x;")});
  TestClient client(Config{});
  client.initialize({{"callsPerMinute", "many"}, {"endpoint", server.url("/fim")}, {"maxTokens", -1}});
  client.open(kUri, "int total = ");
  CHECK(client.complete(kUri, 0, 12) == Texts{"x;"});
  const auto told = client.notifications("window/logMessage").at(0).at("message").get<std::string>();
  CHECK(told.find("\"callsPerMinute\" must be") != std::string::npos);
  CHECK(told.find("\"maxTokens\" must be") != std::string::npos);
}

TEST_CASE("files with the names of secrets are never sent, and the log says why once") {
  ScriptedServer server({json_reply("x = 1")});
  TestClient client(config_for(server));
  client.initialize();
  for (const auto* uri : {"file:///work/.env", "file:///work/.env.local", "file:///work/id_rsa"}) {
    client.open(uri, "KEY=");
    CHECK(client.complete(uri, 0, 4, 1).empty());
  }
  CHECK(server.exchanges().empty());
  CHECK(client.call("workspace/executeCommand", {{"command", "fimd.why"}}).at("reason") != "");
}

TEST_CASE("150 mixed requests, half of them cancelled at random stages, get one reply each") {
  std::atomic<int> served{0};
  ScriptedServer server(ScriptedServer::Answer([&](const test::HttpRequest&) {
    auto reply = stream_reply("value_" + std::to_string(served++) + ";", 2);
    reply.delay = std::chrono::milliseconds(served % 7);
    return reply;
  }));
  auto config = config_for(server);
  config.time_scale = 10;
  TestClient client(config);
  client.initialize();
  std::mt19937 random(7);
  std::vector<int> ids;
  for (int i = 0; i < 150; ++i) {
    const auto uri = "file:///work/" + std::to_string(random() % 5) + ".cpp";
    if (i < 5 || random() % 4 == 0) client.open(uri, "int a" + std::to_string(i) + " = ");
    const auto id = random() % 3 == 0
                        ? client.send("fim/complete", {{"prefix", "int b" + std::to_string(i) + " = "}})
                        : client.request_completion(uri, 0, 30, 1 + static_cast<int>(random() % 2));
    ids.push_back(id);
    client.run_for(std::chrono::milliseconds(random() % 4));
    if (random() % 2 == 0) client.notify("$/cancelRequest", {{"id", ids[random() % ids.size()]}});
  }
  for (const auto id : ids) client.reply(id);
  client.run_for(std::chrono::milliseconds(50));
  for (const auto id : ids) CHECK(client.count_replies(id) == 1);
}

TEST_CASE("a dismissal that crosses a newer answer keeps the suggestion away") {
  ScriptedServer server({json_reply("width * height;")});
  TestClient client(config_for(server));
  client.initialize();
  client.open(kUri, "int total = ");
  const auto first = client.reply(client.request_completion(kUri, 0, 12, 1)).at("result").at("items").at(0);
  client.insert(kUri, 0, 12, "w");
  const auto newer = client.request_completion(kUri, 0, 13);
  client.call("workspace/executeCommand",
              {{"command", "fimd.dismiss"}, {"arguments", first.at("command").at("arguments")}});
  CHECK(client.reply(newer).at("result").at("items").size() <= 1);
  CHECK(client.complete(kUri, 0, 13).empty());
  CHECK(server.exchanges().size() == 1);
}

TEST_CASE("an editor that traces is told what became of its requests, and why, and nothing of the text") {
  ScriptedServer server({json_reply("width * height;")});
  TestClient client(config_for(server));
  client.initialize();
  client.open(kUri, "int total = ");
  const auto traced = [&](const char* value, int column) {
    client.notify("$/setTrace", {{"value", value}});
    client.complete(kUri, 0, column);
    const auto all = client.notifications("$/logTrace");
    return all.empty() ? Json() : all.back();
  };
  CHECK(traced("off", 12).is_null());
  CHECK(traced("messages", 12) == Json({{"message", "textDocument/inlineCompletion: 1 from cache"}}));
  CHECK(traced("messages", 2) == Json({{"message", "textDocument/inlineCompletion: nothing"}}));
  CHECK(traced("verbose", 2) ==
        Json({{"message", "textDocument/inlineCompletion: nothing"}, {"verbose", "mid_word"}}));
  CHECK(traced("off", 12) == traced("off", 2));
  CHECK(client.notifications("$/logTrace").size() == 3);
}

TEST_CASE("a dismissal after a key that asked for nothing keeps the suggestion away there") {
  ScriptedServer server({json_reply("width * height;")});
  TestClient client(config_for(server));
  client.initialize();
  client.open(kUri, "int total = ");
  const auto first = client.reply(client.request_completion(kUri, 0, 12, 1)).at("result").at("items").at(0);
  client.insert(kUri, 0, 12, "w");
  client.call("workspace/executeCommand",
              {{"command", "fimd.dismiss"}, {"arguments", first.at("command").at("arguments")}});
  CHECK(client.complete(kUri, 0, 13).empty());
  CHECK(server.exchanges().size() == 1);
}

TEST_CASE("each invocation at a place adds a suggestion, up to three") {
  ScriptedServer server({json_reply("alpha();"), json_reply("beta();"), stream_reply("gamma();")});
  TestClient client(config_for(server));
  client.initialize();
  client.open(kUri, "int total = ");
  CHECK(client.complete(kUri, 0, 12) == Texts{"alpha();"});
  CHECK(client.complete(kUri, 0, 12, 1) == Texts{"alpha();", "beta();"});
  CHECK(client.complete(kUri, 0, 12) == Texts{"alpha();"});
  CHECK(client.complete(kUri, 0, 12, 1) == Texts{"alpha();", "gamma();", "beta();"});
  CHECK(client.complete(kUri, 0, 12, 1) == Texts{"alpha();", "gamma();", "beta();"});
  REQUIRE(server.exchanges().size() == 3);
  const auto temperature = [&](std::size_t call) {
    return completion_request(server.exchanges().at(call).request.body).temperature;
  };
  CHECK(temperature(0) == Config().temperature);
  CHECK(temperature(1) == 0.8);
  CHECK(temperature(2) == 0.8);
}

TEST_CASE("another suggestion that is none costs the invocation nothing it had") {
  Reply never = json_reply("late();");
  never.ending = Reply::Ending::stall;
  for (const auto& other : {json_reply("alpha();"), json_reply(""), json_reply("alpha();\nbeta();"),
                            status_reply(500, "{}"), never}) {
    ScriptedServer server({json_reply("alpha();"), other});
    auto config = config_for(server);
    config.time_scale = 20;
    TestClient client(config);
    client.initialize();
    client.open(kUri, "int total = \nint b;\n");
    CHECK(client.complete(kUri, 0, 12, 1) == Texts{"alpha();"});
    CHECK(client.complete(kUri, 0, 12, 1) == Texts{"alpha();"});
    CHECK(server.exchanges().size() == 2);
    server.release();
  }
}

TEST_CASE("suggestions go on from the popup's selection in its range, or are left out") {
  struct Case {
    std::string text;
    int start, cursor, end;  // of the selection, on the last line; the cursor in it
    std::string selected, said, inserted;
  };
  for (const auto& [text, start, cursor, end, selected, said, inserted] : std::vector<Case>{
           {"console.", 7, 8, 8, ".log", "(total);", ".log(total);"},
           {"int total = su", 12, 14, 14, "sum", "(a, b);", "sum(a, b);"},
           {"int total = su", 12, 13, 14, "sum", "(a, b);", "sum(a, b);"},
           {"int total = ", 12, 12, 12, "width", " * height;", "width * height;"},
           {"return to", 7, 9, 9, "", "width;", "width;"},
           {"int total = su", 12, 14, 14, "sum", "", ""},
           {"print()", 6, 6, 6, "name", ", end);", ""},
       }) {
    ScriptedServer server({json_reply(said)});
    TestClient client(config_for(server));
    client.initialize();
    client.open(kUri, "int a;\n" + text);
    const auto at = [](int character) { return Json({{"line", 1}, {"character", character}}); };
    const Json range = {{"start", at(start)}, {"end", at(end)}};
    const auto id = client.send(
        "textDocument/inlineCompletion",
        {{"textDocument", {{"uri", kUri}}},
         {"position", at(cursor)},
         {"context",
          {{"triggerKind", 1}, {"selectedCompletionInfo", {{"range", range}, {"text", selected}}}}}});
    const auto items = client.reply(id).at("result").at("items");
    INFO(text << " " << selected << " " << items.dump());
    CHECK(items.size() == !inserted.empty());
    for (const auto& item : items) {
      CHECK(item.at("insertText") == inserted);
      CHECK(item.at("range") == range);
    }
    const auto asked = completion_request(server.exchanges().at(0).request.body).prompt;
    CHECK(asked.ends_with(text.substr(0, start) + selected));
  }
}
