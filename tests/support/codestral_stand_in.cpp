#include "tests/support/codestral_stand_in.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace fimd::test {
namespace {

using nlohmann::json;

constexpr std::array kKnownFields = {"model",       "prompt",     "suffix",     "temperature",
                                     "top_p",       "max_tokens", "min_tokens", "stop",
                                     "random_seed", "stream",     "metadata",   "prompt_cache_key"};
constexpr int kCreated = 1764000000;

Reply error(int status, const json& body) {
  return {.status = status, .body = body.dump()};
}

// The field the real endpoint would refuse, or an empty string.
std::string wrong_field(const json& request) {
  for (const auto& [name, value] : request.items()) {
    if (std::find(kKnownFields.begin(), kKnownFields.end(), name) == kKnownFields.end()) return name;
  }
  const auto is = [&](const char* name, auto predicate) {
    return !request.contains(name) || predicate(request[name]);
  };
  if (!request.contains("model") || !request["model"].is_string()) return "model";
  if (!request.contains("prompt") || !request["prompt"].is_string()) return "prompt";
  if (!is("suffix", [](const json& value) { return value.is_string(); })) return "suffix";
  if (!is("max_tokens", [](const json& value) { return value.is_number_unsigned(); })) return "max_tokens";
  if (!is("temperature", [](const json& value) { return value.is_number() && value >= 0 && value <= 1.5; })) {
    return "temperature";
  }
  if (!is("stop", [](const json& value) { return value.is_string() || value.is_array(); })) return "stop";
  if (!is("stream", [](const json& value) { return value.is_boolean(); })) return "stream";
  return "";
}

int token_count(const std::string& text) {
  return static_cast<int>(text.size() + 3) / 4;
}

bool continues_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

std::string event(const json& data) {
  return "data: " + data.dump() + "\n\n";
}

}  // namespace

Reply unauthorized() {
  return error(401, {{"detail", "Unauthorized"}});
}

Reply gateway_unauthorized() {
  return error(401, {{"message", "Unauthorized"}, {"request_id", "5d0c1f"}});
}

Reply unprocessable(std::string_view field) {
  const json item = {{"type", "extra_forbidden"},
                     {"loc", {"body", field}},
                     {"msg", "Extra inputs are not permitted"},
                     {"input", nullptr}};
  return error(422, {{"detail", json::array({item})}});
}

Reply rate_limited(int retry_after_seconds) {
  Reply reply = error(429, {{"object", "error"},
                            {"message", "Rate limit exceeded"},
                            {"type", "rate_limited"},
                            {"param", nullptr},
                            {"code", "1300"}});
  reply.headers = {{"Retry-After", std::to_string(retry_after_seconds)}};
  return reply;
}

Reply broken() {
  return error(500, {{"object", "error"},
                     {"message", "Internal server error"},
                     {"type", "internal_server_error"},
                     {"param", nullptr},
                     {"code", "1000"}});
}

CodestralStandIn::CodestralStandIn(Model model, Options options)
    : model_(std::move(model)),
      options_(std::move(options)),
      server_([this](const HttpRequest& request) { return answer(request); }, options_.port) {}

CodestralStandIn::CodestralStandIn(std::string text, Options options)
    : CodestralStandIn([text = std::move(text)](const std::string&, const std::string&) { return text; },
                       std::move(options)) {}

void CodestralStandIn::fail_next(Reply reply) {
  const std::lock_guard lock(mutex_);
  next_ = std::move(reply);
}

Reply CodestralStandIn::answer(const HttpRequest& request) {
  {
    const std::lock_guard lock(mutex_);
    if (next_) return *std::exchange(next_, std::nullopt);
  }
  if (options_.fault) return *options_.fault;
  if (request.target != "/v1/fim/completions") return error(404, {{"detail", "Not Found"}});
  if (request.method != "POST") return error(405, {{"detail", "Method Not Allowed"}});
  if (!options_.key.empty() && request.header("Authorization") != "Bearer " + options_.key)
    return unauthorized();

  const json body = json::parse(request.body, nullptr, false);
  if (!body.is_object()) return unprocessable("body");
  if (const std::string field = wrong_field(body); !field.empty()) return unprocessable(field);

  const std::string prompt = body["prompt"];
  const std::string suffix = body.value("suffix", "");
  const std::string text = model_(prompt, suffix);
  const int prompt_tokens = token_count(prompt) + token_count(suffix);
  json usage = {{"prompt_tokens", prompt_tokens},
                {"completion_tokens", token_count(text)},
                {"total_tokens", prompt_tokens + token_count(text)},
                {"prompt_tokens_details", {{"cached_tokens", options_.cached_tokens}}}};
  if (body.value("stream", false)) return stream(text, body["model"], usage.dump());

  const json message = {{"role", "assistant"}, {"content", text}, {"tool_calls", nullptr}, {"prefix", false}};
  const json choice = {{"index", 0}, {"message", message}, {"finish_reason", options_.finish_reason}};
  const json answer = {{"id", "c0ffee"},         {"object", "chat.completion"},
                       {"model", body["model"]}, {"created", kCreated},
                       {"usage", usage},         {"choices", json::array({choice})}};
  return {.body = answer.dump(),
          .delay = options_.delay,
          .ending = options_.ending,
          .stop_after = options_.stop_after};
}

// One event a delta, then one with finish_reason and usage, then [DONE]; each its own chunk.
Reply CodestralStandIn::stream(const std::string& text, const std::string& model,
                               const std::string& usage) const {
  const auto chunk = [&](const std::string& delta, const json& finish_reason) {
    const json choice = {{"index", 0}, {"delta", {{"content", delta}}}, {"finish_reason", finish_reason}};
    return json{{"id", "c0ffee"},
                {"object", "chat.completion.chunk"},
                {"created", kCreated},
                {"model", model},
                {"choices", json::array({choice})}};
  };
  Reply reply{.headers = {{"Content-Type", "text/event-stream; charset=utf-8"}},
              .delay = options_.delay,
              .chunk_delay = options_.delta_delay,
              .ending = options_.ending,
              .stop_after = options_.stop_after};
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = std::min(begin + options_.delta_bytes, text.size());
    while (end < text.size() && continues_character(text[end])) ++end;
    reply.chunks.push_back(event(chunk(text.substr(begin, end - begin), nullptr)));
    begin = end;
  }
  json last = chunk("", options_.finish_reason);
  last["usage"] = json::parse(usage);
  reply.chunks.push_back(event(last));
  reply.chunks.push_back("data: [DONE]\n\n");
  return reply;
}

}  // namespace fimd::test
