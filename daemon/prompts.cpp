#include "daemon/prompts.h"

#include <algorithm>
#include <utility>

#include "daemon/uri.h"

namespace fimd {
namespace {

// Documents that were never opened are never closed.
constexpr std::size_t kMaxPrompts = 64;

}  // namespace

std::string Prompts::path_of(std::string_view uri) const {
  auto path = uri_path(uri);
  if (!workspace_.empty() && path.starts_with(workspace_ + '/')) path.erase(0, workspace_.size() + 1);
  return path;
}

std::string Prompts::full_path(std::string_view path) const {
  return path.starts_with('/') ? std::string(path) : workspace_ + '/' + std::string(path);
}

void Prompts::set_workspace(std::string folder) {
  if (folder == workspace_) return;
  workspace_ = std::move(folder);
  forget_all();
  edits_ = RecentEdits();  // it names files by their old paths
}

void Prompts::edited(const Edit& edit) {
  edits_.edited(path_of(edit.uri), edit.text, edit.text.line_of(edit.begin));
}

void Prompts::closed(std::string_view uri) {
  const auto path = path_of(uri);
  prompts_.erase(document_id(uri));
  similar_.forget(path);
  edits_.forget(path);
  for (auto& [other, prompt] : prompts_) prompt.thaw();  // it may quote the document
}

void Prompts::forget_all() {
  prompts_.clear();
  similar_ = SimilarCode();
}

CompletionRequest Prompts::request(std::string_view uri, const CursorState& state, Prompt::Time now) {
  const auto path = path_of(uri);
  if (kMaxPrompts <= prompts_.size() && !prompts_.contains(state.document)) prompts_.clear();
  auto& prompt = prompts_.try_emplace(state.document, workspace_, path).first->second;
  if (prompt.follow(state.prefix(), state.suffix(), now)) refresh_context(prompt, path, state, now);
  return prompt.request(state.prefix(), state.language);
}

std::vector<SourceFile> Prompts::files_of(Opened& opened) const {
  std::vector<SourceFile> files;
  opened.snapshots = documents_.recent();
  opened.paths.reserve(opened.snapshots.size());
  for (const auto& snapshot : opened.snapshots) {
    auto path = path_of(snapshot.uri);
    // Two documents may have one path (`file:` and `untitled:`): the one that was used last stands for both.
    if (std::ranges::find(opened.paths, path) != opened.paths.end() || privacy_.excludes(snapshot.uri))
      continue;
    opened.paths.push_back(std::move(path));
    files.push_back({opened.paths.back(), snapshot.text->view(), snapshot.languageId,
                     static_cast<std::uint64_t>(snapshot.version)});
  }
  return files;
}

bool Prompts::read_ahead() {
  Opened opened;
  return similar_.read_on(files_of(opened));
}

void Prompts::refresh_context(Prompt& prompt, const std::string& path, const CursorState& state,
                              Prompt::Time now) {
  Opened opened;
  const auto files = files_of(opened);
  const SourceFile document{path, state.text->view(), state.language, 0};
  auto similar = similar_.find(document, state.cursor, files);
  auto edits = edits_.away_from(path, state.text->line_of(state.cursor));
  // Privacy is asked here and not at every edit: it takes longer than the edit. One piece with a secret in it
  // would keep the whole prompt back.
  std::erase_if(similar, [](const Snippet& piece) { return secret_in(piece.text).has_value(); });
  std::erase_if(edits, [this](const Snippet& edit) {
    return privacy_.excludes(full_path(edit.path)) || secret_in(edit.text);
  });
  prompt.freeze(similar, edits, now);
}

}  // namespace fimd
