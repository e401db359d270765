#include "lambda/parameter_store.h"

#include "lambda/fields.h"

namespace fimd {

ParameterAnswer read_parameter(const ParameterRequest& request, const Tls* tls, Deadline deadline) {
  HttpClient client(request.store.endpoint, tls);
  const nlohmann::json arguments = {{"Name", request.name}, {"WithDecryption", true}};
  const AwsAnswer answer = call_aws(client, request.store, "AmazonSSM.GetParameter", arguments, deadline);
  if (!answer.failure.empty()) return {"", answer.failure};
  std::string value = text_member(member(answer.body, "Parameter"), "Value");
  const bool empty = value.empty();
  return {std::move(value), empty ? "an answer without a value" : ""};
}

}  // namespace fimd
