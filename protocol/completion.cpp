#include "protocol/completion.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "protocol/event_stream.h"
#include "protocol/json_text.h"

namespace fimd {
namespace {

using nlohmann::json;

[[noreturn]] void wrong_type(const char* name, const char* expected) {
  throw BadRequest(fmt::format("Field {} must be {}", name, expected));
}

// The member, or nullptr when it is absent or null.
const json* find(const json& object, const char* name) {
  const auto member = object.find(name);
  return member == object.end() || member->is_null() ? nullptr : &*member;
}

void read(const json& body, const char* name, std::string& value) {
  const auto* field = find(body, name);
  if (field == nullptr) return;
  if (!field->is_string()) wrong_type(name, "a string");
  value = field->get<std::string>();
}

void read(const json& body, const char* name, bool& value) {
  const auto* field = find(body, name);
  if (field == nullptr) return;
  if (!field->is_boolean()) wrong_type(name, "true or false");
  value = field->get<bool>();
}

void read(const json& body, const char* name, double& value) {
  const auto* field = find(body, name);
  if (field == nullptr) return;
  if (!field->is_number()) wrong_type(name, "a number");
  value = field->get<double>();
}

// Many languages write whole numbers as 150.0. The way through double is exact for every int.
void read(const json& body, const char* name, int& value) {
  const auto* field = find(body, name);
  if (field == nullptr) return;
  if (!field->is_number() || std::trunc(field->get<double>()) != field->get<double>()) {
    wrong_type(name, "an integer");
  }
  value = static_cast<int>(std::clamp<double>(field->get<double>(), std::numeric_limits<int>::min(),
                                              std::numeric_limits<int>::max()));
}

void read(const json& body, const char* name, std::vector<std::string>& value) {
  const auto* field = find(body, name);
  if (field == nullptr) return;
  const json list = field->is_array() ? *field : json::array({*field});
  const bool strings =
      std::all_of(list.begin(), list.end(), [](const json& item) { return item.is_string(); });
  if (!strings) wrong_type(name, "a string or an array of strings");
  value = list.get<std::vector<std::string>>();
}

// For answers, where a member of the wrong type counts as absent.
std::string string_or_empty(const json& object, const char* name) {
  const auto* field = find(object, name);
  return field != nullptr && field->is_string() ? field->get<std::string>() : std::string();
}

int count(const json& object, const char* name) {
  const auto* field = find(object, name);
  if (field == nullptr || !field->is_number()) return 0;
  return static_cast<int>(std::clamp<double>(field->get<double>(), 0, std::numeric_limits<int>::max()));
}

std::optional<json> parse_object(std::string_view text) {
  auto value = parse_json(text);
  if (!value || !value->is_object()) return std::nullopt;
  return value;
}

bool succeeded(const json& answer) {
  const auto* success = find(answer, "success");
  return success != nullptr && *success == true;
}

bool failed(const json& answer) {
  const auto* success = find(answer, "success");
  return success != nullptr && *success == false;
}

std::vector<std::string> strings(const json& object, const char* name) {
  std::vector<std::string> result;
  const auto* field = find(object, name);
  if (field == nullptr || !field->is_array()) return result;
  for (const auto& item : *field)
    if (item.is_string()) result.push_back(item.get<std::string>());
  return result;
}

// Nothing when the event is no delta, or one of no text: an index that is not a natural number.
std::optional<Delta> delta_of(const json& event) {
  const auto* text = find(event, "delta");
  if (text == nullptr || !text->is_string()) return std::nullopt;
  Delta delta{text->get<std::string>(), 0, string_or_empty(event, "finish_reason")};
  const auto* index = find(event, "index");
  if (index != nullptr && !index->is_number_unsigned()) return std::nullopt;
  if (index != nullptr) delta.index = index->get<std::size_t>();
  return delta;
}

Completion completion(const json& answer) {
  Completion result;
  result.completion = string_or_empty(answer, "completion");
  result.alternatives = strings(answer, "alternatives");
  result.model = string_or_empty(answer, "model");
  result.finish_reason = string_or_empty(answer, "finish_reason");
  result.provider = string_or_empty(answer, "provider");
  const auto* usage = find(answer, "usage");
  if (usage != nullptr && usage->is_object()) {
    result.usage = Usage{count(*usage, "prompt_tokens"), count(*usage, "completion_tokens"),
                         count(*usage, "cached_tokens")};
  }
  return result;
}

// Everything but the texts, which the buffered form carries whole and the streamed form has sent in deltas.
json completion_head(const Completion& completion) {
  json head = {{"success", true}, {"model", completion.model}};
  if (!completion.finish_reason.empty()) head["finish_reason"] = completion.finish_reason;
  if (!completion.provider.empty()) head["provider"] = completion.provider;
  if (completion.usage) {
    head["usage"] = {{"prompt_tokens", completion.usage->prompt_tokens},
                     {"completion_tokens", completion.usage->completion_tokens},
                     {"cached_tokens", completion.usage->cached_tokens}};
  }
  return head;
}

// One line of at most kMaxErrorBytes of valid UTF-8. The joiner both repairs and drops a character cut at the
// end.
std::string one_line(std::string_view text) {
  auto line = Utf8Joiner().take(text.substr(0, kMaxErrorBytes));
  line = Utf8Joiner().take(std::string_view(line).substr(0, kMaxErrorBytes));
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7F; };
  std::replace_if(line.begin(), line.end(), is_control, ' ');
  return line;
}

}  // namespace

