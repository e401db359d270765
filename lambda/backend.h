// The parts of a process, put together from its settings.
#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "lambda/handler.h"
#include "lambda/model.h"
#include "lambda/settings.h"

namespace fimd {

class Backend {
 public:
  explicit Backend(Settings settings);
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;

  // Reads the key and connects to the model ahead of the first request. What is wrong, or an empty string;
  // nothing of it is final, the requests will try again.
  std::string warm_up();

  Handler& handler() { return handler_; }

  // What can wait until an answer is out: writes down what the team has used. What is wrong, or an empty
  // string.
  std::string settle();

 private:
  Model model();
  // The model, once there is a key for it; before that null, and `why_not_` says why.
  UpstreamModel* upstream(Deadline deadline);
  // Empty when the model needs none. Nothing: there is one and it cannot be had, and `why_not_` says why.
  std::optional<std::string> read_key(Deadline deadline);

  Settings settings_;
  std::unique_ptr<Tls> tls_;  // null when nothing is reached over https
  std::mutex mutex_;
  std::string why_not_;
  std::unique_ptr<UpstreamModel> upstream_;
  std::unique_ptr<TeamBudget> team_;  // null: every process counts for itself
  Handler handler_;
};

}  // namespace fimd
