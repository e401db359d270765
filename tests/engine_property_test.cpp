// Random editing against a model that always knows one text: whatever the engine serves must fit the document
// it was asked for, and must be what a daemon without a past would have shown.
#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>

#include "protocol/completion.h"
#include "tests/support/catch.h"
#include "tests/support/scripted_server.h"
#include "tests/support/test_client.h"

using namespace fimd;
using namespace fimd::test;
using Json = nlohmann::json;

namespace {

constexpr const char* kUri = "file:///work/a.cpp";

const std::string kTarget = R"(#include <map>

int lookup(const std::map<int, int>& table, int key) {
  const auto found = table.find(key);
  if (found == table.end()) return -1;
  return found->second;
}

void fill(std::map<int, int>& table, int size) {
  for (int i = 0; i < size; ++i) {
    table.emplace(i, i * 2);
  }
}

// Grüße 🎉 an alle
const char* greeting() {
  return "Grüße 🎉";
}
)";

// How the text goes on after the last 12 bytes of the prompt; nothing when they are not in it.
std::string continuation(const std::string& prompt) {
  if (prompt.size() < 12) return kTarget.substr(std::min(prompt.size(), kTarget.size()), 60);
  const auto at = kTarget.find(prompt.substr(prompt.size() - 12));
  return at == std::string::npos ? "" : kTarget.substr(at + 12, 120);
}

Reply answer(const test::HttpRequest& request) {
  Completion completion;
  completion.completion = continuation(Json::parse(request.body).at("prompt"));
  Reply reply;
  reply.headers = {{"Content-Type", "application/json"}};
  reply.body = to_body(completion);
  return reply;
}

Config config_for(const ScriptedServer& server) {
  Config config;
  config.endpoint = server.url("/fim");
  config.predictor = PredictorMode::off;
  config.calls_per_minute = 0;
  config.time_scale = 50;
  return config;
}

// A document and a cursor at its end or inside, edited the way people do.
struct Editing {
  std::string text;
  std::size_t cursor = 0;

  void type(std::string_view typed) {
    text.insert(cursor, typed);
    cursor += typed.size();
  }
  void delete_back(std::size_t bytes) {
    bytes = std::min(bytes, cursor);
    while (bytes < cursor && (static_cast<unsigned char>(text[cursor - bytes]) & 0xC0) == 0x80) ++bytes;
    text.erase(cursor - bytes, bytes);
    cursor -= bytes;
  }
  int line() const {
    return static_cast<int>(
        std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(cursor), '\n'));
  }
  int column() const { return static_cast<int>(cursor - (text.rfind('\n', cursor - (cursor > 0)) + 1)); }
};

std::size_t character_bytes(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

void edit_at_random(Editing& editing, std::mt19937& random) {
  const bool on_track = kTarget.starts_with(editing.text) && editing.cursor == editing.text.size();
  const auto choice = random() % 10;
  if (choice == 0) {
    editing.type("x");
  } else if (choice == 1 || !on_track) {
    editing.delete_back(1 + random() % 3);
  } else {
    const auto at = editing.text.size();
    if (at == kTarget.size()) return;
    editing.type(kTarget.substr(at, character_bytes(kTarget[at])));
    // Editors indent a new line at once.
    while (editing.text.back() == '\n' || editing.text.ends_with("\n ")) {
      if (kTarget[editing.text.size()] != ' ') break;
      editing.type(" ");
    }
  }
}

std::string without_indentation(std::string text) {
  return text.substr(std::min(text.find_first_not_of(' '), text.size()));
}

void check_fits(const Json& item, const Editing& editing) {
  const auto& range = item.at("range");
  CHECK(range.at("start").at("line") == editing.line());
  CHECK(range.at("end").at("line") == editing.line());
  CHECK(range.at("start").at("character") <= editing.column());
  CHECK(range.at("end").at("character") >= editing.column());
  CHECK_FALSE(item.at("insertText").get<std::string>().empty());
}

}  // namespace

TEST_CASE("for random edits every answer fits its document and is what a daemon without a past would show") {
  ScriptedServer server{ScriptedServer::Answer(answer)};
  for (unsigned seed = 1; seed <= 3; ++seed) {
    INFO("seed " << seed);
    std::mt19937 random(seed);
    TestClient client(config_for(server));
    client.initialize();
    Editing editing;
    client.open(kUri, editing.text);
    int compared = 0;
    for (int step = 0; step < 250; ++step) {
      edit_at_random(editing, random);
      client.replace_all(kUri, editing.text);
      const auto message = client.reply(client.request_completion(kUri, editing.line(), editing.column()));
      for (const auto& item : message.at("result").at("items")) {
        check_fits(item, editing);
        if (item.at("data").at("source") != "cache") continue;
        TestClient fresh(config_for(server));
        fresh.initialize();
        fresh.open(kUri, editing.text);
        const auto texts = fresh.complete(kUri, editing.line(), editing.column(), 1);
        INFO("at the end of: " << editing.text.substr(editing.text.size() -
                                                      std::min<std::size_t>(40, editing.text.size())));
        // A fresh daemon may be silent about the end of a line that the old one knows as the middle of a
        // block.
        if (texts.empty()) continue;
        ++compared;
        // The model goes on from here for as far as it goes from where the text was made: one may be longer.
        // In half an indentation a fresh daemon takes the other half for a repetition of it.
        const auto cached = without_indentation(item.at("insertText"));
        const auto uncached = without_indentation(texts.front());
        const auto shared = std::min(cached.size(), uncached.size());
        CHECK(cached.substr(0, shared) == uncached.substr(0, shared));
      }
    }
    CHECK(compared > 50);
  }
}
