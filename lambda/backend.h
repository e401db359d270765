// The parts of a process, put together from its settings.
#pragma once

#include <memory>

#include "lambda/handler.h"
#include "lambda/model.h"
#include "lambda/settings.h"

namespace fimd {

class Backend {
 public:
  explicit Backend(const Settings& settings);
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;

  // Connects to the model ahead of the first request. False when that failed; the first request will try
  // again.
  bool warm_up();

  const Handler& handler() const { return handler_; }

 private:
  Model model(const Settings& settings);

  std::unique_ptr<Tls> tls_;                 // null when nothing is reached over https
  std::unique_ptr<UpstreamModel> upstream_;  // null for the local model and without a key
  Handler handler_;
};

}  // namespace fimd
