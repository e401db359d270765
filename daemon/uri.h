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

// The path in a `file:` URI with `/` between its parts, or of any other scheme the part after the colon; no
// query, no host. A text without a scheme is taken as a path. Windows paths keep their drive: `c:/a/b.py`.
std::string uri_path(std::string_view uri);

}  // namespace fimd
