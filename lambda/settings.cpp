#include "lambda/settings.h"

#include <algorithm>
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
  const auto digits = environment(name);
  if (!digits) return otherwise;
  int value = 0;
  const char* last = digits->data() + digits->size();
  const auto [end, error] = std::from_chars(digits->data(), last, value);
  if (error != std::errc() || end != last || value <= 0) refuse(name, "must be a positive number");
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

std::optional<std::string> text(const Environment& environment, std::string_view name) {
  return environment(std::string(name).c_str());
}

Url upstream_url(const Environment& environment, const Dialect& dialect) {
  const auto given = environment("FIM_UPSTREAM_URL");
  if (!given && dialect.base_url.empty()) refuse("FIM_UPSTREAM_URL", "this provider needs it");
  const auto url = parse_url(given.value_or(std::string(dialect.base_url)));
  if (!url) refuse("FIM_UPSTREAM_URL", "must be an http or https URL without query");
  if (!url->tls && !is_loopback(*url))
    refuse("FIM_UPSTREAM_URL", "plain http is for this machine only, use https");
  return *url;
}

// The variables are those that AWS sets for a function and that its SDKs read.
AwsApi aws_api(const Environment& environment, const std::string& name, const char* json_version) {
  AwsApi service{.name = name,
                 .content_type = std::string("application/x-amz-json-") + json_version,
                 .region = environment("AWS_REGION").value_or("us-east-1"),
                 .credentials = {.access_key = environment("AWS_ACCESS_KEY_ID").value_or(""),
                                 .secret_key = environment("AWS_SECRET_ACCESS_KEY").value_or(""),
                                 .session_token = environment("AWS_SESSION_TOKEN").value_or("")},
                 .endpoint = {}};
  std::string variable = "AWS_ENDPOINT_URL_" + name;
  std::transform(variable.begin(), variable.end(), variable.begin(),
                 [](unsigned char c) { return std::toupper(c); });
  const std::string domain = service.region.starts_with("cn-") ? ".amazonaws.com.cn" : ".amazonaws.com";
  const auto url =
      parse_url(environment(variable.c_str()).value_or("https://" + name + "." + service.region + domain));
  if (!url || (!url->tls && !is_loopback(*url))) refuse(variable, "must be an https URL");
  service.endpoint = *url;
  return service;
}

ParameterRequest key_source(const Environment& environment) {
  const std::string name = environment("FIM_KEY_PARAMETER").value_or("");
  if (name.empty()) return {};
  return {.name = name, .store = aws_api(environment, "ssm", "1.1")};
}

BudgetTable budget_table(const Environment& environment) {
  const std::string name = environment("FIM_BUDGET_TABLE").value_or("");
  if (name.empty()) return {};
  return {.name = name, .dynamodb = aws_api(environment, "dynamodb", "1.0")};
}

void read_provider(const Environment& environment, Settings& settings) {
  const std::string provider = environment("FIM_PROVIDER").value_or("codestral");
  if (provider == "local") return;
  settings.dialect = find_dialect(provider);
  if (!settings.dialect) refuse("FIM_PROVIDER", "no such provider");
  const Dialect& dialect = *settings.dialect;
  settings.upstream = upstream_url(environment, dialect);
  settings.choice.model = environment("FIM_MODEL").value_or(std::string(dialect.model));
  if (dialect.needs_model && settings.choice.model.empty()) refuse("FIM_MODEL", "this provider needs it");
  if (const auto family = environment("FIM_MODEL_FAMILY")) {
    settings.choice.tokens = find_fim_tokens(*family);
    if (!settings.choice.tokens) refuse("FIM_MODEL_FAMILY", "must be qwen, starcoder, deepseek or codellama");
  }
  settings.key =
      text(environment, dialect.key_variable.empty() ? "FIM_API_KEY" : dialect.key_variable).value_or("");
  settings.key_source = key_source(environment);
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
  settings.limits.daily.calls = positive(environment, "FIM_DAILY_CALLS", 0);
  settings.limits.daily.tokens = positive(environment, "FIM_DAILY_TOKENS", 0);
  settings.budget_table = budget_table(environment);
  settings.cors_origins = list(environment("FIM_CORS_ORIGINS").value_or(""));
  settings.ca_path = environment("FIM_CA_PATH").value_or(first_ca_place());
  const std::string mode = environment("FIM_INVOKE_MODE").value_or("buffered");
  if (mode != "buffered" && mode != "response_stream")
    refuse("FIM_INVOKE_MODE", "must be buffered or response_stream");
  settings.stream_responses = mode == "response_stream";
  return settings;
}

}  // namespace fimd
