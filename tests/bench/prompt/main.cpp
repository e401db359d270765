// What a key costs before the network: the prompt with its context, and trim of an answer.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include "daemon/context.h"
#include "daemon/prompt.h"
#include "daemon/trim.h"

namespace fimd {
namespace {

// Processor time: the machine may have other work.
double microseconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) / 1e3;
}

constexpr std::size_t kFiles = 20;
constexpr std::size_t kFileBytes = 100'000;

// Code-like text: the same words in another order for each file.
std::string source(unsigned seed) {
  std::string text;
  for (unsigned line = 0; text.size() < kFileBytes; ++line) {
    seed = seed * 1664525 + 1013904223;
    const auto word = [seed](unsigned shift) { return "name_" + std::to_string((seed >> shift) % 400); };
    text += "  " + word(3) + " = " + word(9) + "(" + word(17) + ", " + std::to_string(line) + ");\n";
    if (line % 20 == 19) text += "}\n\nvoid " + word(11) + "() {\n";
  }
  return text;
}

void report(const char* what, const std::function<void()>& work, int runs = 2000) {
  std::vector<double> times;
  for (int i = 0; i < runs; ++i) {
    const auto start = microseconds();
    work();
    times.push_back(microseconds() - start);
  }
  std::sort(times.begin(), times.end());
  std::printf("| %s | %.0f us | %.0f us |\n", what, times[times.size() / 2], times[times.size() * 99 / 100]);
}

int run() {
  std::vector<std::string> texts;
  std::vector<std::string> paths;
  for (unsigned i = 0; i <= kFiles; ++i) {
    texts.push_back(source(i + 1));
    paths.push_back("src/file" + std::to_string(i) + ".cpp");
  }
  std::vector<SourceFile> files;
  for (std::size_t i = 1; i <= kFiles; ++i) files.push_back({paths[i], texts[i], "cpp", 1});
  const auto cursor = texts[0].find('\n', kFileBytes / 2);
  const SourceFile document{paths[0], texts[0], "cpp", 1};
  const auto prefix = document.text.substr(0, cursor);
  const auto suffix = document.text.substr(cursor);

  Prompt prompt("/workspace", document.path);
  SimilarCode similar;
  const auto now = std::chrono::steady_clock::now();
  const auto build = [&](bool context) {
    prompt.follow(prefix, suffix, now);
    if (context) prompt.freeze(similar.find(document, cursor, files), {}, now);
    if (prompt.request(prefix, "cpp").prompt.empty()) std::abort();
  };
  std::printf("| step, %zu open files of %zu KB | p50 | p99 |\n|---|---:|---:|\n", kFiles, kFileBytes / 1000);
  const auto first = [&] {
    prompt = Prompt("/workspace", document.path);
    similar = SimilarCode();
    build(true);
  };
  report("prompt, no file read yet", first, 300);
  similar = SimilarCode();
  report("a piece of reading ahead", [&] {
    if (!similar.read_on(files)) similar = SimilarCode();
  });
  while (similar.read_on(files)) {
  }
  report("prompt, context chosen anew", [&] { build(true); });
  report("prompt, context frozen", [&] { build(false); });

  const auto* answer = "name_1 = name_2(name_3, 4);\n  name_5 = name_6(name_7, 8);\n}\n\nvoid name_9() {\n";
  TrimContext context;
  context.prefix = prefix;
  context.suffix = suffix;
  context.language = "cpp";
  report("trim in 100 KB", [&] { trim(answer, context); });
  return 0;
}

}  // namespace
}  // namespace fimd

int main() {
  return fimd::run();
}
