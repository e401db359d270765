// Calls of AWS's JSON services: one signed POST each, as the function's role.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "lambda/http_client.h"
#include "lambda/sigv4.h"

namespace fimd {

struct AwsApi {
  std::string name;          // as signatures spell it: "ssm", "dynamodb"
  std::string content_type;  // "application/x-amz-json-1.1" or 1.0
  std::string region;
  AwsCredentials credentials;
  Url endpoint;
};

// What came back, or why nothing did: an AWS error type such as "AccessDeniedException", "HTTP 503" or "no
// answer".
struct AwsAnswer {
  nlohmann::json body;
  std::string failure;  // empty: it worked
};

// `target` names the operation: "AmazonSSM.GetParameter". `client` must lead to the service's endpoint. Never
// throws for what the network or AWS may do.
AwsAnswer call_aws(HttpClient& client, const AwsApi& service, const std::string& target,
                   const nlohmann::json& arguments, Deadline deadline);

}  // namespace fimd
