// Random editing against a model that is right as a rule: whatever the engine serves fits the document it was
// asked for, and is what a daemon without a past, whose model says the same, would have been allowed to show.
#include <algorithm>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>

#include "daemon/brackets.h"
#include "daemon/suffix.h"
#include "daemon/tokens.h"
#include "daemon/trigger.h"
#include "protocol/completion.h"
#include "tests/support/catch.h"
#include "tests/support/random_editing.h"
#include "tests/support/scripted_server.h"
#include "tests/support/test_client.h"

using namespace fimd;
using namespace fimd::test;
using Json = nlohmann::json;

namespace {

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

// Grüße 🎉 an alle: Ελλάδα, 日本
const char* greeting(bool loud) {
  if (loud) return u8"ΓΕΙΆ 🎉";
  return "Grüße 🎉";
}
)";

std::string_view utf8_prefix(std::string_view text, std::size_t room) {
  while (room > 0 && (static_cast<unsigned char>(text[room]) & 0xC0) == 0x80) --room;
  return text.substr(0, room);
}

// What a model of the whole target says after a prompt: all that is left of it. At one place in six it errs
// after a few characters; where the prompt's end is not in the target, it has nothing to say.
std::string continuation(const std::string& prompt, const std::string& target) {
  for (const std::size_t length : {40, 24, 12}) {
    const auto tail = prompt.substr(prompt.size() - std::min(prompt.size(), length));
    const auto at =
        prompt.size() < length && !target.starts_with(tail) ? std::string::npos : target.find(tail);
    if (at == std::string::npos) continue;
    auto text = target.substr(at + tail.size());
    if (hash_of(tail) % 6 == 0 && text.size() > 12)
      text = std::string(utf8_prefix(text, 5)) + "other(value);\n" +
             (target.find('\t') < target.size() ? "\tmore();\n" : "  more();\n");
    return text;
  }
  return {};
}

// A model for documents in a style, and all that it has said.
class Model {
 public:
  struct Saying {
    std::string prompt;
    std::string text;
  };

  explicit Model(const Style& style)
      : target_(without_returns(in_style(kTarget, style))),
        server_(
            ScriptedServer::Answer([this](const test::HttpRequest& request) { return answer(request); })) {}

  std::string url() const { return server_.url("/fim"); }
  std::vector<Saying> said() const {
    const std::lock_guard lock(mutex_);
    return said_;
  }

 private:
  Reply answer(const test::HttpRequest& request) {
    const auto prompt = without_returns(Json::parse(request.body).at("prompt"));
    const std::lock_guard lock(mutex_);
    said_.push_back({prompt, continuation(prompt, target_)});
    return saying(said_.back().text, std::chrono::milliseconds(said_.size() % 4));
  }

  std::string target_;
  mutable std::mutex mutex_;
  std::vector<Saying> said_;
  ScriptedServer server_;
};

Config config_for(const std::string& url) {
  Config config;
  config.endpoint = url;
  config.predictor = PredictorMode::off;
  config.calls_per_minute = 0;
  config.time_scale = 50;
  return config;
}

bool in_indentation(std::string_view prefix) {
  const auto line = prefix.substr(prefix.rfind('\n') + 1);
  return !line.empty() && trim_both(line).empty();
}

// In half an indentation a text that brings the other half is taken for a repetition of it.
std::string without_indentation(const std::string& text) {
  return text.substr(std::min(text.find_first_not_of(" \t"), text.size()));
}

// What the model said for an earlier state of this text that was typed along since: what is left of it.
std::vector<std::string> sayings_for(const Model& model, std::string_view before) {
  const auto prefix = without_returns(std::string(before));
  std::vector<std::string> rests;
  for (auto said : model.said()) {
    if (in_indentation(said.prompt)) said.text = without_indentation(said.text);
    for (std::size_t typed = 0; typed < said.text.size() && typed <= prefix.size(); ++typed) {
      const auto earlier = std::string_view(prefix).substr(0, prefix.size() - typed);
      if (prefix.ends_with(said.text.substr(0, typed)) && said.prompt.ends_with(earlier) &&
          (earlier.size() > 12 || said.prompt.size() == earlier.size()))
        rests.push_back(said.text.substr(typed));
    }
  }
  return rests;
}

struct Shown {
  std::string text;
  std::size_t replaced = 0;  // bytes after the cursor
  std::string source;
  Json command;
};

Shown shown_item(const Json& item, const RandomEditing& editing) {
  const auto& range = item.at("range");
  // The range begins at the cursor and stays on its line, so that nothing before it can be contradicted.
  CHECK(range.at("start") == Json({{"line", editing.line()}, {"character", editing.column()}}));
  CHECK(range.at("end").at("line") == editing.line());
  const int end = range.at("end").at("character");
  REQUIRE(editing.column() <= end);
  const auto replaced = static_cast<std::size_t>(end - editing.column());
  const auto rest = editing.line_after();
  REQUIRE(replaced <= rest.size());
  const std::string text = item.at("insertText");
  // What it covers are closers, which the text brings itself.
  CHECK(only_closers(rest.substr(0, replaced)));
  for (const char c : rest.substr(0, replaced)) CHECK((is_blank(c) || text.find(c) != std::string::npos));
  CHECK_FALSE(trim_both(text).empty());
  CHECK(text.find('\r') == std::string::npos);
  return {text, replaced, item.at("data").at("source"), item.at("command")};
}

