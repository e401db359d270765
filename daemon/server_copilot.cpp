// What clients of Copilot's language server ask beyond LSP.
#include <nlohmann/json.hpp>
#include <utility>

#include "daemon/log.h"
#include "daemon/server.h"
#include "protocol/copilot.h"

namespace fimd {
namespace {

using Json = nlohmann::json;

// Who such a client takes to be signed in: there is no account, and nobody is asked for one.
constexpr std::string_view kUser = "fimd";

}  // namespace

const Json* Server::copilot_answer(std::string_view method) {
  static const std::map<std::string_view, Json> kAnswers = {
      {"checkStatus", copilot_account("OK", kUser)},
      {"signIn", copilot_account("AlreadySignedIn", kUser)},
      {"signInInitiate", copilot_account("AlreadySignedIn", kUser)},
      {"signInConfirm", copilot_account("OK", kUser)},
      {"signOut", copilot_account("NotSignedIn", "")},
      {"getVersion", copilot_version(FIMD_VERSION)},
      {"copilot/models", Json::array()},
  };
  const auto found = kAnswers.find(method);
  return found != kAnswers.end() ? &found->second : nullptr;
}

// Older clients say here what newer ones say in `initialize`. Items name their accept command from then on;
// the encoding stays as it was agreed.
Json Server::set_editor_info(const Json&) {
  client_.copilot = true;
  accept_command_ = kCopilotAcceptCommand;
  tell_status(false);
  return "OK";
}

Json Server::notify_shown(const Json& params) {
  for (const auto& uuid : copilot_verdict(params).uuids) completer_.shown(uuid);
  return "OK";
}

Json Server::notify_accepted(const Json& params) {
  const auto verdict = copilot_verdict(params);
  for (const auto& uuid : verdict.uuids) {
    const auto length = copilot_lengths_.find(uuid);
    const bool partly = verdict.acceptedLength && length != copilot_lengths_.end() &&
                        *verdict.acceptedLength < length->second;
    if (partly) {
      completer_.partly_accepted(uuid);
    } else {
      completer_.accepted(uuid);
    }
  }
  return "OK";
}

Json Server::notify_rejected(const Json& params) {
  for (const auto& uuid : copilot_verdict(params).uuids) completer_.dismissed(uuid);
  return "OK";
}

void Server::copilot_completions(const Json& id, const Json& params) {
  copilot_complete(id, params, TriggerKind::automatic);
}

void Server::copilot_candidates(const Json& id, const Json& params) {
  copilot_complete(id, params, TriggerKind::invoked);
}

void Server::copilot_complete(const Json& id, const Json& params, TriggerKind trigger) {
  const auto wanted = copilot_request(params);
  choose_endpoint();
  auto snapshot = documents_.snapshot(wanted.uri);
  if (!snapshot) {
    log_info("no completion: the document is not open, out of step or too large");
    requests_.supersede(wanted.uri);
    requests_.reply(id, fimd::copilot_completions({}));
    return;
  }
  CompletionQuery query;
  query.cursor = snapshot->text->offset_at(wanted.position, encoding_);
  query.snapshot = std::move(*snapshot);
  query.trigger = trigger;
  query.formatting = wanted.formattingOptions;
  start_completion(id, wanted.uri, copilot_list(std::move(query), wanted.version));
}

// These clients take the range to begin with the line.
Task<Json> Server::copilot_list(CompletionQuery query, std::int64_t version) {
  const auto text = query.snapshot.text;
  const auto cursor = query.cursor;
  const auto start = text->line_start(text->line_of(cursor));
  const auto suggestions = co_await completer_.complete(std::move(query));
  std::vector<CopilotCompletion> completions;
  copilot_lengths_.clear();
  for (const auto& suggestion : suggestions) {
    auto& completion = completions.emplace_back();
    completion.uuid = suggestion.id;
    completion.text = std::string(text->view().substr(start, cursor - start)) + suggestion.text;
    completion.displayText = suggestion.text;
    completion.range.start = text->position_at(start, encoding_);
    completion.range.end = text->position_at(cursor + suggestion.replaces, encoding_);
    completion.position = text->position_at(cursor, encoding_);
    completion.docVersion = version;
    copilot_lengths_[suggestion.id] =
        static_cast<std::uint32_t>(length_in(PositionEncoding::utf16, completion.text));
  }
  tell_lasting_fault();
  tell_status(false);
  co_return fimd::copilot_completions(completions);
}

}  // namespace fimd
