// Every knob: its default and its unit. Sources, later ones win: the file, the environment, flags, editor
// settings.
#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/log.h"

namespace fimd {

using SteadyClock = std::chrono::steady_clock;

enum class PredictorMode { fallback, eager, off };

struct Config {
  // Where completions come from. The whole URL with its path:
  // "https://ID.execute-api.REGION.amazonaws.com/fim". Plain http only to this machine. Empty: the bundled
  // backend is started on loopback if the environment names a model, else the predictor answers alone.
  std::string endpoint;
  std::string token;  // sent as a bearer token; never logged

  bool enabled = true;
  std::vector<std::string> disabled_languages;  // LSP languageIds that get no completions
  std::vector<std::string> excluded_globs;  // gitignore-like patterns of files that never leave the machine
  bool mid_line = false;                    // suggest unasked also where the line goes on after the cursor
  bool stream = true;                       // ask for server-sent events, use text as it arrives
  int max_tokens = 256;                     // per multi-line completion; the endpoint may clamp lower
  int single_line_tokens = 64;              // when only the rest of the line is wanted
  double temperature = 0.2;
  std::chrono::milliseconds connect_timeout{3'000};
  std::chrono::milliseconds deadline{10'000};  // one call to the endpoint, start to end

  PredictorMode predictor = PredictorMode::fallback;
  bool workspace_index = true;                 // learn from the files of the workspace
  std::uint64_t workspace_bytes = 50'000'000;  // of source, at most; the files changed last come first
  bool speculation = true;                     // fetch the state after an accept before it is asked for
  int calls_per_minute = 60;                   // 0 = no cap; reaching it degrades to cache and predictor
  int calls_per_day = 0;                       // 0 = no cap
  std::int64_t tokens_per_day = 0;             // prompt and completion together; 0 = no cap

  LogLevel log_level = LogLevel::warning;
  std::string log_file;  // besides stderr; empty = none
  // Both count from the start of the program only.
  int max_message_bytes = 64 * 1024 * 1024;  // of the editor; a larger one is read and thrown away
  int max_document_bytes = 10'000'000;       // a larger one gets no completions
  std::string backend;  // path of the bundled fim-lambda; empty = beside this program, then PATH

  // For benches: every duration of the engine is divided by it. 10 = time runs ten times as fast.
  double time_scale = 1.0;
  SteadyClock::duration scaled(SteadyClock::duration duration) const {
    return std::chrono::duration_cast<SteadyClock::duration>(duration / time_scale);
  }
};

// Settings that could not be used. `what()` names each and says what to do; it never quotes a token.
struct ConfigError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Merges settings as they stand in the file, in initializationOptions and in didChangeConfiguration
// (camelCase names, see docs/configuration.md). Unknown names are ignored; null leaves a value alone. Throws
// ConfigError, after it has taken the settings that are right.
void merge_settings(Config& config, const nlohmann::json& settings);

// The names of the environment: FIMD_ENDPOINT, FIMD_TOKEN, FIMD_LOG_LEVEL, FIMD_LOG_FILE, FIMD_BACKEND,
// FIMD_TIME_SCALE. Throws ConfigError.
void merge_environment(Config& config);

// ${XDG_CONFIG_HOME:-~/.config}/fimd/config.json
std::string config_file_path();

// What stands there; a missing file is fine. Throws ConfigError.
void merge_file(Config& config);

// All of a small text file; empty when it cannot be read or is over 1 MiB.
std::string read_text_file(const std::string& path);

// An endpoint that would be refused: not http(s), or plain http to another machine. Nothing when it is fine.
std::optional<std::string> endpoint_fault(std::string_view url);

}  // namespace fimd
