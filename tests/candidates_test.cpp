// Several suggestions for one invocation: the real Server, and an endpoint that sends several texts at once.
#include <nlohmann/json.hpp>

#include "protocol/completion.h"
#include "protocol/event_stream.h"
#include "tests/support/catch.h"
#include "tests/support/scripted_server.h"
#include "tests/support/test_client.h"

using namespace fimd;
using namespace fimd::test;
using Json = nlohmann::json;
using Texts = std::vector<std::string>;

namespace {

constexpr const char* kUri = "file:///work/a.cpp";
constexpr int kColumn = 12;  // the end of "int total = "

// A session with one document, "int total = " and a line below.
struct Session {
  explicit Session(std::vector<Reply> replies) : Session(std::move(replies), [](Config&) {}) {}
  Session(std::vector<Reply> replies, const std::function<void(Config&)>& change)
      : server(std::move(replies)),
        config(only_the_model(server.url("/fim"))),
        client((change(config), config)) {
    client.initialize();
    client.open(kUri, "int total = \nint b;\n");
  }

  // Runs until the endpoint has the first request, and has been read as far as it has answered.
  void let_it_begin() {
    CHECK(client.run_until([&] { return calls() == 1; }));
    client.run_for(std::chrono::milliseconds(50));
  }
  bool let_it_be_cut() {
    return client.run_until([&] { return server.exchanges().at(0).disconnected; });
  }
  Texts invoked(int column = kColumn) { return client.complete(kUri, 0, column, 1); }
  Texts automatic(int column = kColumn) { return client.complete(kUri, 0, column, 2); }
  std::size_t calls() const { return server.exchanges().size(); }
  CompletionRequest asked(std::size_t call) const {
    return completion_request(server.exchanges().at(call).request.body);
  }

  ScriptedServer server;
  Config config;
  TestClient client;
};

std::string events(const std::vector<Delta>& deltas) {
  std::string body;
  for (const auto& delta : deltas) body += encode_event(delta_data(delta));
  return body;
}

Reply stream(const std::vector<Delta>& deltas, const Completion& end = {}) {
  Reply reply;
  reply.headers = {{"Content-Type", "text/event-stream"}};
  reply.body = events(deltas) + encode_event(end_data(end)) + encode_event(kDoneData);
  return reply;
}

// A stream that says nothing more after these until it is released.
Reply stalled(const std::vector<Delta>& deltas, const std::vector<Delta>& later) {
  auto all = deltas;
  all.insert(all.end(), later.begin(), later.end());
  auto reply = stream(all);
  reply.ending = Reply::Ending::stall;
  reply.stop_after = events(deltas).size();
  return reply;
}

Reply whole(const Texts& texts) {
  Completion completion;
  completion.completion = texts.front();
  completion.alternatives = {texts.begin() + 1, texts.end()};
  completion.finish_reason = "stop";
  Reply reply;
  reply.body = to_body(completion);
  return reply;
}

const Reply kNever{.status = 500};

}  // namespace

TEST_CASE("candidates: invoking while the call of a key is under way asks for the others") {
  auto first = whole({"alpha();"});
  first.ending = Reply::Ending::stall;
  Session session({first, whole({"beta();", "gamma();"}), kNever});
  session.client.request_completion(kUri, 0, kColumn, 2);
  session.let_it_begin();
  const auto invoked = session.client.request_completion(kUri, 0, kColumn, 1);
  session.client.run_for(std::chrono::milliseconds(20));
  session.server.release();
  CHECK(session.client.reply(invoked).at("result").at("items").size() == 3);
  CHECK(session.asked(0).n == 1);
  CHECK(session.asked(1).n == 2);
  CHECK(session.calls() == 2);
}

TEST_CASE("candidates: one may begin as another does") {
  Session session({whole({"sum(prices);", "sum(prices) / size;", "max(prices);"}), kNever});
  CHECK(session.invoked().size() == 3);
  CHECK(session.invoked().size() == 3);
  CHECK(session.calls() == 1);
}

TEST_CASE("candidates: invoking again where nothing that came fits asks again") {
  Session session({whole({"}"}), whole({"sum(b);"}), kNever});
  CHECK(session.invoked().empty());
  CHECK(session.automatic().empty());
  CHECK(session.calls() == 1);
  CHECK(session.invoked() == Texts{"sum(b);"});
  CHECK(session.asked(1).n == 3);
  CHECK(session.automatic() == Texts{"sum(b);"});
  CHECK(session.calls() == 2);
}

