// The workspace's index as the editor sees it: its folders, its files, the progress of its making.
#include <fmt/format.h>

#include <algorithm>
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

// Clients spell one folder in several ways: with a `/` at its end, with escapes.
auto same_folder(const std::string& uri) {
  const auto folder = [](const std::string& name) {
    auto path = normal_path(uri_path(name));
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    return path;
  };
  return [path = folder(uri), folder](const std::string& root) { return folder(root) == path; };
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
  completer_.set_workspace(client_.rootUris.empty() ? std::string() : client_.rootUris.front());
  std::vector<std::string> folders;
  for (const auto& root : client_.rootUris) folders.push_back(uri_path(root));
  workspace_.follow(std::move(folders));
}

void Server::did_change_watched_files(const Json& params) {
  files_changed(changed_files(params));
}

void Server::files_changed(const std::vector<std::string>& uris) {
  workspace_.files_changed();
  const auto ignores = [](const std::string& uri) { return uri.ends_with("/.fimdignore"); };
  for (const auto& uri : uris) {
    if (ignores(uri)) completer_.read_ignore_files(uri);
  }
  if (std::ranges::any_of(uris, ignores)) workspace_.ignore_files_changed();
}

void Server::did_change_workspace_folders(const Json& params) {
  const auto change = changed_folders(params);
  auto& roots = client_.rootUris;
  for (const auto& uri : change.removed) std::erase_if(roots, same_folder(uri));
  for (const auto& uri : change.added) {
    if (std::ranges::none_of(roots, same_folder(uri))) roots.push_back(uri);
  }
  follow_workspace();
}

}  // namespace fimd
