#include "lambda/parameter_store.h"

#include <algorithm>
#include <boost/system/system_error.hpp>
#include <ctime>
#include <nlohmann/json.hpp>

#include "lambda/fields.h"

namespace fimd {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxAnswerBytes = 64 * 1024;

std::string amz_date() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  char text[32];
  return std::string(text, std::strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &utc));
}

HttpRequest signed_request(const ParameterRequest& request) {
  const bool usual_port = request.endpoint.port == (request.endpoint.tls ? "443" : "80");
  const std::string host =
      usual_port ? request.endpoint.host : request.endpoint.host + ":" + request.endpoint.port;
  SignedRequest to_sign{
      .method = "POST",
      .path = "/",
      .query = "",
      .headers = {{"content-type", "application/x-amz-json-1.1"}, {"host", host}, {"x-amz-date", amz_date()}},
      .body = json{{"Name", request.name}, {"WithDecryption", true}}.dump()};
  if (!request.credentials.session_token.empty()) {
    to_sign.headers.emplace_back("x-amz-security-token", request.credentials.session_token);
  }
  to_sign.headers.emplace_back("x-amz-target", "AmazonSSM.GetParameter");
  const SigningScope scope{.time = to_sign.headers[2].second, .region = request.region, .service = "ssm"};
  HttpRequest result{.method = "POST", .target = "/", .headers = to_sign.headers, .body = to_sign.body};
  result.headers.emplace_back("authorization", sigv4_authorization(to_sign, scope, request.credentials));
  return result;
}

// "com.amazonaws.ssm#ParameterNotFound" -> "ParameterNotFound"; letters only, since it goes into the log.
std::string error_type(const json& body, int status) {
  std::string type = text_member(body, "__type");
  type = type.substr(type.rfind('#') + 1);
  const auto letter = [](unsigned char c) { return std::isalpha(c) != 0; };
  const bool good = !type.empty() && type.size() < 64 && std::all_of(type.begin(), type.end(), letter);
  return good ? type : "HTTP " + std::to_string(status);
}

}  // namespace

ParameterAnswer read_parameter(const ParameterRequest& request, const Tls* tls, Deadline deadline) {
  try {
    HttpClient client(request.endpoint, tls);
    const HttpHead head = client.send(signed_request(request), deadline);
    const json body = json::parse(client.read_all(kMaxAnswerBytes, deadline), nullptr, false);
    const std::string value = text_member(member(body, "Parameter"), "Value");
    if (head.status == 200 && !value.empty()) return {value, ""};
    return {"", error_type(body, head.status)};
  } catch (const boost::system::system_error&) {
    return {"", "no answer"};
  }
}

}  // namespace fimd
