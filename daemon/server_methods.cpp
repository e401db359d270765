// What editors ask of the server: documents, completions, commands.
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "daemon/log.h"
#include "daemon/server.h"
#include "daemon/uri.h"
#include "protocol/copilot.h"
#include "protocol/lsp.h"
#include "protocol/session.h"

namespace fimd {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

// Shorter waits are not worth a flicker in the status line.
constexpr auto kBusyAfter = 150ms;

// What the editor's popup would insert, if it would do so on one line and around the cursor.
std::optional<SelectedCompletionInfo> selection_at(const InlineCompletionParams& wanted, const Text& text,
                                                   PositionEncoding encoding) {
  const auto& selected = wanted.selectedCompletionInfo;
  if (!selected) return std::nullopt;
  const auto start = text.offset_at(selected->range.start, encoding);
  const auto end = text.offset_at(selected->range.end, encoding);
  const auto cursor = text.offset_at(wanted.position, encoding);
  const bool around = start <= cursor && cursor <= end && text.line_of(start) == text.line_of(end);
  return around ? selected : std::nullopt;
}

// A relative path is so to where the daemon runs: its ignore files stand there and above.
std::string absolute_path(const std::string& path) {
  std::error_code fault;
  const bool relative = !path.empty() && !path.starts_with('/') && path.find(':') == std::string::npos;
  auto absolute = relative ? std::filesystem::absolute(path, fault).string() : std::string();
  return absolute.empty() ? path : absolute;
}

}  // namespace

void Server::did_open(const Json& params) {
  const auto opened = did_open_params(params);
  if (completer_.read_ignore_files(opened.uri)) workspace_.ignore_files_changed();
  if (const auto fault = documents_.open(opened)) tell(MessageType::warning, *fault);
  if (auto document = documents_.snapshot(opened.uri)) completer_.opened(std::move(*document));
  workspace_.opened(uri_path(opened.uri));
}

void Server::did_change(const Json& params) {
  const auto note = [this](const Edit& edit) { completer_.edited(edit); };
  if (const auto fault = documents_.change(did_change_params(params), encoding_, note))
    tell(MessageType::warning, *fault);
  workspace_.in_use();
}

void Server::did_close(const Json& params) {
  const auto uri = document_params(params).uri;
  documents_.close(uri);
  requests_.supersede(uri);
  completer_.closed(uri);
}

void Server::did_save(const Json& params) {
  files_changed({document_params(params).uri});
}

Json Server::execute_command(const Json& params) {
  const auto command = execute_command_params(params);
  const auto id = command.arguments.empty() ? std::string() : command.arguments.front();
  if (command.command == accept_command_ || command.command == kCopilotAcceptCommand) {
    completer_.accepted(id);
  } else if (command.command == "fimd.dismiss") {
    completer_.dismissed(id);
  } else if (command.command == "fimd.stats") {
    return completer_.stats().to_json();
  } else if (command.command == "fimd.why") {
    return silence_reason(completer_.silence());
  } else {
    throw RpcError(ErrorCode::invalid_params, "unknown command");
  }
  return nullptr;
}

void Server::did_show_completion(const Json& params) {
  completer_.shown(shown_completion_id(params));
}

void Server::did_partly_accept_completion(const Json& params) {
  completer_.partly_accepted(partial_accept_params(params).id);
}

void Server::inline_completion(const Json& id, const Json& params) {
  const auto wanted = inline_completion_params(params, legacy_trigger_kinds_);
  choose_endpoint();
  auto snapshot = documents_.snapshot(wanted.uri);
  if (!snapshot) {
    log_info("no completion: the document is not open, out of step or too large");
    requests_.supersede(wanted.uri);
    requests_.reply(id, inline_completion_list({}, accept_command_));
    return;
  }
  CompletionQuery query;
  query.snapshot = std::move(*snapshot);
  query.trigger = wanted.triggerKind;
  query.formatting = wanted.formattingOptions;
  const auto& text = *query.snapshot.text;
  const auto selected = selection_at(wanted, text, encoding_);
  query.cursor = text.offset_at(selected ? selected->range.end : wanted.position, encoding_);
  const auto start = selected ? text.offset_at(selected->range.start, encoding_) : query.cursor;
  start_completion(id, wanted.uri,
                   complete(std::move(query), start, selected ? selected->text : std::string()));
}

void Server::start_completion(const Json& id, const std::string& uri, Task<Json> work) {
  requests_.start(id, uri, std::move(work));
  if (client_.status || client_.copilot) asio::co_spawn(io_, tell_busy(++last_completion_), asio::detached);
}

