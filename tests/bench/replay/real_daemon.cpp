#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/bench/replay/editor.h"
#include "tests/bench/replay/endpoint.h"
#include "tests/bench/replay/virtual_time.h"

namespace fimd::bench {
namespace {

constexpr auto kUri = "file:///replay/document";
constexpr double kInitialized = 1;  // seconds of virtual time by which the daemon is up
constexpr double kStart = 2;        // when the recording starts

nlohmann::json position_at(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, offset);
  const auto line = std::count(before.begin(), before.end(), '\n');
  return {{"line", line}, {"character", offset - (before.rfind('\n') + 1)}};
}

// An editor that asks after each key and cancels what it asked before.
class RealDaemon : public Policy {
 public:
  RealDaemon(const Oracle& oracle, const DaemonOptions& options, const std::string& start)
      : answers_(oracle),
        time_(options.time_library),
        editor_(options.program, time_.environment(), time_.descriptors()),
        text_(start) {
    time_.started();
    const int id = editor_.ask_to_initialize({{"endpoint", endpoint_.url()},
                                              {"predictor", options.predictor},
                                              {"speculation", options.speculation},
                                              {"midLine", options.mid_line},
                                              {"callsPerMinute", 0}});
    if (!result(id, kInitialized)) throw std::runtime_error("initialize was not answered");
    editor_.initialized();
    editor_.open(kUri, options.language, text_);
  }

  ~RealDaemon() override { time_.end(); }

  std::string name() const override { return "**fimd**"; }
  std::vector<Call>& calls() override { return answers_.calls(); }
  std::optional<double> prompt_reuse() const override { return answers_.prompt_reuse(); }
  std::optional<double> processor_seconds() const override { return editor_.processor_seconds(); }

  void edit(const Step& step) override {
    for (const auto& patch : step.patches) {
      const nlohmann::json range{{"start", position_at(text_, patch.position)},
                                 {"end", position_at(text_, patch.position + patch.deleted)}};
      const nlohmann::json changes = {{{"range", range}, {"text", patch.inserted}}};
      editor_.notify("textDocument/didChange", {{"textDocument", {{"uri", kUri}, {"version", ++version_}}},
                                                {"contentChanges", changes}});
      text_.replace(patch.position, patch.deleted, patch.inserted);
    }
  }

  std::optional<Shown> ask(const Step& step, const Moment& moment, bool accepted) override {
    while (next_message(kStart + moment.now)) {
    }
    answers_.person_is_at(moment.step);
    if (pending_) editor_.notify("$/cancelRequest", {{"id", *pending_}});
    edit(step);
    if (accepted && !command_.is_null()) editor_.request("workspace/executeCommand", command_);
    const int id =
        editor_.request("textDocument/inlineCompletion", {{"textDocument", {{"uri", kUri}}},
                                                          {"position", position_at(text_, moment.cursor)},
                                                          {"context", {{"triggerKind", 2}}}});
    pending_ = id;
    editor_.flush();
    const auto result = this->result(id, kStart + moment.until);
    if (!result) return std::nullopt;
    pending_.reset();
    return shown(*result, moment, time_.now() - kStart);
  }

 private:
  // The next message from the daemon before `until`, or the time is `until`.
  std::optional<nlohmann::json> next_message(double until) {
    while (true) {
      const auto wakes = time_.run();
      const bool asked = endpoint_.serve(answers_, time_.now());
      if (auto message = editor_.read(Editor::Clock::time_point())) return message;
      if (asked) continue;
      const auto next = std::max(time_.now(), std::min(wakes, endpoint_.next_reply()));
      time_.move_to(std::min(next, until));
      if (next >= until) return std::nullopt;
      endpoint_.reply(time_.now());
    }
  }

  std::optional<nlohmann::json> result(int id, double until) {
    while (auto message = next_message(until)) {
      if (message->value("id", 0) != id || message->contains("method")) continue;
      if (!message->contains("result")) return std::nullopt;
      return message->at("result");
    }
    return std::nullopt;
  }

  std::optional<Shown> shown(const nlohmann::json& result, const Moment& moment, double at) {
    if (!result.is_object() || result.value("items", nlohmann::json::array()).empty()) return std::nullopt;
    const auto& item = result["items"][0];
    if (item.contains("command")) {
      command_ = {{"command", item["command"]["command"]}, {"arguments", item["command"]["arguments"]}};
    }
    const std::size_t cursor = position_at(text_, moment.cursor)["character"];
    const std::size_t begin = item["range"]["start"]["character"];
    const auto text = item["insertText"].get<std::string>();
    const auto typed = std::string_view(text_).substr(moment.cursor - (cursor - begin), cursor - begin);
    if (!text.starts_with(typed)) throw std::runtime_error("a suggestion does not fit its document");
    answers_.mark_shown(text.substr(typed.size()));
    return Shown{text.substr(typed.size()), at};
  }

  OracleAnswers answers_;
  VirtualEndpoint endpoint_;
  VirtualTime time_;
  Editor editor_;
  std::string text_;
  int version_ = 0;
  std::optional<int> pending_;
  nlohmann::json command_;
};

}  // namespace

std::unique_ptr<Policy> real_daemon(const Oracle& oracle, const DaemonOptions& options,
                                    const std::string& start) {
  return std::make_unique<RealDaemon>(oracle, options, start);
}

}  // namespace fimd::bench
