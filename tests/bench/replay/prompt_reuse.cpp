#include "tests/bench/replay/prompt_reuse.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>

#include "daemon/prompt.h"
#include "daemon/suffix.h"

namespace fimd::bench {
namespace {

constexpr std::size_t kBlockBytes = 256;
constexpr std::size_t kWindow = kPrefixBudget * 2 / 3;
constexpr std::size_t kQuantum = 1024;
constexpr std::size_t kTail = 200;  // bytes before the cursor that are found again in a prompt

struct Asked {
  std::string prompt, suffix;
};

// Where something may be asked.
struct Place {
  std::string prefix;
  std::string_view suffix;
  double now = 0;  // seconds
};

// A way to make a prompt of a place.
struct Layout {
  std::string name;
  std::function<Asked(const Place&)> ask;
  PromptMeter keys{}, calls{};
};

std::string cut(std::string_view suffix) {
  if (suffix.size() < kSuffixBudget) return std::string(suffix);
  suffix = suffix.substr(0, kSuffixBudget - 1);
  return std::string(suffix.substr(0, suffix.rfind('\n') + 1));
}

std::string lines_below(std::string_view suffix) {
  return "\n" + cut(next_lines(suffix));
}

Asked slide(const Place& place) {
  const auto start = place.prefix.size() - std::min(place.prefix.size(), kWindow);
  return {place.prefix.substr(start), cut(place.suffix)};
}

Asked quantise(const Place& place) {
  const auto over = place.prefix.size() - std::min(place.prefix.size(), kPrefixBudget);
  return {place.prefix.substr((over + kQuantum - 1) / kQuantum * kQuantum), cut(place.suffix)};
}

std::function<Asked(const Place&)> ours() {
  return [prompt = Prompt("", "document")](const Place& place) mutable {
    const auto now = Prompt::Time() +
                     std::chrono::round<std::chrono::milliseconds>(std::chrono::duration<double>(place.now));
    prompt.follow(place.prefix, place.suffix, now);
    prompt.freeze({}, {}, now);
    auto request = prompt.request(place.prefix, "");
    return Asked{std::move(request.prompt), std::move(request.suffix)};
  };
}

// No prompt that begins with the lines below the cursor, as they are, can do better.
Asked whole_file(const Place& place) {
  return {place.prefix, lines_below(place.suffix)};
}

// Nor one that begins with any that were sent before and have a similar beginning, however stale.
std::function<Asked(const Place&)> any_similar() {
  return [sent = std::vector<std::string>()](const Place& place) mutable {
    auto below = lines_below(place.suffix);
    const auto known = std::find_if(sent.rbegin(), sent.rend(), [&](const std::string& before) {
      return suffixes_similar(before, below);
    });
    if (known != sent.rend()) return Asked{place.prefix, *known};
    sent.push_back(below);
    return Asked{place.prefix, std::move(below)};
  };
}

std::vector<Layout> layouts() {
  return {{"window slides, suffix is exact", slide},
          {"window starts at a multiple of 1,024 bytes, suffix is exact", quantise},
          {"**fimd's window and suffix**", ours()},
          {"bound: all of the file, lines below as they are", whole_file},
          {"bound: the same, any similar lines below that were ever sent", any_similar()}};
}

// Prefetches ask at a place that the document has not reached.
std::string assumed_text(std::string_view prefix, std::string_view prompt) {
  const auto tail = prefix.substr(prefix.size() - std::min(prefix.size(), kTail));
  const auto at = prompt.rfind(tail);
  return at == std::string_view::npos ? "" : std::string(prompt.substr(at + tail.size()));
}

// Plays the recording: `key` hears of every place, `call` of those where the daemon asked.
void walk(const Recording& recording, const std::vector<Call>& calls,
          const std::function<void(const Place&)>& key,
          const std::function<void(const Place&, const Call&)>& call) {
  auto text = recording.start;
  auto next = calls.begin();
  double now = 0;
  for (std::size_t i = 0; i < recording.steps.size(); ++i) {
    const auto& step = recording.steps[i];
    step.apply_to(text);
    now += step.gap;
    if (!step.is_key) continue;
    Place place{text.substr(0, step.cursor), std::string_view(text).substr(step.cursor), now};
    key(place);
    const auto length = place.prefix.size();
    for (; next != calls.end() && next->step <= i; ++next) {
      place.prefix += assumed_text(place.prefix, next->prompt);
      call(place, *next);
      place.prefix.resize(length);
    }
  }
}

double share(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

// Why bytes were not found, and how true the suffixes were.
class Missed {
 public:
  void count(const Place& place, const Call& call) {
    const auto found = meter_.count(call.prompt, call.suffix);
    const auto missed = call.prompt.size() + call.suffix.size() + 1 - found;
    auto& cause =
        std::exchange(suffix_, call.suffix) != call.suffix ? (found < kBlockBytes ? new_ : seen_) : same_;
    ++cause.calls;
    cause.bytes += missed;
    const auto rest = call.suffix.find('\n');
    const auto sent = rest == std::string::npos ? "" : call.suffix.substr(rest + 1);
    const auto changed = lines_changed(sent, cut(next_lines(place.suffix)));
    ++calls_;
    stale_ += changed > 0;
    worst_ = std::max(worst_, changed);
  }

  std::string table() const {
    std::string text = "\n| of the calls | share | missed of all bytes |\n|---|--:|--:|\n";
    const auto row = [&](const char* name, const Cause& cause) {
      text += fmt::format("| {} | {:.1f} % | {:.1f} % |\n", name, share(cause.calls, calls_),
                          share(cause.bytes, meter_.total()));
    };
    row("the lines below are not those of the call before, and new", new_);
    row("... but were sent earlier", seen_);
    row("the lines below are the same", same_);
    return text + fmt::format(
                      "\nIn {:.1f} % of the calls the lines below were not exactly the document's; "
                      "at most {} lines differed.\n",
                      share(stale_, calls_), worst_);
  }

 private:
  struct Cause {
    std::size_t calls = 0, bytes = 0;
  };
  PromptMeter meter_;
  std::string suffix_;
  Cause new_, seen_, same_;
  std::size_t calls_ = 0, stale_ = 0, worst_ = 0;
};

std::string row(const std::string& name, const PromptMeter* keys, const PromptMeter& calls) {
  return fmt::format("| {} | {} | {:.1f} % |\n", name,
                     keys ? fmt::format("{:.1f} %", 100 * keys->reuse()) : "", 100 * calls.reuse());
}

}  // namespace

std::size_t PromptMeter::count(const std::string& prompt, const std::string& suffix) {
  const auto whole = suffix + '\0' + prompt;
  const auto before = forgets_ ? std::exchange(seen_, {}) : std::unordered_set<std::size_t>();
  const auto& known_blocks = forgets_ ? before : seen_;
  bool known = true;
  std::size_t head = 0, found = 0;
  for (std::size_t i = 0; i + kBlockBytes <= whole.size(); i += kBlockBytes) {
    head = head * 31 + std::hash<std::string_view>()(std::string_view(whole).substr(i, kBlockBytes));
    known = known && known_blocks.contains(head);
    if (known) found += kBlockBytes;
    seen_.insert(head);
  }
  total_ += whole.size();
  cached_ += found;
  return found;
}

std::string prompt_report(const Recording& recording, const std::vector<Call>& calls) {
  auto all = layouts();
  auto at_calls = layouts();  // they remember
  PromptMeter sent, sent_before(true);
  Missed missed;
  const auto key = [&](const Place& place) {
    for (std::size_t i = 0; i + 1 < all.size(); ++i) {  // the last takes too long
      const auto asked = all[i].ask(place);
      all[i].keys.count(asked.prompt, asked.suffix);
    }
  };
  const auto call = [&](const Place& place, const Call& asked) {
    for (auto& layout : at_calls) {
      const auto other = layout.ask(place);
      layout.calls.count(other.prompt, other.suffix);
    }
    sent.count(asked.prompt, asked.suffix);
    sent_before.count(asked.prompt, asked.suffix);
    missed.count(place, asked);
  };
  walk(recording, calls, key, call);
  auto text = fmt::format(
      "\n**{}**, {} calls\n\n| prompt | found if each key asks | ... at the daemon's calls |\n"
      "|---|--:|--:|\n",
      recording.name, calls.size());
  for (std::size_t i = 0; i < all.size(); ++i)
    text += row(all[i].name, i + 1 < all.size() ? &all[i].keys : nullptr, at_calls[i].calls);
  text += row("**as fimd sent it, with its context**", nullptr, sent);
  text += row("... by a provider that keeps the last prompt only", nullptr, sent_before);
  return text + missed.table();
}

}  // namespace fimd::bench
