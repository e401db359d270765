// Which files of a workspace the predictor learns from, and how far a list of them is out of date. Pure: the
// caller lists, looks and reads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fimd {

struct WorkspaceFile {
  std::string path;  // absolute
  std::uint64_t bytes = 0;
  std::int64_t modified = 0;  // nanoseconds since 1970
  bool indexed = false;       // its text is in the index; else it was read and found to be no source
  bool operator==(const WorkspaceFile&) const = default;
};
using WorkspaceFiles = std::vector<WorkspaceFile>;  // sorted by path where it says so

struct WorkspaceLimits {
  std::uint64_t bytes = 50'000'000;       // of all files together
  std::uint64_t file_bytes = 512 * 1024;  // what people write by hand is smaller
  std::size_t files = 20'000;
};

// Text that nobody types, by the name of its file: lock files, maps, drawings, tables, minified code.
bool is_machine_made(std::string_view path);

// Folders that hold other people's code or what programs made, for when no version control says so.
bool is_foreign_folder(std::string_view name);

// The same by the text itself: binary (a NUL in its first 8,000 bytes, which is git's rule), minified (long
// lines on the average), or said to be generated in its first lines. Why, or nothing for source.
std::optional<std::string_view> why_not_source(std::string_view text);

// The files to read, sorted by path: the ones changed last, as many as the limits allow. `may_enter` is asked
// by path, and only for as many: patterns cost more than the rest.
using PathRule = std::function<bool(const std::string& path)>;
WorkspaceFiles newest_within(WorkspaceFiles found, const WorkspaceLimits& limits, const PathRule& may_enter);

// Of these the ones most like `path`, sorted by path: of the same ending first, then in the nearest folders,
// then the ones changed last; as many as have `bytes` together.
WorkspaceFiles nearest_within(WorkspaceFiles files, std::uint64_t bytes, std::string_view path);

std::uint64_t bytes_of(const WorkspaceFiles& files);

// The share of bytes in `now` and `before` that were added, removed or changed: 0 to 1. Both sorted by path.
// A file that was found to be no source does not count until it changes its size.
double changed_share(const WorkspaceFiles& before, const WorkspaceFiles& now);

// Text form, for the disk. Reading gives nothing for anything that writing did not make.
std::string to_bytes(const WorkspaceFiles& files);
std::optional<WorkspaceFiles> workspace_files(std::string_view bytes);

// What `git ls-files -z` printed: paths relative to the folder it ran in. A last one without its NUL was cut.
std::vector<std::string_view> split_paths(std::string_view listing);

}  // namespace fimd
