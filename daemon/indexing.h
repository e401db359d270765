// The one thread beside the loop: it reads the files of a workspace and builds their index. Sorting 50 MB
// takes seconds and a file system may hang, so neither may happen on the loop, and neither can be cut into
// slices.
//
// The thread owns all that it works on. It shares nothing with the loop but a socket, on which it reports how
// far it is and which tells it when nobody waits any more, and the outcome, which is read after it has ended.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "daemon/index_store.h"
#include "daemon/privacy.h"
#include "daemon/task.h"
#include "daemon/workspace_files.h"

namespace fimd {

struct WorkspaceFolder {
  std::string path;
  std::optional<std::string> tracked;  // what `git ls-files -z` printed; nothing: the folder is walked
};

enum class IndexingStage {
  stored,   // only what is stored; nothing is looked at but ignore files
  nearest,  // of a large workspace the files that matter most, at once: nothing is stored
  whole,
};

struct IndexingOrder {
  std::vector<WorkspaceFolder> folders;
  Privacy privacy;
  WorkspaceLimits limits;
  IndexStore store;
  IndexingStage stage = IndexingStage::whole;
  std::string near;      // the path of a file that somebody works on; may be empty
  WorkspaceFiles known;  // what the index in use was built from; empty: there is none
};

struct IndexingOutcome {
  std::shared_ptr<const WorkspaceIndex> index;  // nothing: the one in use still serves, or nothing was stored
  bool partial = false;                         // the nearest files only: there are more
  bool outlawed = false;                        // the known files hold what an ignore file excludes by now
  WorkspaceFiles files;                         // that it was built from, sorted by path
  std::vector<std::string> faults;              // each a line for the log; no text of files
};

struct IndexingProgress {
  std::uint64_t read = 0;  // bytes of source
  std::uint64_t all = 0;
};
// Is told of progress on the loop. False: the outcome is not wanted any more; the thread ends at its next
// report.
using IndexingListener = std::function<bool(const IndexingProgress&)>;

// So much takes a quarter of a second of one core; who opens a file should not wait for more.
constexpr std::uint64_t kNearestBytes = 4'000'000;

// An index is built anew when more than this share of its bytes has changed.
constexpr double kMostChanged = 0.05;

// What the thread does; on the caller's own when a test calls it. `report` returns false to stop.
IndexingOutcome index_workspace(IndexingOrder order, const IndexingListener& report);

// The same on the thread, for the whole of a workspace at a low priority. Throws only when the task is
// cancelled.
Task<IndexingOutcome> run_indexing(asio::io_context& io, IndexingOrder order, IndexingListener listener);

}  // namespace fimd
