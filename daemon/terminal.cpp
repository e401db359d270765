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

// What stands in the way of a completion there, as a sentence; nothing when the file was read into `text`.
std::optional<std::string> read_file(const std::string& name, std::string& text) {
  std::error_code fault;
  const auto status = std::filesystem::status(name, fault);
  if (!std::filesystem::exists(status)) return fmt::format("there is no file {}", name);
  if (!std::filesystem::is_regular_file(status)) return fmt::format("{} is no file", name);
  if (kMaxDocumentBytes < std::filesystem::file_size(name, fault)) {
    return fmt::format("{} is larger than {} bytes", name, kMaxDocumentBytes);
  }
  std::ifstream file(name, std::ios::binary);
  text.assign(std::istreambuf_iterator<char>(file), {});
  if (!file) return fmt::format("{} cannot be read", name);
  return std::nullopt;
}

std::optional<std::string> misplaced(const Location& location, const Text& text) {
  const auto [line, character] = location.position;
  if (text.line_count() <= line) {
    return fmt::format("{} has {} lines, no line {}", location.file, text.line_count(), line + 1);
  }
  const auto length = length_in(PositionEncoding::utf32, text.line(line));
  if (character <= length) return std::nullopt;
  return fmt::format("line {} of {} ends at column {}, there is no column {}", line + 1, location.file,
                     length + 1, character + 1);
}

CompletionQuery query_at(const Location& location, std::shared_ptr<const Text> text) {
  CompletionQuery query;
  query.snapshot.uri = "file://" + std::filesystem::absolute(location.file).string();
  query.snapshot.text = std::move(text);
  query.cursor = query.snapshot.text->offset_at(location.position, PositionEncoding::utf32);
  query.trigger = TriggerKind::invoked;
  query.stateless = true;
  return query;
}

int complain(std::string_view what, int exit_code) {
  fmt::print(stderr, "fimd: {}\n", what);
  return exit_code;
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
  if (!location) return complain("give the place as FILE:LINE:COL, counted from 1", 2);
  std::string bytes;
  if (const auto fault = read_file(location->file, bytes)) return complain(*fault, 1);
  const auto text = std::make_shared<const Text>(std::move(bytes));
  if (const auto fault = misplaced(*location, *text)) return complain(*fault, 2);
  const auto query = query_at(*location, text);

  asio::io_context io(1);
  HttpClient http(io);
  Endpoint endpoint(io, http, config);
  LocalBackend backend(io, endpoint, config);
  const Documents documents;
  Completer completer(io, endpoint, documents, config);
  completer.read_ignore_files(query.snapshot.uri);
  connect_as_configured(config, endpoint, backend);
  std::vector<Suggestion> suggestions;
  asio::co_spawn(io, completer.complete(query), [&](std::exception_ptr, std::vector<Suggestion> result) {
    suggestions = std::move(result);
    io.stop();
  });
  io.run();
  const auto& fault = endpoint.health().message;
  if (!suggestions.empty()) {
    if (!fault.empty()) complain(fault + "; this is from your own text", 0);
    return print(query, suggestions.front()), 0;
  }
  return fault.empty() ? complain("nothing to suggest here", 0) : complain(fault, 1);
}

}  // namespace fimd