std::vector<Shown> shown_items(const Json& message, const RandomEditing& editing) {
  std::vector<Shown> shown;
  for (const auto& item : message.at("result").at("items")) shown.push_back(shown_item(item, editing));
  return shown;
}

// Equal, or one goes on where a line of the other ends: what began as a block goes on as one, what began as a
// line shows one line more at a time, and a daemon without a past decides that anew at every key.
bool equal_by_lines(std::string_view a, std::string_view b) {
  if (a.size() > b.size()) std::swap(a, b);
  if (!b.starts_with(a)) return false;
  const auto more = b.find_first_not_of(" \t", a.size());
  return more == std::string_view::npos || b[more] == '\n';
}

std::string comparable(const RandomEditing& editing, const std::string& text) {
  return in_indentation(editing.prefix()) ? without_indentation(text) : text;
}

// Half of what a dismissal lives, at the clock's scale.
constexpr std::chrono::seconds kDismissalHolds{3};

class Session {
 public:
  Session(unsigned seed, const Style& style)
      : random_(seed), model_(style), client_(config_for(model_.url())) {
    client_.initialize();
    for (std::size_t i = 0; i < 2; ++i) {
      editing_.emplace_back(kTarget, style);
      uris_.push_back("file:///work/" + std::to_string(i) + ".cpp");
      client_.open(uris_[i], "");
    }
  }

  void step() {
    if (random_() % 12 == 0) at_ = 1 - at_;
    // Both documents often hold the same text.
    if (random_() % 40 == 0) editing_[1 - at_] = editing_[at_], send_text(1 - at_);
    editing().edit(random_);
    send_text(at_);
    switch (random_() % 30) {
      case 0:
        return close_in_flight(uris_[at_]);
      case 1:
        return close_in_flight("file:///work/renamed" + std::to_string(++renamed_) + ".cpp");
      case 2:
        return type_in_flight();
      case 3:
      case 4:
        return invoke();
      default:
        return check_reply(request());
    }
  }

  int served = 0;
  int dismissals = 0;
  int kept_away = 0;                    // requests at places where something was dismissed a moment ago
  std::map<std::string, int> silences;  // why a daemon without a past does not ask where this one answers

 private:
  RandomEditing& editing() { return editing_[at_]; }
  void send_text(std::size_t document) { client_.replace_all(uris_[document], editing_[document].text()); }
  int request(int trigger = 2) {
    return client_.request_completion(uris_[at_], editing().line(), editing().column(), trigger);
  }
  std::string place() { return uris_[at_] + '\n' + editing().text() + std::to_string(editing().cursor()); }

  void close_in_flight(const std::string& new_uri) {
    const int id = request();
    client_.notify("textDocument/didClose", {{"textDocument", {{"uri", uris_[at_]}}}});
    dismissed_.clear();
    uris_[at_] = new_uri;
    client_.open(new_uri, editing().text());
    client_.reply(id);
    CHECK(client_.count_replies(id) == 1);
    check_reply(request());
  }

  void type_in_flight() {
    const auto before = editing();
    const int id = request();
    editing().edit(random_);
    send_text(at_);
    const int next = request();
    const auto message = client_.reply(id);
    if (message.contains("result") && message.at("result").is_object()) shown_items(message, before);
    check_reply(next);
  }

  // Who invokes may see what was dismissed, and up to three that differ.
  void invoke() {
    const auto shown = shown_items(client_.reply(request(1)), editing());
    CHECK(shown.size() <= 3);
    std::set<std::string> texts;
    for (const auto& each : shown) {
      CHECK(texts.insert(each.text).second);
      check_content(each);
    }
    if (!shown.empty()) decide(shown[random_() % shown.size()]);
  }

  void check_reply(int id) {
    const auto shown = shown_items(client_.reply(id), editing());
    const auto dismissed = dismissed_.find(place());
    if (dismissed != dismissed_.end() && SteadyClock::now() - dismissed->second < kDismissalHolds) {
      ++kept_away;
      CHECK(shown.empty());
    }
    if (shown.empty()) return;
    REQUIRE(shown.size() == 1);
    if (shown[0].source == "cache") note_silence();
    check_content(shown[0]);
    decide(shown[0]);
  }

  void check_content(const Shown& shown) {
    INFO("document: " << editing().prefix() << "^" << editing().suffix());
    INFO("shown: " << shown.text << "~" << shown.replaced);
    if (shown.text.find('\n') == std::string::npos) check_closers(shown);
    if (shown.source == "cache") check_served(shown);
  }

