#include "lambda/providers/local.h"

#include "predictor/predictor.h"

namespace fimd {

Outcome local_model(const CompletionRequest& request, const CallTerms& terms) {
  Outcome outcome;
  outcome.completion.model = "local";
  outcome.completion.provider = "local";
  outcome.completion.finish_reason = "stop";
  if (const auto prediction = predict(request.prompt, request.suffix, {})) {
    outcome.completion.completion = prediction->text;
    if (request.stream) terms.on_delta(prediction->text);
  }
  return outcome;
}

}  // namespace fimd