Task<> Server::tell_busy(unsigned long completion) {
  co_await sleep_until(io_, SteadyClock::now() + kBusyAfter);
  if (completion == last_completion_ && !requests_.idle()) tell_status(true);
}

void Server::tell_status(bool busy) {
  if (!client_.status && !client_.copilot) return;
  const auto& health = endpoint_.health();
  Status status;
  status.kind = busy ? "busy" : endpoint_.absent() || endpoint_.provider() == "local" ? "local" : "ready";
  status.message = busy ? "" : completer_.silence();
  if (health.lasting) status.kind = "error";
  const bool helped = config_.predictor != PredictorMode::off;
  if (health.lasting) status.message = health.message + (helped ? "; meanwhile your own text answers" : "");
  if (!config_.enabled) status.kind = "off";
  status.callsToday = completer_.calls_today();
  status.tokensToday = completer_.tokens_today();
  status.excluded = completer_.last_excluded();
  if (status == told_status_) return;
  const bool news = told_status_.kind.empty() || copilot_status(status) != copilot_status(told_status_);
  told_status_ = status;
  if (client_.status) connection_.write(notification("fimd/status", status_params(status)));
  if (!client_.copilot || !news) return;
  connection_.write(notification("didChangeStatus", copilot_status(status)));
  connection_.write(notification("statusNotification", copilot_older_status(status)));
}

// `selected` is what the editor's popup would put in place of the text from `start` to the cursor:
// completions go on from there and carry it. One that replaces more than the popup would is left out, since
// an editor does not show it.
Task<Json> Server::complete(CompletionQuery query, Offset start, std::string selected) {
  const auto text = query.snapshot.text;
  const auto cursor = query.cursor;
  const bool previewed = start < cursor || !selected.empty();
  if (previewed) {
    auto preview = std::make_shared<Text>(*text);
    preview->replace(start, cursor, selected);
    query.snapshot.text = std::move(preview);
    query.cursor = start + selected.size();
  }
  const auto suggestions = co_await completer_.complete(std::move(query));
  std::vector<InlineCompletionItem> items;
  for (const auto& suggestion : suggestions) {
    if (previewed && suggestion.replaces > 0) continue;
    auto& item = items.emplace_back();
    item.insertText = selected + suggestion.text;
    item.range.start = text->position_at(start, encoding_);
    item.range.end = text->position_at(cursor + suggestion.replaces, encoding_);
    item.id = suggestion.id;
    item.source = suggestion.source;
  }
  tell_lasting_fault();
  tell_status(false);
  if (trace_ == "messages" || trace_ == "verbose") {
    const auto outcome =
        items.empty() ? "nothing" : fmt::format("{} from {}", items.size(), items.front().source);
    const auto why = trace_ == "verbose" && items.empty() ? completer_.silence() : std::string();
    const auto params = log_trace_params("textDocument/inlineCompletion: " + outcome, why);
    connection_.write(notification("$/logTrace", params));
  }
  co_return inline_completion_list(items, accept_command_);
}

void Server::fim_complete(const Json& id, const Json& params) {
  auto wanted = fim_complete_params(params);
  choose_endpoint();
  CompletionQuery query;
  query.cursor = wanted.prefix.size();
  query.snapshot.uri = absolute_path(wanted.path);
  query.snapshot.languageId = wanted.languageId;
  query.snapshot.text = std::make_shared<Text>(wanted.prefix + wanted.suffix);
  query.trigger = TriggerKind::invoked;
  completer_.read_ignore_files(query.snapshot.uri);
  query.stateless = true;
  query.max_tokens = wanted.maxTokens;
  query.n = wanted.n;
  requests_.start(id, std::string(), complete_stateless(std::move(query)));
}

Task<Json> Server::complete_stateless(CompletionQuery query) {
  const auto suggestions = co_await completer_.complete(std::move(query));
  std::vector<InlineCompletionItem> items;
  for (const auto& suggestion : suggestions) {
    auto& item = items.emplace_back();
    item.insertText = suggestion.text;
    item.source = suggestion.source;
  }
  tell_lasting_fault();
  co_return fim_complete_result(items);
}

// Once for each fault that lasts, not once for each key, whatever words it comes in.
void Server::tell_lasting_fault() {
  if (const auto news = completer_.news_of_budget()) tell(MessageType::warning, *news);
  const auto& health = endpoint_.health();
  if (health.message.empty()) told_fault_ = false;
  if (!health.lasting || std::exchange(told_fault_, true)) return;
  tell(MessageType::warning, "completions are unavailable: " + health.message);
  const auto params = message_params(MessageType::warning, "fimd: " + health.message);
  connection_.write(notification("window/showMessage", params));
}

}  // namespace fimd
