// `fimd doctor`: what is configured, and whether it works, one line each. For people, and for editors to
// show.
#pragma once

#include <string>
#include <string_view>

#include "daemon/config.h"

namespace fimd {

// Prints the findings to stdout: the program, its settings, the token (whether there is one), the endpoint
// (which is asked once, for a few tokens after a text of our own), the predictor, the workspace, which is the
// current folder, and what is stored of it. No secret is printed, and no text of the user's is read or sent.
// `fault`: what was wrong with the file or the environment; empty when nothing was. Returns the exit code: 1
// when something is broken.
int examine(const Config& config, const std::string& fault);

// The URL without what may be secret in it: user, password and query.
std::string without_secrets(std::string_view url);

}  // namespace fimd