TEST_CASE("candidates: three that differ come from one call, whole or as a stream in any order") {
  const Texts three = {"alpha();", "beta();", "gamma();"};
  const std::vector<Reply> replies = {
      whole(three),
      stream({{"alpha();"}, {"beta();", 1}, {"gamma();", 2}}),
      stream({{"al"}, {"be", 1}, {"ga", 2}, {"mma();", 2}, {"pha();"}, {"ta();", 1}}),
      stream(
          {{"al"}, {"be", 1}, {"ga", 2}, {"mma();", 2, "stop"}, {"pha();", 0, "stop"}, {"ta();", 1, "stop"}}),
      stream({{"gamma();\n", 2}, {"beta();\n", 1}, {"alpha();\n"}}),
      stream({{"alpha();\n"}, {"beta();", 1}, {"never", 1000}, {"gamma();", 2}, {"never", 3}}),
  };
  for (const auto& reply : replies) {
    Session session({reply, kNever});
    INFO(reply.body);
    auto texts = session.invoked();
    std::ranges::sort(texts);
    CHECK(texts == three);
    CHECK(session.invoked().size() == 3);
    CHECK(session.calls() == 1);
    CHECK(session.asked(0).n == 3);
    CHECK(session.asked(0).temperature == Config().temperature);
  }
}

TEST_CASE("candidates: the model's first comes first, and stays there") {
  Session session({whole({"alpha();", "beta();", "gamma();"}), kNever});
  CHECK(session.invoked() == Texts{"alpha();", "beta();", "gamma();"});
  CHECK(session.automatic() == Texts{"alpha();"});
  CHECK(session.invoked() == Texts{"alpha();", "beta();", "gamma();"});
}

TEST_CASE("candidates: texts that come to the same count once, and those that say nothing not at all") {
  for (const auto& [texts, shown] : std::vector<std::pair<Texts, Texts>>{
           {{"alpha();", "beta();", "beta();"}, {"alpha();", "beta();"}},
           {{"alpha();", "alpha();  ", "beta();"}, {"alpha();", "beta();"}},
           {{"alpha();", "alpha();\nint b;", "beta();"}, {"alpha();", "beta();"}},
           {{"alpha();", "", "beta();"}, {"alpha();", "beta();"}},
           {{"", "beta();", "\n"}, {"beta();"}},
           {{"alpha();", "alpha();", "alpha();"}, {"alpha();"}},
       }) {
    Session session({whole(texts), whole({"more();", "less();"})});
    CHECK(session.invoked() == shown);
    const auto missing = static_cast<int>(3 - shown.size());
    CHECK(session.invoked().size() == 3);
    CHECK(session.asked(1).n == missing);
    CHECK(session.asked(1).temperature == 0.8);
    CHECK(session.calls() == 2);
  }
}

TEST_CASE("candidates: a model that gives one text is waited for no longer than for a key") {
  Session session(
      {stalled({{"alpha();\n"}}, {{"beta();"}}), whole({"gamma();"}), whole({"delta();"}), kNever});
  CHECK(session.invoked() == Texts{"alpha();"});
  CHECK_FALSE(session.server.exchanges().at(0).answered);
  CHECK(session.invoked() == Texts{"alpha();", "gamma();"});
  CHECK(session.asked(1).n == 2);
  CHECK(session.invoked().size() == 3);
  CHECK(session.asked(2).n == 1);
  CHECK(session.invoked().size() == 3);
  CHECK(session.calls() == 3);
  session.server.release();
}

TEST_CASE("candidates: one that is slow holds the first back for a while only, and is there the next time") {
  Session session({stalled({{"al"}, {"be", 1}, {"pha();\n"}}, {{"ta();\n", 1}}), kNever},
                  [](Config& config) { config.time_scale = 20; });
  CHECK(session.invoked() == Texts{"alpha();"});
  session.server.release();
  CHECK(session.client.run_until([&] { return session.server.exchanges().at(0).answered; }));
  CHECK(session.invoked() == Texts{"alpha();", "beta();"});
  CHECK(session.calls() == 2);
}

