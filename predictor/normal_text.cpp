#include "predictor/normal_text.h"

#include <algorithm>

#include "predictor/tokens.h"

namespace fimd {

void append_normal(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = trim_right(trim_left(take_line(text)));
    if (line.empty() || line.size() > kMaxLineBytes) continue;
    const std::size_t start = out.size();
    out += line;
    out += '\n';
    std::replace(out.begin() + static_cast<std::ptrdiff_t>(start), out.end(), kTextEnd, kReplacedNul);
  }
}

void append_token_starts(std::vector<std::uint32_t>& starts, std::string_view normal, std::size_t from) {
  while (from < normal.size()) {
    const std::size_t end = std::min(normal.find_first_of(std::string_view("\n\0", 2), from), normal.size());
    const std::string_view line = normal.substr(from, end - from);
    for (std::size_t at = 0; at < line.size(); at = token_end(line, at))
      starts.push_back(static_cast<std::uint32_t>(from + at));
    from = end + 1;
  }
}

}  // namespace fimd
