// Document URIs as clients spell them: the same file comes as `file:///c%3A/a.py` and `file:///C:/a.py`.
// Pure.
#pragma once

#include <string>
#include <string_view>

namespace fimd {

// Percent escapes replaced by their bytes, once. A `%` that starts no escape stays as it is.
std::string percent_decoded(std::string_view text);

// Two spellings of one document give the same key: scheme and drive letter in lower case, escapes decoded.
// Only for look-up; what goes back to the client is the client's own form.
std::string uri_key(std::string_view uri);

// The path in a URI, without scheme and host, `/` between its parts. What looks like a query stays: not every
// client escapes a `?` or `#` in a file name. A text without a scheme is a path. A Windows path keeps its
// drive: `c:/a/b.py`.
std::string uri_path(std::string_view uri);

// The path without empty parts, `.` and `..`, as far as its text says what those stand for.
std::string normal_path(std::string path);

}  // namespace fimd
