#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/bench/replay/editor.h"
#include "tests/bench/replay/endpoint.h"

namespace fimd::bench {
namespace {

constexpr auto kUri = "file:///replay/document";

nlohmann::json position_at(std::string_view text, std::size_t offset) {
  const auto before = text.substr(0, offset);
  const auto line = std::count(before.begin(), before.end(), '\n');
  return {{"line", line}, {"character", offset - (before.rfind('\n') + 1)}};
}

// An editor that asks after each key and cancels what it asked before.
class RealDaemon : public Policy {
 public:
  RealDaemon(const Oracle& oracle, const DaemonOptions& options, const std::string& start)
      : options_(options),
        endpoint_(oracle, options.scale),
        editor_(options.program,
                {"FIMD_ENDPOINT=" + endpoint_.url(), "FIMD_TIME_SCALE=" + std::to_string(options.scale)}),
        text_(start) {
    editor_.initialize({{"endpoint", endpoint_.url()},
                        {"predictor", options.predictor},
                        {"speculation", options.speculation},
                        {"callsPerMinute", 0}});
    editor_.open(kUri, options.language, text_);
  }

  std::string name() const override { return "**fimd**"; }
  std::vector<Call>& calls() override { return calls_ = endpoint_.take_calls(); }
  std::optional<double> prompt_reuse() const override { return endpoint_.prompt_reuse(); }

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
    wait_until(moment.now);
    endpoint_.person_is_at(moment.step);
    if (pending_) editor_.notify("$/cancelRequest", {{"id", *pending_}});
    edit(step);
    if (accepted && !command_.is_null()) editor_.request("workspace/executeCommand", command_);
    const int id =
        editor_.request("textDocument/inlineCompletion", {{"textDocument", {{"uri", kUri}}},
                                                          {"position", position_at(text_, moment.cursor)},
                                                          {"context", {{"triggerKind", 2}}}});
    pending_ = id;
    editor_.flush();
    const auto asked = Editor::Clock::now();
    const auto result = editor_.result(id, real(moment.until));
    if (!result) return std::nullopt;
    pending_.reset();
    const auto seconds = std::chrono::duration<double>(Editor::Clock::now() - asked).count();
    return shown(*result, moment, moment.now + seconds * options_.scale);
  }

 private:
  // The moment of the recording as a moment of the clock. A person who looked at a suggestion types on later:
  // the recording's time is taken from the first request, and slips when the machine is late.
  Editor::Clock::time_point real(double seconds) const {
    return start_ + std::chrono::duration_cast<Editor::Clock::duration>(
                        std::chrono::duration<double>(seconds / options_.scale));
  }
  void wait_until(double seconds) {
    if (version_ == 0) start_ = Editor::Clock::now() - (real(seconds) - start_);
    while (editor_.read(real(seconds))) {
    }
    const auto late = Editor::Clock::now() - real(seconds);
    if (late > std::chrono::milliseconds(1)) start_ += late;
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
    endpoint_.mark_shown(text.substr(typed.size()));
    return Shown{text.substr(typed.size()), at};
  }

  DaemonOptions options_;
  OracleEndpoint endpoint_;
  Editor editor_;
  std::string text_;
  int version_ = 0;
  std::optional<int> pending_;
  nlohmann::json command_;
  std::vector<Call> calls_;
  Editor::Clock::time_point start_ = Editor::Clock::now();
};

}  // namespace

std::unique_ptr<Policy> real_daemon(const Oracle& oracle, const DaemonOptions& options,
                                    const std::string& start) {
  return std::make_unique<RealDaemon>(oracle, options, start);
}

}  // namespace fimd::bench
