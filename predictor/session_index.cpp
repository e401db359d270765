#include "predictor/session_index.h"

#include <algorithm>
#include <string>

#include "predictor/normal_text.h"
#include "predictor/suffixes.h"

namespace fimd {

void SessionIndex::add(std::string_view line) {
  std::string normal;
  append_normal(normal, line);
  if (normal.empty()) return;
  if (index_.bytes() + normal.size() > kMaxSessionBytes) forget_oldest();
  // The order of the last suffixes depends on what follows: they are indexed again.
  const auto end = static_cast<std::uint32_t>(index_.bytes());
  const auto near_end = end - std::min<std::uint32_t>(end, kOrderBytes);
  const std::size_t line_break = index_.text().substr(0, near_end).rfind('\n');
  const Extent again{line_break == std::string_view::npos ? 0 : static_cast<std::uint32_t>(line_break + 1),
                     end};
  index_.forget({&again, 1});
  index_.append(normal);
  index_.index({again.begin, static_cast<std::uint32_t>(index_.bytes())});
}

void SessionIndex::forget_oldest() {
  const std::size_t line_break = index_.text().find('\n', kMaxSessionBytes / 8);
  const Extent oldest{0, static_cast<std::uint32_t>(line_break + 1)};
  index_.forget({&oldest, 1});
  index_.cut_before(oldest.end);
}

}  // namespace fimd
