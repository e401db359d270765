#include "lambda/settings.h"

#include <charconv>
#include <filesystem>
#include <stdexcept>

namespace fimd {
namespace {

// Beside the binary in the zip, Amazon Linux, Debian and its children, Fedora, Alpine.
constexpr const char* kCaPlaces[] = {"/var/task/certs", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/certs",
                                     "/etc/ssl/cert.pem"};

[[noreturn]] void refuse(const std::string& name, const std::string& why) {
  throw std::invalid_argument(name + ": " + why);
}

std::string first_ca_place() {
  for (const char* place : kCaPlaces) {
    if (std::filesystem::exists(place)) return place;
  }
  return "";
}

int positive(const Environment& environment, const char* name, int otherwise) {
  const auto text = environment(name);
  if (!text) return otherwise;
  int value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size() || value <= 0)
    refuse(name, "must be a positive number");
  return value;
}

std::vector<std::string> list(const std::string& text) {
  std::vector<std::string> result;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find(',', begin), text.size());
    const auto first = text.find_first_not_of(' ', begin);
    if (first < end) result.push_back(text.substr(first, text.find_last_not_of(' ', end - 1) - first + 1));
    begin = end + 1;
  }
  return result;
}

void read_provider(const Environment& environment, Settings& settings) {
  const std::string provider = environment("FIM_PROVIDER").value_or("codestral");
  if (provider == "local") return;
  settings.dialect = find_dialect(provider);
  if (!settings.dialect) refuse("FIM_PROVIDER", "no such provider");
  const Dialect& dialect = *settings.dialect;
  settings.model = environment("FIM_MODEL").value_or(std::string(dialect.model));
  settings.key = environment(std::string(dialect.key_variable).c_str()).value_or("");
  const auto url = parse_url(environment("FIM_UPSTREAM_URL").value_or(std::string(dialect.base_url)));
  if (!url) refuse("FIM_UPSTREAM_URL", "must be an http or https URL without query");
  if (!url->tls && !is_loopback(*url))
    refuse("FIM_UPSTREAM_URL", "plain http is for this machine only, use https");
  settings.upstream = *url;
}

void read_door(const Environment& environment, Settings& settings) {
  settings.tokens = parse_tokens(environment("FIM_TOKENS").value_or(""));
  if (const auto token = environment("FIM_TOKEN")) settings.tokens.push_back(Token{"token", sha256(*token)});
  const std::string mode = environment("FIM_AUTH").value_or("token");
  if (mode != "token" && mode != "none" && mode != "iam") refuse("FIM_AUTH", "must be token, iam or none");
  settings.open = mode != "token";
}

}  // namespace

Settings read_settings(const Environment& environment) {
  Settings settings;
  read_provider(environment, settings);
  read_door(environment, settings);
  settings.limits.max_tokens = positive(environment, "FIM_MAX_TOKENS", settings.limits.max_tokens);
  settings.limits.max_input_bytes = static_cast<std::size_t>(
      positive(environment, "FIM_MAX_INPUT_BYTES", static_cast<int>(settings.limits.max_input_bytes)));
  settings.limits.model_time = std::chrono::milliseconds(
      positive(environment, "FIM_MODEL_TIMEOUT_MS", static_cast<int>(settings.limits.model_time.count())));
  settings.cors_origins = list(environment("FIM_CORS_ORIGINS").value_or(""));
  settings.ca_path = environment("FIM_CA_PATH").value_or(first_ca_place());
  const std::string mode = environment("FIM_INVOKE_MODE").value_or("buffered");
  if (mode != "buffered" && mode != "response_stream")
    refuse("FIM_INVOKE_MODE", "must be buffered or response_stream");
  settings.stream_responses = mode == "response_stream";
  return settings;
}

}  // namespace fimd
