#include "daemon/completer.h"

#include <utility>

#include "daemon/log.h"

namespace fimd {

Completer::Completer(asio::io_context& io, Endpoint& endpoint, const Config& config)
    : io_(io), endpoint_(endpoint), config_(config) {}

Task<std::vector<Suggestion>> Completer::complete(CompletionQuery query) {
  const auto text = query.snapshot.text->view();
  CompletionRequest request;
  request.prompt = text.substr(0, query.cursor);
  request.suffix = text.substr(query.cursor);
  request.stream = config_.stream;
  request.language = query.snapshot.languageId;
  request.max_tokens = query.max_tokens.value_or(config_.max_tokens);
  std::string received;
  TextSink sink = [&received](std::string_view piece) {
    received += piece;
    return true;
  };
  std::vector<Suggestion> suggestions;
  const auto answer = co_await endpoint_.complete(std::move(request), std::move(sink));
  if (received.empty()) co_return suggestions;
  auto& suggestion = suggestions.emplace_back();
  suggestion.id = std::to_string(++last_id_);
  suggestion.text = received;
  suggestion.source = "model";
  co_return suggestions;
}

}  // namespace fimd
