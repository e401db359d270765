#include "tests/bench/replay/latency.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/bench/replay/editor.h"
#include "tests/bench/replay/endpoint.h"
#include "tests/bench/replay/replay.h"

namespace fimd::bench {
namespace {

constexpr auto kUri = "file:///latency/document.cpp";
constexpr std::string_view kLine = "const auto found = std::find(all.begin(), all.end(), wanted);";

std::string source_of(std::size_t bytes) {
  std::string text;
  for (int i = 0; text.size() < bytes; ++i)
    text += fmt::format("int function_{}(int value) {{\n  return value * {} + other_{};\n}}\n\n", i, i * 7,
                        i % 13);
  return text + "int main() {\n  ";
}

Recording typed_line(std::string start, double gap) {
  Recording recording{"line", "cpp", std::move(start), {}};
  auto position = recording.start.size();
  recording.start += "\n}\n";
  for (std::size_t i = 0; i < kLine.size(); ++i) {
    const Patch patch{position++, 0, std::string(1, kLine[i])};
    Step step{gap, {patch}, true, position, std::string(kLine.substr(i + 1))};
    recording.steps.push_back(std::move(step));
  }
  return recording;
}

Luck always_right(double seconds) {
  return {.accuracy = 1, .latency_p50 = seconds, .latency_sigma = 0, .stalls = 0, .errors = 0};
}

Luck quick(double accuracy) {
  auto luck = always_right(0.001);
  luck.accuracy = accuracy;
  return luck;
}

double at_quantile(std::vector<double>& values, double quantile) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(quantile * static_cast<double>(values.size() - 1))];
}

// An editor with a document, the cursor at the end of its text but for "\n}\n".
struct Bench {
  Bench(const std::string& program, const Recording& recording, double accuracy)
      : endpoint(Oracle(recording, quick(accuracy))), editor(program), line(line_count(recording.start)) {
    editor.initialize(
        {{"endpoint", endpoint.url()}, {"predictor", "off"}, {"speculation", false}, {"callsPerMinute", 0}});
    editor.open(kUri, recording.language, recording.start);
  }

  static std::ptrdiff_t line_count(const std::string& text) {
    return std::count(text.begin(), text.end(), '\n') - 2;
  }
  nlohmann::json place(std::ptrdiff_t at_line, std::size_t character) const {
    return {{"line", at_line}, {"character", character}};
  }
  void change(std::ptrdiff_t at_line, std::size_t from, std::size_t to, const std::string& text) {
    const nlohmann::json range{{"start", place(at_line, from)}, {"end", place(at_line, to)}};
    const nlohmann::json changes = {{{"range", range}, {"text", text}}};
    editor.notify("textDocument/didChange",
                  {{"textDocument", {{"uri", kUri}, {"version", ++version}}}, {"contentChanges", changes}});
  }
  std::size_t suggestions(std::ptrdiff_t at_line, std::size_t character, int trigger) {
    const int id = editor.request("textDocument/inlineCompletion", {{"textDocument", {{"uri", kUri}}},
                                                                    {"position", place(at_line, character)},
                                                                    {"context", {{"triggerKind", trigger}}}});
    editor.flush();
    const auto result = editor.result(id, Editor::Clock::now() + std::chrono::seconds(5));
    return result && result->is_object() ? result->at("items").size() : 0;
  }
  // The shortest there is; all that was sent before has been read.
  void round_trip() {
    const int id = editor.request("fimd/unknown", nlohmann::json::object());
    editor.flush();
    editor.result(id, Editor::Clock::now() + std::chrono::seconds(5));
  }
  // Milliseconds.
  template <typename Work>
  static double time(Work work) {
    const auto start = Editor::Clock::now();
    work();
    return std::chrono::duration<double, std::milli>(Editor::Clock::now() - start).count();
  }

  OracleEndpoint endpoint;
  Editor editor;
  std::ptrdiff_t line;
  int version = 0;
};

