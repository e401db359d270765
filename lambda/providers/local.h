// The keyless provider: completions that the predictor finds in the request's own text.
#pragma once

#include "lambda/model.h"

namespace fimd {

// Completion "" when the predictor is not sure enough of anything. A streamed answer is one piece.
Outcome local_model(const CompletionRequest& request, const CallTerms& terms);

}  // namespace fimd
