// Folders and files as the workspace index sees them: what is there, and what stands in it. The only reader
// of the user's tree. Blocking calls: not for the loop, but for ignore_file_in()
// and link_target().
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/workspace_files.h"

namespace fimd {

// Every regular file below `folder` that its ignore files (.gitignore, .ignore, .fimdignore, at any depth)
// let through, sorted by path, without foreign folders. As with git, the deepest that names a path decides.
// Links are not followed, so a loop of them has no end to reach. Stops after `most_entries` names, files and
// folders together: `cut` tells. What cannot be read is left out. `go_on` is asked now and then; false ends
// the walk.
struct Walk {
  WorkspaceFiles files;
  bool cut = false;
};
Walk walk(const std::string& folder, std::size_t most_entries, const std::function<bool()>& go_on);

// Size and time of one file; nothing for what is no regular file (a link to one is not) or is not there.
std::optional<WorkspaceFile> look_at(std::string path);

// All of a file that has at most `most_bytes`; nothing when it is larger or cannot be read. Never waits for a
// pipe's other end.
std::optional<std::string> read_file(const std::string& path, std::size_t most_bytes);

// The text of the `.fimdignore` in a folder (without a '/' at its end); empty: there is none. One that is
// there and cannot be read names everything: nobody knows what it was to protect. As quick as an open().
std::string ignore_file_in(const std::string& folder);

// Where a file really is, all links on the way followed; empty when that is its path, or cannot be told.
std::string link_target(const std::string& path);

// All folders above a file: the one it is in, and those above that, up to the root.
std::vector<std::string_view> folders_above(std::string_view path);

}  // namespace fimd
