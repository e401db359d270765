#include "daemon/terminal.h"

#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>

#include "daemon/completer.h"
#include "daemon/endpoint.h"
#include "daemon/http_client.h"
#include "daemon/local_backend.h"

namespace fimd {
namespace {

struct Location {
  std::string file;
  Position position;  // from 0, in characters
};

// The number after the last ':' of `text`, which is cut off.
std::optional<std::uint32_t> take_number(std::string& text) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  std::uint32_t number = 0;
  const auto* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data() + colon + 1, end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end || number == 0) return std::nullopt;
  text.resize(colon);
  return number;
}

std::optional<Location> parse_location(std::string text) {
  Location location;
  const auto column = take_number(text);
  const auto line = take_number(text);
  if (!column || !line || text.empty()) return std::nullopt;
  location.file = text;
  location.position.line = *line - 1;
  location.position.character = *column - 1;
  return location;
}

std::optional<CompletionQuery> read_query(const Location& location) {
  std::ifstream file(location.file, std::ios::binary);
  if (!file) return std::nullopt;
  CompletionQuery query;
  query.snapshot.uri = "file://" + std::filesystem::absolute(location.file).string();
  query.snapshot.text = std::make_shared<Text>(std::string(std::istreambuf_iterator<char>(file), {}));
  query.cursor = query.snapshot.text->offset_at(location.position, PositionEncoding::utf32);
  query.trigger = TriggerKind::invoked;
  query.stateless = true;
  return query;
}

void print(const CompletionQuery& query, const Suggestion& suggestion) {
  const bool coloured = ::isatty(STDOUT_FILENO) && !std::getenv("NO_COLOR");
  const auto& text = *query.snapshot.text;
  const auto line = text.line_of(query.cursor);
  const auto start = text.line_start(line);
  const auto before = text.view().substr(start, query.cursor - start);
  const auto typed = query.cursor - start + suggestion.replaces;
  const auto after = text.line(line).substr(std::min(typed, text.line(line).size()));
  if (coloured) {
    fmt::print("\033[2m{}\033[0m\033[32m{}\033[0m\033[2m{}\033[0m\n", before, suggestion.text, after);
  } else {
    fmt::print("{}{}{}\n", before, suggestion.text, after);
  }
}

}  // namespace

int complete_in_terminal(const Config& config, const std::string& where) {
  const auto location = parse_location(where);
  if (!location) return fmt::print(stderr, "fimd: give the place as FILE:LINE:COL, counted from 1\n"), 2;
  const auto query = read_query(*location);
  if (!query) return fmt::print(stderr, "fimd: {} cannot be read\n", location->file), 1;

  asio::io_context io(1);
  HttpClient http(io);
  Endpoint endpoint(io, http, config);
  LocalBackend backend(io, endpoint, config);
  const Documents documents;
  Completer completer(io, endpoint, documents, config);
  connect_as_configured(config, endpoint, backend);
  std::vector<Suggestion> suggestions;
  asio::co_spawn(io, completer.complete(*query), [&](std::exception_ptr, std::vector<Suggestion> result) {
    suggestions = std::move(result);
    io.stop();
  });
  io.run();
  if (!suggestions.empty()) return print(*query, suggestions.front()), 0;
  const auto& fault = endpoint.health().message;
  fmt::print(stderr, "fimd: {}\n", fault.empty() ? "nothing to suggest here" : fault);
  return fault.empty() ? 0 : 1;
}

}  // namespace fimd