CompletionRequest completion_request(std::string_view body) {
  const auto parsed = parse_json(body);
  if (!parsed) throw BadRequest("Request body is not valid JSON");
  if (!parsed->is_object()) throw BadRequest("Request body must be a JSON object");
  if (find(*parsed, "prompt") == nullptr) throw BadRequest("Missing required field: prompt");
  CompletionRequest request;
  read(*parsed, "prompt", request.prompt);
  read(*parsed, "suffix", request.suffix);
  read(*parsed, "max_tokens", request.max_tokens);
  read(*parsed, "temperature", request.temperature);
  read(*parsed, "stop", request.stop);
  read(*parsed, "stream", request.stream);
  read(*parsed, "cache_key", request.cache_key);
  read(*parsed, "language", request.language);
  read(*parsed, "n", request.n);
  return request;
}

std::string to_body(const CompletionRequest& request) {
  json body = {{"prompt", request.prompt}, {"suffix", request.suffix}};
  if (request.max_tokens != kDefaultMaxTokens) body["max_tokens"] = request.max_tokens;
  if (request.temperature != kDefaultTemperature) body["temperature"] = request.temperature;
  if (!request.stop.empty()) body["stop"] = request.stop;
  if (request.stream) body["stream"] = true;
  if (!request.cache_key.empty()) body["cache_key"] = request.cache_key;
  if (!request.language.empty()) body["language"] = request.language;
  if (request.n != 1) body["n"] = request.n;
  return dump_json(body);
}

std::string to_body(const Completion& completion) {
  json body = completion_head(completion);
  body["completion"] = completion.completion;
  if (!completion.alternatives.empty()) body["alternatives"] = completion.alternatives;
  return dump_json(body);
}

std::string error_body(std::string_view message) {
  return dump_json({{"success", false}, {"error", message}});
}

std::optional<Completion> read_completion(std::string_view body) {
  const auto answer = parse_object(body);
  if (!answer || !succeeded(*answer)) return std::nullopt;
  const auto* text = find(*answer, "completion");
  if (text == nullptr || !text->is_string()) return std::nullopt;
  return completion(*answer);
}

std::string error_message(int status, std::string_view body) {
  if (const auto answer = parse_object(body)) {
    for (const char* name : {"error", "message", "Message", "detail"}) {
      const auto line = one_line(string_or_empty(*answer, name));
      if (!line.empty()) return line;
    }
  }
  return fmt::format("HTTP {}", status);
}

StreamEvent stream_event(std::string_view data) {
  StreamEvent event;
  if (data == kDoneData) event.kind = StreamEvent::Kind::done;
  const auto answer = parse_object(data);
  if (!answer) return event;
  if (failed(*answer)) {
    event.kind = StreamEvent::Kind::error;
    event.status = count(*answer, "status");
    event.error = error_message(event.status, data);
  } else if (succeeded(*answer)) {
    event.kind = StreamEvent::Kind::end;
    event.completion = completion(*answer);
  } else if (auto delta = delta_of(*answer)) {
    event.kind = StreamEvent::Kind::delta;
    event.delta = std::move(*delta);
  }
  return event;
}

std::string delta_data(const Delta& delta) {
  json data = {{"delta", delta.text}};
  if (delta.index != 0) data["index"] = delta.index;
  if (!delta.finish_reason.empty()) data["finish_reason"] = delta.finish_reason;
  return dump_json(data);
}

std::string end_data(const Completion& completion) {
  return dump_json(completion_head(completion));
}

std::string error_data(int status, std::string_view message) {
  return dump_json({{"success", false}, {"error", message}, {"status", status}});
}

}  // namespace fimd
