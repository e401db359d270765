#include "lambda/providers/local.h"

#include <algorithm>

#include "predictor/predictor.h"

namespace fimd {
namespace {

std::string until_stop(const std::string& text, const std::vector<std::string>& stops) {
  std::size_t end = text.size();
  for (const std::string& stop : stops) {
    if (!stop.empty()) end = std::min(end, text.find(stop));
  }
  return text.substr(0, end);
}

}  // namespace

Outcome local_model(const CompletionRequest& request, const CallTerms& terms) {
  Outcome outcome;
  outcome.completion.model = outcome.asked_model = "local";
  outcome.completion.provider = "local";
  outcome.completion.finish_reason = "stop";
  if (const auto prediction = predict(request.prompt, request.suffix, {})) {
    outcome.completion.completion = until_stop(prediction->text, request.stop);
  }
  const std::string& text = outcome.completion.completion;
  if (request.stream && !text.empty()) terms.on_delta({.text = text});
  return outcome;
}

}  // namespace fimd
