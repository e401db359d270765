#include "lambda/backend.h"

#include <boost/system/system_error.hpp>

#include "lambda/providers/local.h"

namespace fimd {
namespace {

constexpr auto kConnectTime = std::chrono::seconds(3);  // of the 10 that INIT may take

bool key_missing(const Settings& settings) {
  return settings.key.empty() && !settings.dialect->key_variable.empty();
}

Model without_key(std::string variable) {
  return [variable = std::move(variable)](const CompletionRequest&, const CallTerms&) {
    return Outcome{.status = 500, .error = variable + " not configured", .retry_after = {}, .completion = {}};
  };
}

}  // namespace

Backend::Backend(const Settings& settings)
    : handler_(model(settings), settings.open ? Doorkeeper::open() : Doorkeeper::with(settings.tokens),
               settings.limits, settings.cors_origins) {}

Model Backend::model(const Settings& settings) {
  if (!settings.dialect) return local_model;
  if (key_missing(settings)) return without_key(std::string(settings.dialect->key_variable));
  if (settings.upstream.tls) tls_ = std::make_unique<Tls>(settings.ca_path);
  upstream_ = std::make_unique<UpstreamModel>(
      UpstreamSettings{settings.dialect, settings.upstream, settings.model, settings.key}, tls_.get());
  return [this](const CompletionRequest& request, const CallTerms& terms) {
    return upstream_->complete(request, terms);
  };
}

bool Backend::warm_up() {
  if (!upstream_) return true;
  try {
    upstream_->connect(std::chrono::steady_clock::now() + kConnectTime);
    return true;
  } catch (const boost::system::system_error&) {
    return false;
  }
}

}  // namespace fimd
