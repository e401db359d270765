#include "lambda/aws_api.h"

#include <algorithm>
#include <boost/system/system_error.hpp>
#include <ctime>

#include "lambda/fields.h"

namespace fimd {
namespace {

using boost::system::system_error;
using nlohmann::json;

constexpr std::size_t kMaxAnswerBytes = 64 * 1024;

std::string amz_date() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  char text[32];
  return std::string(text, std::strftime(text, sizeof text, "%Y%m%dT%H%M%SZ", &utc));
}

HttpRequest signed_request(const AwsApi& service, const std::string& target, const json& arguments) {
  const Url& endpoint = service.endpoint;
  const bool usual_port = endpoint.port == (endpoint.tls ? "443" : "80");
  const std::string host = usual_port ? endpoint.host : endpoint.host + ":" + endpoint.port;
  SignedRequest to_sign{
      .method = "POST",
      .path = "/",
      .query = "",
      .headers = {{"content-type", service.content_type}, {"host", host}, {"x-amz-date", amz_date()}},
      .body = arguments.dump()};
  if (!service.credentials.session_token.empty()) {
    to_sign.headers.emplace_back("x-amz-security-token", service.credentials.session_token);
  }
  to_sign.headers.emplace_back("x-amz-target", target);
  const SigningScope scope{
      .time = to_sign.headers[2].second, .region = service.region, .service = service.name};
  HttpRequest result{.method = "POST", .target = "/", .headers = to_sign.headers, .body = to_sign.body};
  result.headers.emplace_back("authorization", sigv4_authorization(to_sign, scope, service.credentials));
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

AwsAnswer exchange(HttpClient& client, const HttpRequest& request, Deadline deadline) {
  const HttpHead head = client.send(request, deadline);
  json body = json::parse(client.read_all(kMaxAnswerBytes, deadline), nullptr, false);
  if (head.status != 200) return {nullptr, error_type(body, head.status)};
  return {std::move(body), ""};
}

}  // namespace

AwsAnswer call_aws(HttpClient& client, const AwsApi& service, const std::string& target,
                   const json& arguments, Deadline deadline) {
  const HttpRequest request = signed_request(service, target, arguments);
  for (bool reused = client.connected();; reused = false) {
    try {
      return exchange(client, request, deadline);
    } catch (const system_error&) {
      client.close();
      // A kept connection may have died while the function was frozen: once more on a new one.
      if (!reused || std::chrono::steady_clock::now() >= deadline) return {nullptr, "no answer"};
    }
  }
}

}  // namespace fimd
