#include "daemon/config.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

namespace fimd {
namespace {

using nlohmann::json;

[[noreturn]] void reject(std::string_view name, std::string_view wanted) {
  throw ConfigError(fmt::format("setting \"{}\" must be {}", name, wanted));
}

void read(std::string& target, const json& value, std::string_view name) {
  if (!value.is_string()) reject(name, "a string");
  target = value.get<std::string>();
}

void read(bool& target, const json& value, std::string_view name) {
  if (!value.is_boolean()) reject(name, "true or false");
  target = value.get<bool>();
}

template <class Integer>
requires std::integral<Integer>
void read(Integer& target, const json& value, std::string_view name) {
  if (!value.is_number_integer() || value.get<std::int64_t>() < 0 ||
      1'000'000'000 < value.get<std::int64_t>()) {
    reject(name, "a whole number, 0 or more");
  }
  target = static_cast<Integer>(value.get<std::int64_t>());
}

void read(double& target, const json& value, std::string_view name) {
  if (!value.is_number() || value.get<double>() < 0) reject(name, "a number, 0 or more");
  target = value.get<double>();
}

void read(std::chrono::milliseconds& target, const json& value, std::string_view name) {
  int milliseconds = 0;
  read(milliseconds, value, name);
  target = std::chrono::milliseconds(milliseconds);
}

void read(std::vector<std::string>& target, const json& value, std::string_view name) {
  if (!value.is_array()) reject(name, "a list of strings");
  std::vector<std::string> items;
  for (const auto& item : value) read(items.emplace_back(), item, name);
  target = std::move(items);
}

// Copilot's clients send each language as {"languageId": "..."}.
void read_languages(Config& config, const json& value, std::string_view name) {
  auto names = value;
  for (auto& language : names) {
    if (language.is_object() && language.contains("languageId")) language = json(language["languageId"]);
  }
  read(config.disabled_languages, names, name);
}

void read(PredictorMode& target, const json& value, std::string_view name) {
  static const std::map<std::string, PredictorMode> kModes = {
      {"fallback", PredictorMode::fallback}, {"eager", PredictorMode::eager}, {"off", PredictorMode::off}};
  const auto found = value.is_string() ? kModes.find(value.get<std::string>()) : kModes.end();
  if (found == kModes.end()) reject(name, "\"fallback\", \"eager\" or \"off\"");
  target = found->second;
}

void read(LogLevel& target, const json& value, std::string_view name) {
  const auto level = value.is_string() ? log_level_of(value.get<std::string>()) : std::nullopt;
  if (!level) reject(name, "\"error\", \"warning\", \"info\" or \"debug\"");
  target = *level;
}

using Reader = std::function<void(Config&, const json&, std::string_view)>;

template <class Member>
Reader into(Member Config::*member) {
  return [member](Config& config, const json& value, std::string_view name) {
    read(config.*member, value, name);
  };
}

const std::map<std::string, Reader>& readers() {
  static const std::map<std::string, Reader> kReaders = {
      {"endpoint", into(&Config::endpoint)},
      {"token", into(&Config::token)},
      {"enabled", into(&Config::enabled)},
      {"disabledLanguages", read_languages},
      {"exclude", into(&Config::excluded_globs)},
      {"midLine", into(&Config::mid_line)},
      {"stream", into(&Config::stream)},
      {"maxTokens", into(&Config::max_tokens)},
      {"singleLineTokens", into(&Config::single_line_tokens)},
      {"temperature", into(&Config::temperature)},
      {"connectTimeoutMs", into(&Config::connect_timeout)},
      {"deadlineMs", into(&Config::deadline)},
      {"predictor", into(&Config::predictor)},
      {"speculation", into(&Config::speculation)},
      {"callsPerMinute", into(&Config::calls_per_minute)},
      {"callsPerDay", into(&Config::calls_per_day)},
      {"tokensPerDay", into(&Config::tokens_per_day)},
      {"logLevel", into(&Config::log_level)},
      {"logFile", into(&Config::log_file)},
      {"backend", into(&Config::backend)},
      {"maxMessageBytes", into(&Config::max_message_bytes)},
      {"maxDocumentBytes", into(&Config::max_document_bytes)},
      {"workspaceIndex", into(&Config::workspace_index)},
      {"workspaceIndexBytes", into(&Config::workspace_bytes)},
  };
  return kReaders;
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

}  // namespace

void merge_settings(Config& config, const json& settings) {
  if (settings.is_null()) return;
  if (!settings.is_object()) throw ConfigError("settings must be a JSON object");
  std::string faults;
  for (const auto& [name, value] : settings.items()) {
    const auto reader = readers().find(name);
    if (reader == readers().end() || value.is_null()) continue;
    try {
      reader->second(config, value, name);
    } catch (const ConfigError& error) {
      faults.append(faults.empty() ? "" : "; ").append(error.what());
    }
  }
  if (!faults.empty()) throw ConfigError(faults);
}

void merge_environment(Config& config) {
  const std::map<const char*, std::string Config::*> kNames = {{"FIMD_ENDPOINT", &Config::endpoint},
                                                               {"FIMD_TOKEN", &Config::token},
                                                               {"FIMD_LOG_FILE", &Config::log_file},
                                                               {"FIMD_BACKEND", &Config::backend}};
  for (const auto& [name, member] : kNames) {
    if (const auto value = environment(name); !value.empty()) config.*member = value;
  }
  if (const auto level = environment("FIMD_LOG_LEVEL"); !level.empty()) {
    read(config.log_level, json(level), "FIMD_LOG_LEVEL");
  }
  if (const auto scale = environment("FIMD_TIME_SCALE"); !scale.empty()) {
    const auto parsed = std::from_chars(scale.data(), scale.data() + scale.size(), config.time_scale);
    if (parsed.ec != std::errc() || config.time_scale < 0.01)
      throw ConfigError("FIMD_TIME_SCALE must be a number");
  }
}

std::string config_file_path() {
  auto folder = environment("XDG_CONFIG_HOME");
  if (folder.empty()) folder = environment("HOME") + "/.config";
  return folder + "/fimd/config.json";
}

void merge_file(Config& config) {
  const auto path = config_file_path();
  std::ifstream file(path);
  if (!file) return;
  const auto settings = json::parse(file, nullptr, /*allow_exceptions=*/false, /*ignore_comments=*/true);
  if (settings.is_discarded()) throw ConfigError(path + " is not valid JSON");
  merge_settings(config, settings);
}

std::string read_text_file(const std::string& path) {
  constexpr std::size_t kMaxBytes = 1024 * 1024;
  std::ifstream file(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  return text.size() <= kMaxBytes ? text : std::string();
}

std::optional<std::string> endpoint_fault(std::string_view url) {
  if (url.starts_with("https://")) return std::nullopt;
  constexpr std::string_view kPlain = "http://";
  if (!url.starts_with(kPlain)) return "the endpoint must be a URL that starts with https://";
  const auto host = url.substr(kPlain.size(), url.find_first_of(":/", kPlain.size()) - kPlain.size());
  const auto bracketed = url.substr(kPlain.size()).starts_with("[::1]");
  if (bracketed || host == "localhost" || host.starts_with("127.")) return std::nullopt;
  return "plain http would show your code to the network: use https://, or a tunnel to 127.0.0.1";
}

}  // namespace fimd
