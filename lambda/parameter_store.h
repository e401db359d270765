// Reads the model's key from AWS Systems Manager's Parameter Store, so that it is in no configuration and no
// package.
#pragma once

#include <string>

#include "lambda/http_client.h"
#include "lambda/sigv4.h"

namespace fimd {

struct ParameterRequest {
  std::string name;
  std::string region;
  AwsCredentials credentials;
  Url endpoint;
};

// A value, or why there is none: an AWS error type such as "AccessDeniedException", or "no answer".
struct ParameterAnswer {
  std::string value;
  std::string failure;
};

// One decrypted parameter. Never throws for what the network or AWS may do.
ParameterAnswer read_parameter(const ParameterRequest& request, const Tls* tls, Deadline deadline);

}  // namespace fimd
