// The dialect of Copilot's language server, which its third-party clients speak: what it adds to LSP beyond
// the fields that lsp.h has. Field names are the dialect's own. Nobody signs in anywhere: answers about
// accounts say that all is in order, and the user's name is this program's.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/lsp.h"
#include "protocol/session.h"

namespace fimd {

// What such clients run, by workspace/executeCommand, after they inserted a suggestion.
constexpr std::string_view kCopilotAcceptCommand = "github.copilot.didAcceptCompletionItem";

// getCompletions, getCompletionsCycling: inline completion from before LSP had it.
struct CopilotRequest {
  std::string uri;
  Position position;
  std::int64_t version = 0;  // of the document; 0 when the client did not say
  std::optional<FormattingOptions> formattingOptions;
};

struct CopilotCompletion {
  std::string uuid;         // InlineCompletionItem::id
  std::string text;         // the whole of what `range` shall hold, from the start of the line
  std::string displayText;  // the part of it that the cursor stands before
  Range range;              // from the start of the cursor's line
  Position position;        // the cursor
  std::int64_t docVersion = 0;
};

// notifyShown, notifyAccepted (uuid) and notifyRejected (uuids).
struct CopilotVerdict {
  std::vector<std::string> uuids;
  std::optional<std::uint32_t> acceptedLength;  // UTF-16 units of `text`
};

// Readers. Each throws RpcError{invalid_params} that names the field that is missing or of the wrong type.
CopilotRequest copilot_request(const nlohmann::json& params);
CopilotVerdict copilot_verdict(const nlohmann::json& params);

// Writers: results.
nlohmann::json copilot_completions(const std::vector<CopilotCompletion>& completions);
// `status`: "OK", "AlreadySignedIn" or "NotSignedIn"; an empty user is left out.
nlohmann::json copilot_account(std::string_view status, std::string_view user);
nlohmann::json copilot_version(std::string_view version);

// Writers: params of didChangeStatus, and of statusNotification, its predecessor, which some clients still
// read.
nlohmann::json copilot_status(const Status& status);
nlohmann::json copilot_older_status(const Status& status);

}  // namespace fimd
