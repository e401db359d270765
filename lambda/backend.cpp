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

}  // namespace

Backend::Backend(Settings settings)
    : settings_(std::move(settings)),
      handler_(model(), settings_.open ? Doorkeeper::open() : Doorkeeper::with(settings_.tokens),
               settings_.limits, settings_.cors_origins) {
  const bool https = settings_.dialect && (settings_.upstream.tls || settings_.key_source.endpoint.tls);
  if (https) tls_ = std::make_unique<Tls>(settings_.ca_path);
}

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
  const std::string key = read_key(deadline);
  if (key.empty() && !settings_.dialect->key_variable.empty()) return nullptr;
  upstream_ = std::make_unique<UpstreamModel>(
      UpstreamSettings{settings_.dialect, settings_.upstream, settings_.choice, key}, tls_.get());
  return upstream_.get();
}

std::string Backend::read_key(Deadline deadline) {
  why_not_ = std::string(settings_.dialect->key_variable) + " not configured";
  if (!settings_.key.empty() || settings_.key_source.name.empty()) return settings_.key;
  const auto until = std::min(deadline, std::chrono::steady_clock::now() + kKeyTime);
  const ParameterAnswer answer = read_parameter(settings_.key_source, tls_.get(), until);
  why_not_ = "The model's key could not be read from the parameter store: " + answer.failure;
  return answer.value;
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
