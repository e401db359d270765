// Workspace indexes on disk, one file for each set of folders under ${XDG_CACHE_HOME:-~/.cache}/fimd. They
// hold source text: the folder is 0700, the files are 0600. Blocking calls: not for the loop.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/workspace_files.h"
#include "predictor/workspace_index.h"

namespace fimd {

struct StoredIndex {
  std::shared_ptr<const WorkspaceIndex> index;
  WorkspaceFiles files;  // sorted by path
};

class IndexStore {
 public:
  // `folders` name the file; `rules` says by which rules files enter the index: one that was made by others
  // is foreign, unless `rules` is empty. An empty `cache_folder` keeps nothing.
  IndexStore(std::string cache_folder, const std::vector<std::string>& folders, std::string rules);

  // Nothing when there is none, or none that can be trusted; `fault` says which, in one line for the log.
  std::optional<StoredIndex> load(std::string& fault) const;

  // Replaces the file in one step: who reads meanwhile, or is killed, finds the old one or the new one,
  // whole. Removes what killed writers left and all but the newest indexes. Returns what went wrong, in one
  // line.
  std::optional<std::string> save(const StoredIndex& stored) const;

  const std::string& path() const { return path_; }

  static constexpr std::size_t kMostIndexes = 12;

 private:
  std::string header(const WorkspaceFiles& files) const;
  void tidy() const;

  std::string folder_;
  std::string path_;
  std::string rules_;
};

// ${XDG_CACHE_HOME:-~/.cache}/fimd; empty when neither is known.
std::string cache_folder();

}  // namespace fimd