TEST_CASE("candidates: one that has ended holds nobody back") {
  Session session({stalled({{"alpha()", 0, "stop"}, {"beta(", 1}}, {{");", 1, "stop"}})});
  const auto id = session.client.request_completion(kUri, 0, kColumn, 1);
  session.let_it_begin();
  CHECK(session.client.count_replies(id) == 0);
  session.server.release();
  const auto items = session.client.reply(id).at("result").at("items");
  REQUIRE(items.size() == 2);
  CHECK(items[0].at("insertText") == "alpha()");
  CHECK(items[1].at("insertText") == "beta();");
}

TEST_CASE("candidates: the transfer is cut when all that have begun are finished, and not before") {
  auto endless = stream({});
  endless.body = events({{"alpha();\n"}, {"beta();\n", 1}, {"gamma();\n", 2}});
  endless.ending = Reply::Ending::endless;
  Session several({endless});
  CHECK(several.invoked() == Texts{"alpha();", "beta();", "gamma();"});
  CHECK(several.let_it_be_cut());

  endless.body = events({{"alpha();\n"}});
  Session one({endless, kNever});
  CHECK(one.invoked() == Texts{"alpha();"});
  CHECK(one.let_it_be_cut());

  Session open(
      {stalled({{"al"}, {"be", 1}, {"pha();\nint c;\nint d;\n"}, {"and more\n"}}, {{"ta();\n", 1}})});
  const auto id = open.client.request_completion(kUri, 0, kColumn, 1);
  open.let_it_begin();
  CHECK_FALSE(open.server.exchanges().at(0).disconnected);
  open.server.release();
  CHECK(open.client.reply(id).at("result").at("items").size() == 2);
}

TEST_CASE("candidates: typing on into any of them costs no call") {
  for (const std::string chosen : {"alpha();", "beta();", "gamma();"}) {
    Session session({whole({"alpha();", "beta();", "gamma();"}), kNever});
    CHECK(session.invoked().size() == 3);
    for (int typed = 1; typed < 5; ++typed) {
      session.client.insert(kUri, 0, kColumn + typed - 1, chosen.substr(typed - 1, 1));
      CHECK(session.automatic(kColumn + typed) == Texts{chosen.substr(typed)});
    }
    CHECK(session.calls() == 1);
  }
}

TEST_CASE("candidates: a call is kept while what is typed agrees with one of its texts, and dropped after") {
  const auto half = stalled({{"alp"}, {"bet", 1}}, {{"ha();\n"}, {"a();\n", 1}});
  Session kept({half, kNever});
  kept.client.request_completion(kUri, 0, kColumn, 1);
  kept.let_it_begin();
  kept.client.insert(kUri, 0, kColumn, "b");
  const auto id = kept.client.request_completion(kUri, 0, kColumn + 1, 2);
  kept.client.run_for(std::chrono::milliseconds(5));
  kept.server.release();
  CHECK(kept.client.reply(id).at("result").at("items").at(0).at("insertText") == "eta();");
  CHECK(kept.calls() == 1);

  Session dropped({half, whole({"x();"})});
  dropped.client.request_completion(kUri, 0, kColumn, 1);
  dropped.let_it_begin();
  dropped.client.insert(kUri, 0, kColumn, "z");
  CHECK(dropped.automatic(kColumn + 1) == Texts{"x();"});
  CHECK(dropped.let_it_be_cut());
}

TEST_CASE("candidates: cancelling the invocation loses none of them") {
  auto slow = whole({"alpha();", "beta();", "gamma();"});
  slow.ending = Reply::Ending::stall;
  slow.stop_after = 10;
  Session session({slow, kNever});
  const auto id = session.client.request_completion(kUri, 0, kColumn, 1);
  session.let_it_begin();
  session.client.notify("$/cancelRequest", {{"id", id}});
  CHECK(session.client.reply(id).at("error").at("code") == -32800);
  session.server.release();
  CHECK(session.invoked() == Texts{"alpha();", "beta();", "gamma();"});
  CHECK(session.calls() == 1);
}

TEST_CASE(
    "candidates: a call counts once, the tokens of all its texts count, and a limit costs nothing shown") {
  Completion end;
  end.usage = Usage{10, 90, 0};
  const std::vector<Delta> two = {{"alpha();"}, {"beta();", 1}};
  Session calls({stream(two, end), kNever}, [](Config& config) { config.calls_per_day = 1; });
  CHECK(calls.invoked() == Texts{"alpha();", "beta();"});
  CHECK(calls.invoked() == Texts{"alpha();", "beta();"});
  CHECK(calls.calls() == 1);
  const auto stats = calls.client.call("workspace/executeCommand", {{"command", "fimd.stats"}});
  CHECK(stats.at("calls") == 1);
  Session tokens({stream(two, end), kNever}, [](Config& config) { config.tokens_per_day = 100; });
  CHECK(tokens.invoked().size() == 2);
  CHECK(tokens.invoked().size() == 2);
  CHECK(tokens.calls() == 1);
}

