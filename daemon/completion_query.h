// What is asked of the completer: a place in a text, why, and how much.
#pragma once

#include <optional>

#include "daemon/cursor_state.h"
#include "daemon/documents.h"
#include "protocol/lsp.h"

namespace fimd {

struct CompletionQuery {
  Snapshot snapshot;
  Offset cursor = 0;
  TriggerKind trigger = TriggerKind::automatic;
  std::optional<FormattingOptions> formatting;
  std::optional<int> max_tokens;
  bool stateless = false;  // no open document: nothing is known of it but this text
  int n = 1;               // stateless: how many suggestions are wanted
};

CursorState state_of(const CompletionQuery& query);
// How many suggestions are wanted, 1 to kMaxCandidates. An editor's user who invokes wants to choose.
int wanted_by(const CompletionQuery& query);

}  // namespace fimd
