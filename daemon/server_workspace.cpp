// The workspace's index as the editor sees it: its folders, its files, the progress of its making.
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "daemon/server.h"
#include "daemon/uri.h"

namespace fimd {
namespace {

std::string progress_text(const IndexingProgress& progress) {
  constexpr double kMegabyte = 1e6;
  return fmt::format("{:.1f} of {:.1f} MB", static_cast<double>(progress.read) / kMegabyte,
                     static_cast<double>(progress.all) / kMegabyte);
}

}  // namespace

WorkspaceListener Server::workspace_listener() {
  return {[this](std::shared_ptr<const WorkspaceIndex> index) { completer_.set_index(std::move(index)); },
          [this](const IndexingProgress& progress) {
            if (client_.workDoneProgress) work_done_.report(progress_text(progress));
          },
          [this] { work_done_.end(); }};
}

void Server::follow_workspace() {
  std::vector<std::string> folders;
  for (const auto& root : client_.rootUris) folders.push_back(uri_path(root));
  workspace_.follow(std::move(folders));
}

void Server::did_change_watched_files(const Json&) {
  workspace_.files_changed();
}

}  // namespace fimd
