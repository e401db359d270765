// `fimd complete FILE:LINE:COL`: one completion, for people and scripts.
#pragma once

#include <string>

#include "daemon/config.h"

namespace fimd {

// Prints the line before the cursor dimmed, the suggestion coloured and the rest of the line dimmed; plain
// text when stdout is no terminal or NO_COLOR is set. LINE and COL count from 1, COL in characters. Returns
// the exit code: 0 also when there is nothing to suggest (said on stderr), 1 when the file cannot be read or
// the endpoint has failed, 2 for a place that does not exist.
int complete_in_terminal(const Config& config, const std::string& location);

}  // namespace fimd
