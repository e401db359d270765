#include "predictor/further_lines.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "predictor/continuation.h"
#include "predictor/fit.h"
#include "predictor/tokens.h"

namespace fimd {
namespace {

constexpr std::size_t kPlaces = 8;  // that are asked

std::string_view indent_of(std::string_view line) {
  return line.substr(0, line.size() - trim_left(line).size());
}

std::string_view take_source_line(std::string_view& source) {
  const std::string_view line = take_line(source);
  const bool is_crlf = source.starts_with('\n') && *(line.data() + line.size()) == '\r';
  if (is_crlf) source.remove_prefix(1);
  return line;
}

bool is_one_kind(std::string_view blanks) {
  return blanks.find_first_not_of(blanks.substr(0, 1)) == std::string_view::npos;
}

// The indentation of a line that stands `from` -> `to` in its source, near a line that stands at `here`.
// Mixtures of tabs and spaces align, and would not at another depth.
std::optional<std::string> moved(std::string_view from, std::string_view to, std::string_view here) {
  std::string indent(here);
  if (to.starts_with(from)) {
    indent += to.substr(from.size());
    if (to.size() > from.size() && !is_one_kind(indent)) return std::nullopt;
    return indent;
  }
  const std::string_view less = from.substr(std::min(from.size(), to.size()));
  if (!from.starts_with(to) || !here.ends_with(less)) return std::nullopt;
  indent.resize(here.size() - less.size());
  return indent;
}

// A place that shares the context, read from there.
struct Reader {
  std::string_view source;  // what is left of it
  std::string_view from;    // the indentation of the line that is there what the cursor's is here

  // The line that the cursor's is like, without trailing blanks: the first to be read.
  std::string_view line() {
    const std::string_view line = trim_right(take_source_line(source));
    from = indent_of(line);
    return line;
  }

  // The next line with the indentation that it has here; nothing at a blank one, or an end.
  std::optional<std::string> next(std::string_view here) {
    const std::string_view line = take_source_line(source);
    const std::string_view text = trim_right(trim_left(line));
    auto indented = moved(from, indent_of(line), here);
    if (text.empty() || !indented || fit(text, "") != text) return std::nullopt;
    return indented->append(text);
  }
};

// Where the context stands in the document, and the line that the cursor's line is like.
std::vector<Reader> readers_at(const Query& query, std::size_t step, const DocumentIndex& document,
                               std::size_t lines_above) {
  const std::string_view context = query.context(step);
  const auto breaks = static_cast<std::size_t>(std::count(context.begin(), context.end(), '\n'));
  const auto here = static_cast<std::uint32_t>(document.here() + query.line.size() - context.size());
  const Voters voters = voters_at(document.suffixes().with(context), context.size(), here);
  std::vector<std::uint32_t> places;
  const std::size_t every = 1 + voters.size() / (kPlaces + 1);
  for (std::size_t i = 0; i < voters.size(); i += every) places.push_back(voters[i]);
  std::vector<Reader> readers;
  for (const std::string_view source :
       document.sources_at(std::move(places), breaks - std::min(breaks, lines_above)))
    readers.push_back({source, {}});
  return readers;
}

// The most frequent of the next lines; the readers are left that read it.
std::optional<std::string> majority(std::vector<Reader>& readers, std::string_view here) {
  std::vector<std::optional<std::string>> lines;
  lines.reserve(readers.size());
  for (Reader& reader : readers) lines.push_back(reader.next(here));
  const auto rarer = [&](const auto& a, const auto& b) {
    return std::count(lines.begin(), lines.end(), a) < std::count(lines.begin(), lines.end(), b);
  };
  if (lines.empty()) return std::nullopt;
  auto most = *std::max_element(lines.begin(), lines.end(), rarer);
  std::vector<Reader> agreed;
  for (std::size_t i = 0; i < lines.size(); ++i)
    if (lines[i] == most) agreed.push_back(readers[i]);
  readers = std::move(agreed);
  return most;
}

// The first that is not blank.
std::string_view next_line(std::string_view lines) {
  std::string_view line;
  while (trim_left(line).empty() && !lines.empty()) line = trim_right(take_line(lines));
  return line;
}

// What enough of the readers go on with, in so many lines at the most.
std::string lines_of(std::vector<Reader> readers, double all, const Query& query, std::size_t most_lines) {
  const std::string_view next = next_line(query.after);
  std::string lines;
  for (std::size_t line = 0; line < most_lines; ++line) {
    const auto most = majority(readers, query.indent);
    const bool enough = static_cast<double>(readers.size()) >= kFurtherShare * all;
    if (!most || !enough || *most == next) break;
    lines.append("\n").append(*most);
  }
  return lines;
}

}  // namespace

std::string further_lines(const Query& query, const Candidate& first, const DocumentIndex& document) {
  auto readers = readers_at(query, first.step, document, 0);
  const auto all = static_cast<double>(readers.size());
  if (!first.way.whole_line || readers.size() * kBackOff[first.step] < kFurtherTokens) return {};
  const auto ends_otherwise = [&](Reader& reader) { return !reader.line().ends_with(first.way.text); };
  std::erase_if(readers, ends_otherwise);
  return lines_of(std::move(readers), all, query, kMaxLines - 1);
}

std::string lines_below(const Query& below, const Candidate& first, const DocumentIndex& document) {
  auto readers = readers_at(below, first.step, document, 1);
  const auto all = static_cast<double>(readers.size());
  if (readers.size() * kBackOff[first.step] < kFurtherTokens) return {};
  for (Reader& reader : readers) reader.line();
  std::string lines = lines_of(std::move(readers), all, below, kMaxLines);
  const std::string_view said = std::string_view(lines).substr(std::min<std::size_t>(lines.size(), 1));
  return trim_left(said).starts_with(first.way.text) ? lines : std::string();
}

}  // namespace fimd
