// The brackets that are open at the cursor, and which of them the code after it closes.
#pragma once

#include <string_view>
#include <vector>

namespace fimd {

struct OpenBracket {
  char closer;  // what would close it
  bool closed;  // something after the cursor does
};

// The brackets that are open between `before` and `after`, innermost first. `to_end`: `after` reaches the end
// of the document; otherwise what is open at its end counts as closed.
std::vector<OpenBracket> open_brackets(std::string_view before, std::string_view after,
                                       std::string_view language, bool to_end);

}  // namespace fimd
