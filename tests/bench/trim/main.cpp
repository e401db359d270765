// How well does trim restore what a model spoils, and how much does it spoil itself? Takes insertions out of
// real source, damages them, trims them, and compares the document with the original, byte for byte.
#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "daemon/trim.h"
#include "tests/bench/trim/damage.h"
#include "tests/bench/trim/insertion.h"

namespace fimd {
namespace {

constexpr std::size_t kFromOneFile = 12;  // insertions in a row
constexpr std::size_t kRounds = 40;

struct Count {
  std::size_t good = 0;
  std::size_t all = 0;

  void add(bool is_good) {
    good += is_good ? 1 : 0;
    ++all;
  }
};

struct Tally {
  Count clean;
  Count typed;     // damaged answers that stay as they are while they are typed
  Count streamed;  // and while they arrive
  std::vector<Count> kinds = std::vector<Count>(kinds_of_damage().size());
};

TrimContext context_of(const Insertion& taken) {
  TrimContext context;
  context.prefix = taken.prefix();
  context.suffix = taken.suffix();
  context.language = taken.source->language;
  return context;
}

// Whether the suggestion, typed up to a random place, goes on as it was.
bool is_steady_typed(const Insertion& taken, std::string_view generated, Random& random) {
  auto context = context_of(taken);
  const auto whole = trim(generated, context);
  if (!whole || whole->text.size() < 4) return true;
  const auto text = clean(generated, context);
  context.typed = pick(random, 1, whole->text.size() - 2);
  while (context.typed > 0 && (static_cast<unsigned char>(text[context.typed]) & 0xC0) == 0x80)
    --context.typed;
  const auto prefix = std::string(taken.prefix()).append(text.substr(0, context.typed));
  context.prefix = prefix;
  const auto rest = trim(std::string_view(text).substr(context.typed), context);
  return rest && rest->text == whole->text.substr(context.typed) && rest->replaces == whole->replaces;
}

// Whether what is shown of a part that has arrived, cleaned as it arrives, is shown of the whole, too.
bool is_steady_streamed(const Insertion& taken, std::string_view generated, Random& random) {
  const auto context = context_of(taken);
  const auto part = generated.substr(0, pick(random, 1, generated.size()));
  const auto state = progress(clean(part, context, false), context);
  const auto whole = trim(generated, context);
  return !state.ready || (whole && whole->text.starts_with(state.ready->text));
}

std::string result_of(const Insertion& taken, std::string_view generated) {
  const auto trimmed = trim(generated, context_of(taken));
  if (!trimmed) return std::string(taken.suffix());
  return trimmed->text + std::string(taken.suffix().substr(trimmed->replaces));
}

void show(const Insertion& taken, std::string_view kind, std::string_view generated) {
  const auto prefix = taken.prefix();
  const auto from = prefix.size() - std::min<std::size_t>(prefix.size(), 300);
  std::printf("=== %.*s (%s)\n%s<<<%s>>>%s\n--- generated\n%s\n--- became\n%s\n",
              static_cast<int>(kind.size()), kind.data(), taken.source->language.c_str(),
              std::string(prefix.substr(from)).c_str(), std::string(taken.inserted()).c_str(),
              std::string(taken.suffix().substr(0, 200)).c_str(), std::string(generated).c_str(),
              result_of(taken, generated).substr(0, 300).c_str());
}

struct Options {
  std::vector<std::string> folders;
  std::size_t cases = 3000;  // per language
  unsigned seed = 1;
  std::string show;  // the column whose failures are printed; "clean" for harmed
  std::size_t shown = 10;
};

void judge(const Insertion& taken, Random& random, Tally& tally, Options& options) {
  const auto original = std::string(taken.inserted()).append(taken.suffix());
  const auto count = [&](std::string_view kind, std::string_view generated, Count& counted, bool good) {
    counted.add(good);
    if (good || options.show != kind || options.shown == 0) return;
    --options.shown;
    show(taken, kind, generated);
  };
  count("clean", taken.inserted(), tally.clean, result_of(taken, taken.inserted()) == original);
  for (std::size_t i = 0; i < kinds_of_damage().size(); ++i) {
    const auto& kind = kinds_of_damage()[i];
    const auto generated = kind.apply(taken, random);
    if (!generated) continue;
    count(kind.name, *generated, tally.kinds[i], result_of(taken, *generated) == original);
    count("steady typed", *generated, tally.typed, is_steady_typed(taken, *generated, random));
    count("steady streamed", *generated, tally.streamed, is_steady_streamed(taken, *generated, random));
  }
}

std::string percent(std::size_t part, std::size_t all) {
  if (all == 0) return "-";
  std::array<char, 48> text{};
  const auto share = 100.0 * static_cast<double>(part) / static_cast<double>(all);
  std::snprintf(text.data(), text.size(), "%.1f %% of %zu", share, all);
  return text.data();
}

std::string restored(const Count& count) {
  return percent(count.good, count.all);
}

void print(const std::map<std::string, Tally>& tallies) {
  std::string head = "| language | harmed |";
  for (const auto& kind : kinds_of_damage()) head += " " + kind.name + " |";
  head += " steady typed | steady streamed |";
  std::string rule = "|---|";
  for (std::size_t i = 1; i + 1 < static_cast<std::size_t>(std::count(head.begin(), head.end(), '|')); ++i)
    rule += "---:|";
  std::printf("%s\n%s\n", head.c_str(), rule.c_str());
  for (const auto& [language, tally] : tallies) {
    std::printf("| %s | %s |", language.c_str(),
                percent(tally.clean.all - tally.clean.good, tally.clean.all).c_str());
    for (const auto& kind : tally.kinds) std::printf(" %s |", restored(kind).c_str());
    std::printf(" %s | %s |\n", restored(tally.typed).c_str(), restored(tally.streamed).c_str());
  }
}

int run(Options options) {
  auto sources = read_sources(options.folders);
  Random random(options.seed);
  std::shuffle(sources.begin(), sources.end(), random);
  std::map<std::string, Tally> tallies;
  for (std::size_t round = 0; round < kRounds; ++round) {
    for (const auto& source : sources) {
      auto& tally = tallies[source.language];
      for (std::size_t i = 0; i < kFromOneFile && tally.clean.all < options.cases; ++i) {
        if (const auto taken = take_insertion(source, random)) judge(*taken, random, tally, options);
      }
    }
  }
  print(tallies);
  return tallies.empty() ? 1 : 0;
}

}  // namespace
}  // namespace fimd

int main(int argc, char** argv) {
  fimd::Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const bool flag = argument.starts_with("--") && i + 1 < argc;
    const std::string value = flag ? argv[++i] : "";
    if (!flag) options.folders.push_back(argument);
    if (argument == "--cases") options.cases = std::stoul(value);
    if (argument == "--seed") options.seed = static_cast<unsigned>(std::stoul(value));
    if (argument == "--show") options.show = value;
    if (argument == "--shown") options.shown = std::stoul(value);
  }
  return fimd::run(std::move(options));
}