TEST_CASE("candidates: what was dismissed stays away, and a choice is still to be had") {
  Session session({whole({"alpha();", "beta();", "gamma();"}), kNever});
  const auto id = session.client.request_completion(kUri, 0, kColumn, 1);
  const auto first = session.client.reply(id).at("result").at("items").at(0);
  session.client.call("workspace/executeCommand",
                      {{"command", "fimd.dismiss"}, {"arguments", first.at("command").at("arguments")}});
  CHECK(session.automatic().empty());
  CHECK(session.invoked().size() == 3);
  CHECK(session.calls() == 1);
}

TEST_CASE("candidates: that there is nothing to say is known only if no text says anything") {
  Session silent({stream({{"", 0, "stop"}, {"", 1, "stop"}, {"", 2, "stop"}}), kNever});
  CHECK(silent.invoked().empty());
  CHECK(silent.automatic().empty());
  CHECK(silent.calls() == 1);
  Session half({stream({{"", 0, "stop"}, {"beta();", 1, "stop"}}), kNever});
  CHECK(half.invoked() == Texts{"beta();"});
  CHECK(half.automatic() == Texts{"beta();"});
  CHECK(half.calls() == 1);
}

TEST_CASE("candidates: one that does not fit does not hide one that is still coming") {
  Session session({stalled({{")", 0, "stop"}, {"be", 1}}, {{"ta();", 1, "stop"}})});
  const auto id = session.client.request_completion(kUri, 0, kColumn, 1);
  session.let_it_begin();
  session.server.release();
  const auto items = session.client.reply(id).at("result").at("items");
  REQUIRE(items.size() == 1);
  CHECK(items[0].at("insertText") == "beta();");
}

TEST_CASE("candidates: a stream that fails in the middle leaves what was whole") {
  auto broken = stream({{"alpha();\n"}, {"beta();", 1, "stop"}, {"gam", 2}});
  broken.body = events({{"alpha();\n"}, {"beta();", 1, "stop"}, {"gam", 2}});
  broken.body += encode_event(error_data(503, "the model went away"));
  Session session({broken, kNever});
  const auto texts = session.invoked();
  CHECK(std::ranges::find(texts, "alpha();") != texts.end());
  CHECK(std::ranges::find(texts, "beta();") != texts.end());
}

TEST_CASE("candidates: only who invokes asks for several") {
  Session session({whole({"alpha();", "beta();"}), whole({"gamma();"})});
  CHECK(session.automatic() == Texts{"alpha();"});
  CHECK(Json::parse(session.server.exchanges().at(0).request.body).contains("n") == false);
  // What was not asked for is not taken either.
  CHECK(session.invoked() == Texts{"alpha();", "gamma();"});
  CHECK(session.asked(1).n == 2);

  Session script({whole({"alpha();", "beta();"}), whole({"alpha();", "beta();"})});
  const auto texts = [&](Json params) {
    return script.client.call("fim/complete", std::move(params)).at("items").size();
  };
  CHECK(texts({{"prefix", "int a = "}}) == 1);
  CHECK(script.asked(0).n == 1);
  CHECK(texts({{"prefix", "int c = "}, {"n", 2}}) == 2);
  CHECK(script.asked(1).n == 2);
}

TEST_CASE("candidates: Copilot's clients that cycle get them from one call, too") {
  Session session({whole({"alpha();", "beta();", "gamma();"}), kNever});
  session.client.call("setEditorInfo", {{"editorInfo", {{"name", "x"}, {"version", "1"}}}});
  const Json doc = {{"uri", kUri}, {"version", 1}, {"position", {{"line", 0}, {"character", kColumn}}}};
  const auto listed = session.client.call("getCompletionsCycling", {{"doc", doc}}).at("completions");
  REQUIRE(listed.size() == 3);
  CHECK(listed[1].at("displayText") == "beta();");
  CHECK(session.client.call("getCompletions", {{"doc", doc}}).at("completions").size() == 1);
  CHECK(session.calls() == 1);
}
