// Everything that can be set, read from the environment once. docs/configuration.md lists the variables.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lambda/auth.h"
#include "lambda/handler.h"
#include "lambda/model.h"
#include "lambda/parameter_store.h"
#include "lambda/team_budget.h"

namespace fimd {

// Looks up one environment variable; an empty one counts as absent.
using Environment = std::function<std::optional<std::string>(const char* name)>;

struct Settings {
  // FIM_PROVIDER; null is the local one.
  const Dialect* dialect = nullptr;
  Url upstream;        // FIM_UPSTREAM_URL, or the dialect's own
  ModelChoice choice;  // FIM_MODEL, or the dialect's own; FIM_MODEL_FAMILY
  std::string key;     // the dialect's key variable (CODESTRAL_API_KEY, ...); empty when it is not set
  // Where the key is when it is not set: FIM_KEY_PARAMETER, with what AWS gives a function to read it.
  ParameterRequest key_source;

  // FIM_TOKENS (name:sha256, ...) and FIM_TOKEN (one token as it is, for `serve`); FIM_AUTH=none opens the
  // door.
  std::vector<Token> tokens;
  bool open = false;

  // FIM_MAX_TOKENS, FIM_MAX_INPUT_BYTES, FIM_MODEL_TIMEOUT_MS, FIM_DAILY_CALLS, FIM_DAILY_TOKENS
  Limits limits;
  BudgetTable budget_table;               // FIM_BUDGET_TABLE: one count for all instances
  std::vector<std::string> cors_origins;  // FIM_CORS_ORIGINS, separated by commas; "*" is any
  std::string ca_path;                    // FIM_CA_PATH, or where the system keeps its certificates
  bool stream_responses = false;          // FIM_INVOKE_MODE=response_stream: behind a streaming function URL
};

// Throws std::invalid_argument, which names the variable and never quotes its value.
Settings read_settings(const Environment& environment);

}  // namespace fimd
