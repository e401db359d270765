// The built program's `fimd doctor` against endpoints on loopback.
#include "daemon/doctor.h"

#include "daemon/index_store.h"
#include "protocol/completion.h"
#include "tests/support/catch.h"
#include "tests/support/child.h"
#include "tests/support/scripted_server.h"
#include "tests/support/temporary_folder.h"

using namespace fimd;
using namespace fimd::test;

namespace {

struct Findings {
  std::string text;
  std::optional<int> status;
  bool tell(std::string_view what) const { return text.find(what) != std::string::npos; }
};

Findings doctor(Child::Environment environment) {
  environment.emplace("HOME", "/nowhere");
  Child child({FIMD_PROGRAM, "doctor"}, environment);
  const auto status = child.wait();
  return {child.output(), status};
}

Reply completion_reply() {
  Completion completion;
  completion.completion = "a + b";
  completion.model = "scripted";
  Reply reply;
  reply.body = to_body(completion);
  return reply;
}

}  // namespace

TEST_CASE("doctor: an endpoint that works") {
  ScriptedServer server({completion_reply()});
  const auto found = doctor({{"FIMD_ENDPOINT", server.url("/fim")}, {"FIMD_TOKEN", "hush-hush"}});
  INFO(found.text);
  CHECK(found.status == 0);
  CHECK(found.tell("/fim: HTTP 200 after "));
  CHECK(found.tell("by scripted"));
  CHECK(found.tell("one is set"));
  CHECK_FALSE(found.tell("hush-hush"));
  CHECK_FALSE(found.tell("FAULT"));
  CHECK(server.exchanges().size() == 1);
}

TEST_CASE("doctor: an endpoint that refuses the token") {
  Reply refusal;
  refusal.status = 401;
  refusal.body = R"({"success": false, "error": "Unauthorized"})";
  ScriptedServer server({refusal});
  const auto found = doctor({{"FIMD_ENDPOINT", server.url("/fim")}, {"FIMD_TOKEN", "hush-hush"}});
  INFO(found.text);
  CHECK(found.status == 1);
  CHECK(found.tell("FAULT endpoint"));
  CHECK(found.tell("HTTP 401"));
  CHECK(found.tell("Unauthorized: set a token that it takes"));
  CHECK_FALSE(found.tell("hush-hush"));
}

TEST_CASE("doctor: nobody answers there") {
  const auto found = doctor({{"FIMD_ENDPOINT", "http://127.0.0.1:9/fim"}});
  INFO(found.text);
  CHECK(found.status == 1);
  CHECK(found.tell("no answer"));
  CHECK(found.tell("none is set: FIMD_TOKEN"));
}

TEST_CASE("doctor: an endpoint that may not be used") {
  const auto found = doctor({{"FIMD_ENDPOINT", "http://models.example/fim"}});
  INFO(found.text);
  CHECK(found.status == 1);
  CHECK(found.tell("plain http would show your code"));
}

TEST_CASE("doctor: nothing is configured, and that is fine") {
  const auto found = doctor({});
  INFO(found.text);
  CHECK(found.status == 0);
  CHECK(found.tell("completions come from your own text"));
  CHECK(found.tell("predictor  answers at once"));
  CHECK(found.tell("no /nowhere/.config/fimd/config.json"));
}

TEST_CASE("doctor: settings that are wrong") {
  const TemporaryFolder folder;
  const auto found_in = [&](std::string_view settings) {
    folder.write("fimd/config.json", settings);
    return doctor({{"XDG_CONFIG_HOME", folder.path()}});
  };
  const auto broken = found_in("{\"token\": \"hush-hush\"");
  INFO(broken.text);
  CHECK(broken.status == 1);
  CHECK(broken.tell("FAULT settings   " + folder.path("fimd/config.json") + " is not valid JSON"));
  CHECK_FALSE(broken.tell("hush-hush"));

  const auto mistaken = found_in(R"({"maxTokens": "many"})");
  INFO(mistaken.text);
  CHECK(mistaken.status == 1);
  CHECK(mistaken.tell("FAULT settings   setting \"maxTokens\" must be"));

  CHECK(found_in(R"({"maxTokens": 100})").status == 0);
}

TEST_CASE("doctor: the stored index of the folder") {
  const TemporaryFolder cache;
  const auto found = [&] { return doctor({{"XDG_CACHE_HOME", cache.path()}}); };
  const auto folder = std::filesystem::current_path().string();
  CHECK(found().tell("index      none of " + folder + " yet"));
  const IndexStore store(cache.path("fimd"), {folder}, "by some rules");
  WorkspaceIndex::Builder builder;
  builder.add(std::string(1'234'567, 'x'));
  const auto index = std::make_shared<WorkspaceIndex>(std::move(builder).build());
  REQUIRE_FALSE(store.save({index, {{"/a", 1, 2, true}, {"/b", 1, 2, true}}}));
  CHECK(found().tell("index      2 files, 1.2 MB of source, made within the last hour"));
  const auto made = std::filesystem::last_write_time(store.path());
  std::filesystem::last_write_time(store.path(), made - std::chrono::hours(75));
  CHECK(found().tell("made 3 days ago"));
  std::filesystem::resize_file(store.path(), 100);
  const auto damaged = found();
  CHECK(damaged.tell("index      the stored index of the workspace is damaged"));
  CHECK(damaged.status == 0);
  const TemporaryFolder settings;
  settings.write("fimd/config.json", R"({"workspaceIndex": false})");
  CHECK(doctor({{"XDG_CONFIG_HOME", settings.path()}}).tell("index      switched off"));
}

TEST_CASE("doctor: what may be secret in a URL is not shown") {
  CHECK(without_secrets("https://h.example/fim") == "https://h.example/fim");
  CHECK(without_secrets("https://me:word@h.example/fim?key=1#x") == "https://h.example/fim");
  CHECK(without_secrets("https://h.example") == "https://h.example");
  CHECK(without_secrets("https://h.example/a@b") == "https://h.example/a@b");
  CHECK(without_secrets("nonsense") == "nonsense");
}
