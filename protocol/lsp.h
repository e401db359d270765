// Documents and inline completion: the subset of LSP 3.18 that fimd reads or writes, Copilot's additions to
// it, and our own stateless request. Field names are LSP's own: they are quotations. Fields that are not here
// are ignored on reading. New ones are added when they are needed. What frames a session is in session.h, the
// envelope in json_rpc.h.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fimd {

// How `Position::character` counts: the unit the client and we agreed on in `initialize`.
enum class PositionEncoding { utf8, utf16, utf32 };

struct Position {
  std::uint32_t line = 0;
  std::uint32_t character = 0;
  bool operator==(const Position&) const = default;
};

struct Range {
  Position start;
  Position end;
  bool operator==(const Range&) const = default;
};

struct DidOpenParams {
  std::string uri;
  std::string languageId;
  std::int64_t version = 0;
  std::string text;
};

struct ContentChange {
  std::optional<Range> range;                // absent: text is the whole document
  std::optional<std::uint32_t> rangeLength;  // deprecated, in units of the encoding; checked when sent
  std::string text;
};

struct DidChangeParams {
  std::string uri;
  std::int64_t version = 0;
  std::vector<ContentChange> contentChanges;
};

struct DocumentParams {  // didClose, didSave; didFocus, where an empty uri means that no document has the
                         // focus
  std::string uri;
};

enum class TriggerKind { invoked = 1, automatic = 2 };

struct SelectedCompletionInfo {
  Range range;
  std::string text;
};

struct FormattingOptions {
  int tabSize = 0;
  bool insertSpaces = true;
};

struct InlineCompletionParams {
  std::string uri;
  Position position;
  TriggerKind triggerKind = TriggerKind::automatic;  // the old numbering (0, 1) is translated
  std::optional<SelectedCompletionInfo> selectedCompletionInfo;
  std::optional<FormattingOptions> formattingOptions;  // not in LSP; sent by Copilot's clients
};

struct InlineCompletionItem {
  std::string insertText;  // starts with what `range` holds before the cursor; "\n" line ends; never empty
  Range range;             // on one line, contains the cursor
  std::string id;          // becomes the argument of the accept command
  std::string source;      // "model", "cache" or "local": who made it
};

// fim/complete: one completion with no document behind it.
struct FimCompleteParams {
  std::string prefix;
  std::string suffix;
  std::string languageId;
  std::string path;
  std::optional<int> maxTokens;
  int n = 1;  // how many suggestions at most
};

// Copilot's textDocument/didPartiallyAcceptCompletion.
struct PartialAcceptParams {
  std::string id;                    // InlineCompletionItem::id
  std::uint32_t acceptedLength = 0;  // UTF-16 units from the start of insertText, in any encoding
};

// Readers. Each throws RpcError{invalid_params} that names the field that is missing or of the wrong type.
DidOpenParams did_open_params(const nlohmann::json& params);
DidChangeParams did_change_params(const nlohmann::json& params);
DocumentParams document_params(const nlohmann::json& params);
DocumentParams did_focus_params(const nlohmann::json& params);
// `legacy_trigger_kinds`: a client built on the 3.17 proposal numbers Invoked 0 and Automatic 1. A 0 proves
// one; once seen, the caller remembers it (the flag is set) and 1 means Automatic from then on.
InlineCompletionParams inline_completion_params(const nlohmann::json& params, bool& legacy_trigger_kinds);
FimCompleteParams fim_complete_params(const nlohmann::json& params);
// `formattingOptions`, or what has its two fields among others; nothing where neither is there.
std::optional<FormattingOptions> formatting_options(const nlohmann::json& options);
// textDocument/didShowCompletion: the id of the item that was shown.
std::string shown_completion_id(const nlohmann::json& params);
PartialAcceptParams partial_accept_params(const nlohmann::json& params);

// Writers. An empty accept_command leaves `command` out of the items.
nlohmann::json inline_completion_list(const std::vector<InlineCompletionItem>& items,
                                      std::string_view accept_command);
nlohmann::json fim_complete_result(const std::vector<InlineCompletionItem>& items);
nlohmann::json position_json(const Position& position);
nlohmann::json range_json(const Range& range);

}  // namespace fimd
