#include "lambda/backend.h"

#include <algorithm>
#include <boost/system/system_error.hpp>

#include "lambda/parameter_store.h"
#include "lambda/providers/local.h"

namespace fimd {
namespace {

// Of the 10 s that INIT may take.
constexpr auto kConnectTime = std::chrono::seconds(3);
constexpr auto kKeyTime = std::chrono::seconds(3);
constexpr auto kSettleTime = std::chrono::seconds(2);

// A line end that came along when the key was pasted would break the request's head.
std::string trimmed(const std::string& text) {
  constexpr const char* kBlanks = " \t\r\n";
  const auto first = text.find_first_not_of(kBlanks);
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

bool needs_tls(const Settings& settings) {
  const bool model = settings.dialect && (settings.upstream.tls || settings.key_source.store.endpoint.tls);
  return model || settings.budget_table.dynamodb.endpoint.tls;
}

std::unique_ptr<TeamBudget> team_budget(const Settings& settings, const Tls* tls) {
  if (settings.budget_table.name.empty()) return nullptr;
  return std::make_unique<TeamBudget>(settings.limits.daily, settings.budget_table, tls);
}

}  // namespace

Backend::Backend(Settings settings)
    : settings_(std::move(settings)),
      tls_(needs_tls(settings_) ? std::make_unique<Tls>(settings_.ca_path) : nullptr),
      team_(team_budget(settings_, tls_.get())),
      handler_(model(), settings_.open ? Doorkeeper::open() : Doorkeeper::with(settings_.tokens),
               settings_.limits, settings_.cors_origins, team_.get()) {}

Model Backend::model() {
  if (!settings_.dialect) return local_model;
  return [this](const CompletionRequest& request, const CallTerms& terms) {
    if (UpstreamModel* found = upstream(terms.deadline)) return found->complete(request, terms);
    const std::lock_guard lock(mutex_);
    return Outcome{.status = 500, .error = why_not_, .retry_after = {}, .completion = {}};
  };
}

UpstreamModel* Backend::upstream(Deadline deadline) {
  const std::lock_guard lock(mutex_);
  if (upstream_) return upstream_.get();
  const auto key = read_key(deadline);
  if (!key) return nullptr;
  upstream_ = std::make_unique<UpstreamModel>(
      UpstreamSettings{settings_.dialect, settings_.upstream, settings_.choice, *key}, tls_.get());
  return upstream_.get();
}

std::optional<std::string> Backend::read_key(Deadline deadline) {
  const std::string_view variable = settings_.dialect->key_variable;
  std::string key = trimmed(settings_.key);
  if (key.empty() && !settings_.key_source.name.empty()) {
    const auto until = std::min(deadline, std::chrono::steady_clock::now() + kKeyTime);
    const ParameterAnswer answer = read_parameter(settings_.key_source, tls_.get(), until);
    const bool needless = variable.empty() && answer.failure == "ParameterNotFound";
    why_not_ = "The model's key could not be read from the parameter store: " + answer.failure;
    if (!answer.failure.empty() && !needless) return std::nullopt;
    key = trimmed(answer.value);
  }
  why_not_ = std::string(variable) + " not configured";
  if (key.empty() && !variable.empty()) return std::nullopt;
  return key;
}

std::string Backend::settle() {
  if (!team_) return "";
  const std::string failure = team_->settle(std::chrono::steady_clock::now() + kSettleTime);
  return failure.empty() ? "" : "The team's budget could not be written: " + failure;
}

std::string Backend::warm_up() {
  if (!settings_.dialect) return "";
  const auto start = std::chrono::steady_clock::now();
  UpstreamModel* found = upstream(start + kKeyTime);
  if (!found) return why_not_;
  try {
    found->connect(std::chrono::steady_clock::now() + kConnectTime);
    return "";
  } catch (const boost::system::system_error&) {
    return "The model cannot be reached";
  }
}

}  // namespace fimd
