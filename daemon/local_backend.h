// The bundled backend: fim-lambda serving on loopback, for when no endpoint is configured but a model is.
#pragma once

#include <boost/asio/cancellation_signal.hpp>
#include <string>

#include "daemon/config.h"
#include "daemon/endpoint.h"
#include "daemon/task.h"

namespace fimd {

// Keeps `fim-lambda serve` running on a random port with a random token, and the endpoint connected to it. It
// ends with the daemon, and when it dies it is started again after 0.5, 1, 2, ... 8 s.
class LocalBackend {
 public:
  LocalBackend(asio::io_context& io, Endpoint& endpoint, const Config& config);

  // Starts it if it does not run. Why it cannot run becomes the endpoint's fault.
  void start();
  void stop();

 private:
  Task<> run();
  Task<std::string> run_once(std::string program);
  std::string find_program() const;

  asio::io_context& io_;
  Endpoint& endpoint_;
  const Config& config_;
  asio::cancellation_signal stop_;
  bool running_ = false;
};

// Whether the environment names a model for the bundled backend (CODESTRAL_API_KEY, FIM_UPSTREAM_URL,
// FIM_PROVIDER). Without one there is nothing to start: the predictor answers alone.
bool has_model_configured();

// Connects the endpoint to what is configured: the user's own, else the bundled backend, else nothing. Call
// it again when the configuration has changed.
void connect_as_configured(const Config& config, Endpoint& endpoint, LocalBackend& backend);

}  // namespace fimd
