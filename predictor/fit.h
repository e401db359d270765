// Makes a guess agree with what already stands after the cursor.
#pragma once

#include <string>
#include <string_view>

namespace fimd {

// What of `guess` may be inserted before `suffix`: without a tail that stands after the cursor already,
// without closing brackets that nothing opened. Empty when the rest of the line cannot follow, or when the
// guess holds control characters or broken UTF-8.
std::string fit(std::string_view guess, std::string_view suffix);

// The first of the lines that is not blank, without the blanks around it; empty if there is none.
std::string_view first_text_line(std::string_view lines);

}  // namespace fimd
