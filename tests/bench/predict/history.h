// What commits added to a repository, line by line, and the tree that each was made on. Reads through `git`.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace fimd::bench {

struct Line {
  std::string text;
  bool typed = false;  // really new: not blank, not moved, not a removed line with some tokens changed
};

struct Hunk {
  std::size_t old_begin =
      0;  // the lines [old_begin, old_end) of the file before, counted from 0, are replaced
  std::size_t old_end = 0;
  std::vector<Line> lines;
};

struct FileChange {
  std::string path;
  std::vector<std::string> before;  // lines, without line breaks
  std::vector<Hunk> hunks;
};

struct Commit {
  std::string id;
  std::vector<FileChange> files;
};

// The last `count` commits of HEAD that are not merges and add 1 to 400 typed lines of source code, oldest
// first.
std::vector<Commit> last_commits(const std::string& repository, std::size_t count);

// The source files of the tree that a commit was made on.
std::vector<std::string> tree_before(const std::string& repository, const std::string& commit);

}  // namespace fimd::bench