  // What the line has already is not said once more.
  void check_closers(const Shown& shown) {
    const auto unmatched = [](const std::string& line) {
      return unmatched_closers(scan_brackets(line, "cpp")).size();
    };
    const auto before = editing().line_before();
    const auto after = editing().line_after();
    if (trim_both(before).empty() || trim_both(after).empty())
      return;  // what the line closes was opened above
    // A string that the text closes no longer hides what follows.
    const auto had = std::max(unmatched(before + after), unmatched(after));
    CHECK(unmatched(before + shown.text + after.substr(shown.replaced)) <= had);
  }

  // What the user makes of it. An editor may say so, or leave it to the text to tell.
  void decide(const Shown& shown) {
    const auto choice = random_() % 24;
    if (choice < 3) {
      editing().accept(shown.text, shown.replaced);
      send_text(at_);
      if (choice == 0) run_command(shown.command.at("command"), shown);
    } else if (choice == 3) {
      const auto word = shown.text.find_first_of(" (\n", 1);
      if (word != std::string::npos) editing().accept(shown.text.substr(0, word), 0), send_text(at_);
    } else if (choice < 6) {
      run_command("fimd.dismiss", shown);
      ++dismissals;
      dismissed_[place()] = SteadyClock::now();
      check_reply(request());
    }
  }

  void run_command(const Json& name, const Shown& shown) {
    const Json params = {{"command", name}, {"arguments", shown.command.at("arguments")}};
    client_.call("workspace/executeCommand", params);
  }

  void note_silence() {
    CursorLine line;
    const auto before = editing().line_before();
    const auto after = editing().line_after();
    const auto silence = silence_at({before, after, "cpp"});
    if (silence != Silence::none) ++silences[std::string(name_of(silence))];
  }

  void check_served(const Shown& shown) {
    ++served;
    const auto sayings = sayings_for(model_, editing().prefix());
    REQUIRE_FALSE(sayings.empty());
    std::string others;
    const bool allowed = std::ranges::any_of(sayings, [&](const std::string& text) {
      const auto fresh = shown_afresh(text);
      if (fresh) others += "fresh: " + fresh->text + "~" + std::to_string(fresh->replaced) + "\n";
      return fresh ? agree(shown, *fresh) : is_nothing_afresh(shown);
    });
    INFO(others);
    CHECK(allowed);
  }

  // A daemon without a past makes nothing of a single byte, on this line or the next, nor of the line that
  // comes next anyway. What has more lines goes on after either.
  bool is_nothing_afresh(const Shown& shown) {
    const auto line = comparable(editing(), shown.text.substr(0, shown.text.find('\n')));
    auto below = next_lines(editing().suffix());
    below.remove_prefix(std::min(below.find_first_not_of(" \t\r\n"), below.size()));
    const bool more = line.size() < comparable(editing(), shown.text).size();
    return line.size() == 1 || trim_both(shown.text).size() == 1 ||
           (more && trim_both(editing().line_before() + line) == trim_both(next_line(below)));
  }

  bool agree(const Shown& shown, const Shown& fresh) {
    return equal_by_lines(comparable(editing(), shown.text), comparable(editing(), fresh.text)) &&
           (shown.text != fresh.text || shown.replaced == fresh.replaced);
  }

  // What a daemon without a past shows when its model says this. It is invoked: that it would not have asked
  // at such a place is no reason not to show what is known.
  std::optional<Shown> shown_afresh(const std::string& text) {
    ScriptedServer model({saying(text)});
    auto config = config_for(model.url("/fim"));
    config.speculation = false;
    TestClient fresh(config);
    fresh.initialize();
    fresh.open(uris_[at_], editing().text());
    const auto id = fresh.request_completion(uris_[at_], editing().line(), editing().column(), 1);
    const auto shown = shown_items(fresh.reply(id), editing());
    return shown.empty() ? std::nullopt : std::optional(shown[0]);
  }

  Random random_;
  Model model_;
  TestClient client_;
  std::vector<RandomEditing> editing_;
  std::vector<std::string> uris_;
  std::size_t at_ = 0;
  int renamed_ = 0;
  std::map<std::string, SteadyClock::time_point> dismissed_;
};

}  // namespace

TEST_CASE("for random edits every answer fits its document and is what a daemon without a past would show") {
  const Style style = GENERATE(Style{}, Style{.crlf = true}, Style{.tabs = true});
  const unsigned seed = GENERATE(range(1U, 3U));
  INFO("seed " << seed << (style.crlf ? ", CRLF" : "") << (style.tabs ? ", tabs" : ""));
  Session session(seed, style);
  for (int step = 0; step < 300; ++step) session.step();
  CHECK(session.served > 40);
  CHECK(session.dismissals > 1);
  CHECK(session.kept_away >= session.dismissals);
  // The cache answers before the trigger is asked; only at the end of a line that the user's own text or an
  // accepted one completed is there something to show where nobody would have asked.
  for (const auto& [silence, count] : session.silences) CHECK(silence == name_of(Silence::line_complete));
}