std::string hit_report(const std::string& program, std::size_t kilobytes) {
  const auto recording = typed_line(source_of(kilobytes * 1000), 0);
  Bench bench(program, recording, 1);
  bench.change(bench.line, 2, 2, "c");
  bench.suggestions(bench.line, 3, 1);
  std::vector<double> hits, floor;
  std::size_t found = 0;
  for (int round = 0; round < 2000; ++round) {
    const auto typed = static_cast<std::size_t>(round % 20);
    hits.push_back(Bench::time([&] {
      if (typed == 0)
        bench.change(bench.line, 3, round == 0 ? 3 : 22, "");
      else
        bench.change(bench.line, 2 + typed, 2 + typed, std::string(1, kLine[typed]));
      found += bench.suggestions(bench.line, 3 + typed, 2);
    }));
    floor.push_back(Bench::time([&] { bench.round_trip(); }));
  }
  return fmt::format("| {} KB | {:.2f} ms | {:.2f} ms | {:.2f} ms | {} of 2000 |\n", kilobytes,
                     at_quantile(hits, 0.5), at_quantile(hits, 0.99), at_quantile(floor, 0.5), found);
}

std::string memory_report(const std::string& program) {
  auto recording = typed_line(source_of(20'000), 0);
  for (int i = 0; i < 1000; ++i) recording.start += fmt::format("  thing_{} = \n", i);
  Bench bench(program, recording, 0);  // the model answers something else at each place
  const auto first = Bench::line_count(recording.start) - 998;
  bench.suggestions(first, 2, 1);
  const auto before = bench.editor.resident_bytes();
  std::size_t found = 0;
  for (std::ptrdiff_t i = 0; i < 1000; ++i)
    found += bench.suggestions(first + i, i < 10 ? 12 : i < 100 ? 13 : 14, 1);
  const auto grown = static_cast<double>(bench.editor.resident_bytes() - before) / 1e6;
  return fmt::format(
      "\nAfter 1,000 different completions ({} came) the daemon is {:.1f} MB larger ({:.1f} MB).\n", found,
      grown, static_cast<double>(before) / 1e6 + grown);
}

// Calls to the model from a document of 100 KB, with as many others of its language open; the endpoint takes
// 1 ms. The first one, which also connects, comes as soon as the documents
// are open.
std::string prompt_report(const std::string& program, int others) {
  const auto recording = typed_line(source_of(100'000), 0);
  Bench bench(program, recording, 0);
  for (int i = 0; i < others; ++i)
    bench.editor.open(fmt::format("file:///latency/other{}.cpp", i), "cpp", source_of(100'000));
  bench.round_trip();
  std::vector<double> calls;
  for (int round = 0; round < 300; ++round) {
    calls.push_back(Bench::time([&] {
      bench.change(bench.line, 2, 2, fmt::format("v{}", round));
      bench.suggestions(bench.line, 3 + std::to_string(round).size(), 1);
    }));
  }
  const auto first = calls.front();
  return fmt::format("| {} | {:.2f} ms | {:.2f} ms | {:.2f} ms |\n", others, first, at_quantile(calls, 0.5),
                     at_quantile(calls, 0.99));
}

}  // namespace

std::string line_report(const std::string& program, const std::string& time_library) {
  std::string table =
      "| 60 characters, a key each | calls | right text <= 100 ms | right before the next key "
      "|\n|---|--:|--:|--:|\n";
  for (const double gap : {0.05, 0.15}) {
    auto recording = typed_line(source_of(2000), gap);
    const DaemonOptions options{.program = program, .time_library = time_library, .language = "cpp"};
    const auto daemon = real_daemon(Oracle(recording, always_right(0.3)), options, recording.start);
    const auto score = replay(recording, *daemon, {});
    const auto judged = score.keys - 1;  // at the last key there is nothing left to suggest
    table += fmt::format("| {:.0f} ms | {} | {:.0f} % | {:.0f} % |\n", gap * 1000, score.calls,
                         100.0 * score.right_prompt / judged, 100.0 * score.right / judged);
  }
  return table;
}

std::string latency_report(const std::string& program) {
  return "| document | cache hit p50 | p99 | shortest round trip p50 | hits |\n|---|--:|--:|--:|--:|\n" +
         hit_report(program, 20) + hit_report(program, 200) + memory_report(program) +
         "\n| other documents open, 100 KB each | first call | p50 | p99 |\n|---|--:|--:|--:|\n" +
         prompt_report(program, 0) + prompt_report(program, 20);
}

}  // namespace fimd::bench
