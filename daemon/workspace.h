// What the predictor knows of the user's folders: an index that is there at once when it was stored before,
// is built beside the loop when it was not, and follows the files.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "daemon/clock.h"
#include "daemon/config.h"
#include "daemon/indexing.h"
#include "daemon/privacy.h"
#include "daemon/task.h"

namespace fimd {

// Who hears of a workspace, on the loop.
struct WorkspaceListener {
  // The index to predict from; null: none, since the old one may hold what is excluded now or no longer in
  // the workspace.
  std::function<void(std::shared_ptr<const WorkspaceIndex>)> index;
  // Reading has come this far. `all` is not known before it starts: there may be nothing to do.
  std::function<void(const IndexingProgress&)> progress;
  // Reading and sorting are over, whatever came of it. Only after progress.
  std::function<void()> done;
};

// Looks at the files at the start, and first at those nearest to the open one where there are many; when
// something was saved or reported as changed, a little later; and while somebody works, now and then. Builds
// the index anew only when over 5 % of it has changed: what was typed since is in the predictor's other
// indexes. Faults go to the log, each once.
class Workspace {
 public:
  Workspace(asio::io_context& io, const Config& config, const Privacy& privacy, WorkspaceListener listener);

  // The folders (paths) or the settings may have changed.
  void follow(std::vector<std::string> folders);
  // A `.fimdignore` has: the index may hold what is excluded now.
  void ignore_files_changed();
  void files_changed();
  // Somebody works, on this file (its path) if one was opened.
  void opened(std::string path);
  void in_use();

 private:
  Task<> run();
  Task<> refresh();
  Task<IndexingOutcome> index(IndexingOrder order);
  Task<std::vector<WorkspaceFolder>> list();
  Task<> rest();
  IndexingOrder order(IndexingStage stage) const;
  Task<bool> build(IndexingStage stage, const std::vector<WorkspaceFolder>& listed);
  std::string rules() const;
  enum class Meanwhile { keep, none };  // which index is predicted from
  void start_over(Meanwhile meanwhile);
  bool wanted() const;
  void take(IndexingOutcome outcome);
  void say_once(const std::string& fault);

  asio::io_context& io_;
  const Clock clock_;
  const Config& config_;
  const Privacy& privacy_;
  WorkspaceListener listener_;
  std::vector<std::string> folders_;
  std::string near_;              // the file opened last
  std::string rules_;             // by which the index in use was made
  unsigned long generation_ = 0;  // counts the starts: what was begun before the last one is not wanted
  bool kept_ = false;             // an index of fewer folders is in use until the whole one is there
  WorkspaceFiles files_;
  Signal changed_;
  Clock::Time look_at_;  // when to look at the files again; max: never
  Clock::Time looked_;
  std::vector<std::string> said_;
  bool running_ = false;
};

}  // namespace fimd
