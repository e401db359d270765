// The last lines that the user typed, in the order of typing.
#pragma once

#include <cstddef>
#include <string_view>

#include "predictor/text_index.h"

namespace fimd {

constexpr std::size_t kMaxSessionBytes = 400'000;

class SessionIndex {
 public:
  // A line that does not hold more than blanks is not kept. When the session is full, its oldest eighth goes.
  void add(std::string_view line);

  Suffixes suffixes() const { return index_.suffixes(); }
  std::size_t resident_bytes() const { return index_.resident_bytes(); }

 private:
  void forget_oldest();

  TextIndex index_;
};

}  // namespace fimd
