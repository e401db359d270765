// The prompts of all open documents, with what each is told of the others. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "daemon/context.h"
#include "daemon/cursor_state.h"
#include "daemon/documents.h"
#include "daemon/privacy.h"
#include "daemon/prompt.h"
#include "protocol/completion.h"

namespace fimd {

class Prompts {
 public:
  // Only documents that `privacy` lets leave the machine become context of others.
  Prompts(const Documents& documents, const Privacy& privacy) : documents_(documents), privacy_(privacy) {}

  // The folder that paths are named relative to; empty: whole paths.
  void set_workspace(std::string folder);

  void edited(const Edit& edit);
  void closed(std::string_view uri);
  // What may leave the machine has changed: nothing that was gathered under the old rules is kept.
  void forget_all();

  // Reads a part of the open documents ahead (under 1 ms), so that requests need not. False when all is read.
  bool read_ahead();
  // The last request had to do without documents that are not read yet.
  bool behind() const { return similar_.behind(); }

  // What to ask the model at `state`, a place in the document `uri`; max_tokens is the caller's.
  CompletionRequest request(std::string_view uri, const CursorState& state, Prompt::Time now);

 private:
  std::string path_of(std::string_view uri) const;
  std::string full_path(std::string_view path) const;
  // The open documents that may leave, in the order of their last use; views into `opened`.
  struct Opened {
    std::vector<Snapshot> snapshots;
    std::vector<std::string> paths;
  };
  std::vector<SourceFile> files_of(Opened& opened) const;
  void refresh_context(Prompt& prompt, const std::string& path, const CursorState& state, Prompt::Time now);

  const Documents& documents_;
  const Privacy& privacy_;
  std::string workspace_;
  std::unordered_map<std::uint64_t, Prompt> prompts_;  // by document
  SimilarCode similar_;
  RecentEdits edits_;
};

}  // namespace fimd
