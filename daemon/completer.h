// One completion from start to end: the straight path.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "daemon/config.h"
#include "daemon/documents.h"
#include "daemon/endpoint.h"
#include "daemon/task.h"
#include "protocol/lsp.h"

namespace fimd {

struct CompletionQuery {
  Snapshot snapshot;
  Offset cursor = 0;
  TriggerKind trigger = TriggerKind::automatic;
  std::optional<FormattingOptions> formatting;
  std::optional<int> max_tokens;
};

struct Suggestion {
  std::string id;
  std::string text;          // to insert at the cursor; never empty
  std::size_t replaces = 0;  // bytes after the cursor, on its line, that `text` contains
  std::string source;        // "model", "cache" or "local"
};

class Completer {
 public:
  Completer(asio::io_context& io, Endpoint& endpoint, const Config& config);

  // Best first; empty when there is nothing to show. Throws only when the task is cancelled.
  Task<std::vector<Suggestion>> complete(CompletionQuery query);

 private:
  asio::io_context& io_;
  Endpoint& endpoint_;
  const Config& config_;
  unsigned long last_id_ = 0;
};

}  // namespace fimd
