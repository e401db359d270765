// Reads the model's key from AWS Systems Manager's Parameter Store, so that it is in no configuration and no
// package.
#pragma once

#include <string>

#include "lambda/aws_api.h"

namespace fimd {

struct ParameterRequest {
  std::string name;  // empty: the key is not in the parameter store
  AwsApi store;
};

// A value, or why there is none: see AwsAnswer.
struct ParameterAnswer {
  std::string value;
  std::string failure;
};

// One decrypted parameter. Never throws for what the network or AWS may do.
ParameterAnswer read_parameter(const ParameterRequest& request, const Tls* tls, Deadline deadline);

}  // namespace fimd
