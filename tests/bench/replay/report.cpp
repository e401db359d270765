#include "tests/bench/replay/report.h"

#include <fmt/format.h>

#include <algorithm>

namespace fimd::bench {
namespace {

double percent(int part, int whole) {
  return whole == 0 ? 0 : 100.0 * part / whole;
}

// Of the score of the same policy in the accepting run.
std::string accepting_cells(const Section& section, std::size_t policy) {
  if (section.accepting.empty()) return " | ";
  const auto& score = section.accepting[policy];
  return fmt::format("{:.0f} % of {} | {:.1f} %",
                     percent(score.instant_after_accept, score.answers_after_accept), score.accepted,
                     percent(score.keys_saved, score.keys + score.keys_saved));
}

constexpr int kWidth = 760, kLabels = 220, kRow = 30, kHead = 46, kBars = 420;

std::string bar(double value, int y, const char* kind) {
  const double width = std::min(value, 100.0) / 100 * kBars;
  return fmt::format(
      "<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{:.1f}\" height=\"10\" rx=\"2\"/>"
      "<text class=\"value\" x=\"{:.1f}\" y=\"{}\">{:.0f}</text>\n",
      kind, kLabels, y, std::max(width, 1.0), kLabels + std::max(width, 1.0) + 6, y + 9, value);
}

std::string without_stars(std::string name) {
  std::erase(name, '*');
  return name;
}

}  // namespace

std::string markdown(const Section& section) {
  std::string table =
      "\n**" + section.title +
      "**\n\n"
      "| policy | calls per 100 keys | never shown | any text <= 100 ms | **right text <= 100 ms** | right "
      "before the next "
      "key | answers < 30 ms | flicker per 1,000 keys | prompt reuse | instant after accept | keys saved | "
      "CPU per key |\n"
      "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n";
  for (std::size_t i = 0; i < section.typing.size(); ++i) {
    const auto& score = section.typing[i];
    table += fmt::format(
        "| {} | {:.1f} | {:.0f} % | {:.1f} % | **{:.1f} %** | {:.1f} % | {:.0f} % | {:.1f} | {} | {} | {} "
        "|\n",
        score.policy, percent(score.calls, score.keys), percent(score.calls_never_shown, score.calls),
        percent(score.any_prompt, score.keys), percent(score.right_prompt, score.keys),
        percent(score.right, score.keys), percent(score.instant, score.answers),
        10 * percent(score.flickers, score.keys),
        score.prompt_reuse ? fmt::format("{:.0f} %", 100 * *score.prompt_reuse) : "",
        accepting_cells(section, i),
        score.processor_seconds ? fmt::format("{:.2f} ms", 1000 * *score.processor_seconds / score.keys)
                                : "");
  }
  return table;
}

std::string chart(const std::vector<Section>& sections) {
  std::string body;
  int y = 40;
  for (const auto& section : sections) {
    y += kHead;
    body += fmt::format("<text class=\"title\" x=\"16\" y=\"{}\">{}</text>\n", y - 14, section.title);
    for (const auto& score : section.typing) {
      const bool ours = score.policy.starts_with('*');
      body += fmt::format("<text class=\"{}\" x=\"{}\" y=\"{}\">{}</text>\n", ours ? "us" : "them",
                          kLabels - 10, y + 15, without_stars(score.policy));
      body += bar(percent(score.right_prompt, score.keys), y, ours ? "right" : "right other");
      body += bar(percent(score.calls, score.keys), y + 12, "calls");
      y += kRow;
    }
  }
  const auto height = y + 16;
  return fmt::format(
      R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="img"
  aria-label="Right text on screen and calls to the model, by policy">
<style>
  text {{ font: 12px system-ui, sans-serif; fill: #24292f }}
  .title, .us {{ font-weight: 600 }} .us, .them {{ text-anchor: end }} .title {{ font-size: 13px }}
  .value {{ font-size: 10px; fill: #57606a }}
  .right {{ fill: #1a7f5a }} .other {{ fill: #7fb8a3 }} .calls {{ fill: #c9ced6 }}
  @media (prefers-color-scheme: dark) {{
    text {{ fill: #e6edf3 }} .value {{ fill: #9198a1 }}
    .right {{ fill: #3fb98a }} .other {{ fill: #2b6e55 }} .calls {{ fill: #4a525c }}
  }}
</style>
<rect class="right" x="{2}" y="16" width="12" height="10" rx="2"/><text x="{3}" y="25">% of keys with the right text within 100 ms</text>
<rect class="calls" x="{4}" y="16" width="12" height="10" rx="2"/><text x="{5}" y="25">calls per 100 keys</text>
{6}</svg>
)",
      kWidth, height, kLabels, kLabels + 18, kLabels + 300, kLabels + 318, body);
}

}  // namespace fimd::bench
