#include "lambda/settings.h"

#include <map>
#include <stdexcept>

#include "tests/support/catch.h"

using namespace fimd;

namespace {

using Variables = std::map<std::string, std::string>;

Settings settings(const Variables& variables) {
  return read_settings([&](const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  });
}

std::string upstream(const Variables& variables) {
  const Url url = settings(variables).upstream;
  return (url.tls ? "tls " : "plain ") + url.host + " " + url.port + " " + url.path;
}

std::string refusal(const Variables& variables) {
  try {
    settings(variables);
    return "taken";
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("settings: without any, Codestral behind a closed door") {
  const Settings defaults = settings({});
  CHECK(defaults.dialect->name == "codestral");
  CHECK(defaults.choice.model == "codestral-latest");
  CHECK(defaults.key.empty());
  CHECK_FALSE(defaults.open);
  CHECK(defaults.tokens.empty());
  CHECK_FALSE(defaults.stream_responses);
  CHECK(upstream({}) == "tls codestral.mistral.ai 443 ");
}

TEST_CASE("settings: the upstream may be replaced, plain http only on this machine") {
  CHECK(upstream({{"FIM_UPSTREAM_URL", "https://api.mistral.ai/"}}) == "tls api.mistral.ai 443 ");
  CHECK(upstream({{"FIM_UPSTREAM_URL", "http://127.0.0.1:8080"}}) == "plain 127.0.0.1 8080 ");
  CHECK(upstream({{"FIM_UPSTREAM_URL", "http://[::1]:1/base"}}) == "plain ::1 1 /base");
  CHECK(upstream({{"FIM_UPSTREAM_URL", "http://localhost/"}}) == "plain localhost 80 ");
  const std::string not_plain = "FIM_UPSTREAM_URL: plain http is for this machine only, use https";
  CHECK(refusal({{"FIM_UPSTREAM_URL", "http://example.com"}}) == not_plain);
  CHECK(refusal({{"FIM_UPSTREAM_URL", "http://127.0.0.1.example.com"}}) == not_plain);
  const std::string no_url = "FIM_UPSTREAM_URL: must be an http or https URL without query";
  for (const char* text :
       {"ftp://x", "x", "https://", "https://user@host", "https://host?x=1", "https://host:port"}) {
    CHECK(refusal({{"FIM_UPSTREAM_URL", text}}) == no_url);
  }
}

TEST_CASE("settings: the local provider needs nothing") {
  CHECK(settings({{"FIM_PROVIDER", "local"}}).dialect == nullptr);
  CHECK(refusal({{"FIM_PROVIDER", "psychic"}}) == "FIM_PROVIDER: no such provider");
}

TEST_CASE("settings: other providers say what they need") {
  const std::string here = "http://127.0.0.1:8080";
  CHECK(refusal({{"FIM_PROVIDER", "llamacpp"}}) == "FIM_UPSTREAM_URL: this provider needs it");
  CHECK(refusal({{"FIM_PROVIDER", "ollama"}}) == "FIM_MODEL: this provider needs it");
  CHECK(upstream({{"FIM_PROVIDER", "ollama"}, {"FIM_MODEL", "m"}}) == "plain 127.0.0.1 11434 ");
  const Variables openai = {{"FIM_PROVIDER", "openai"}, {"FIM_UPSTREAM_URL", here}, {"FIM_MODEL", "m"}};
  CHECK(settings(openai).choice.tokens == nullptr);
  Variables qwen = openai;
  qwen["FIM_MODEL_FAMILY"] = "qwen";
  qwen["FIM_API_KEY"] = "k";
  CHECK(settings(qwen).choice.tokens->family == "qwen");
  CHECK(settings(qwen).key == "k");
  qwen["FIM_MODEL_FAMILY"] = "gpt";
  CHECK(refusal(qwen) == "FIM_MODEL_FAMILY: must be qwen, starcoder, deepseek or codellama");
}

TEST_CASE("settings: the key may lie in the parameter store") {
  const Variables aws = {
      {"FIM_KEY_PARAMETER", "/fim/key"}, {"AWS_REGION", "eu-west-1"}, {"AWS_ACCESS_KEY_ID", "a"}};
  CHECK(settings(aws).key_source.name == "/fim/key");
  CHECK(settings(aws).key_source.store.endpoint.host == "ssm.eu-west-1.amazonaws.com");
  CHECK(settings({}).key_source.name.empty());
  Variables elsewhere = aws;
  elsewhere["AWS_ENDPOINT_URL_SSM"] = "http://example.com";
  CHECK(refusal(elsewhere) == "AWS_ENDPOINT_URL_SSM: must be an https URL");
}

TEST_CASE("settings: who may come in") {
  CHECK(settings({{"FIM_AUTH", "none"}}).open);
  CHECK(settings({{"FIM_AUTH", "iam"}}).open);
  CHECK_FALSE(settings({{"FIM_AUTH", "token"}}).open);
  CHECK(settings({{"FIM_TOKEN", "secret"}}).tokens.at(0).digest == sha256("secret"));
  CHECK(settings({{"FIM_TOKENS", "a:" + std::string(64, '0')}}).tokens.at(0).name == "a");
  CHECK(refusal({{"FIM_AUTH", "maybe"}}) == "FIM_AUTH: must be token, iam or none");
  CHECK(refusal({{"FIM_TOKENS", "a-secret-in-the-wrong-place"}}) ==
        "FIM_TOKENS: every entry must be name:sha256");
}

TEST_CASE("settings: limits are positive numbers") {
  CHECK(settings({{"FIM_MAX_TOKENS", "64"}}).limits.max_tokens == 64);
  CHECK(settings({{"FIM_MODEL_TIMEOUT_MS", "1500"}}).limits.model_time == std::chrono::milliseconds(1500));
  for (const char* text : {"0", "-1", "x", "1x", "99999999999"}) {
    CHECK(refusal({{"FIM_MAX_TOKENS", text}}) == "FIM_MAX_TOKENS: must be a positive number");
  }
}

TEST_CASE("settings: lists and modes") {
  using List = std::vector<std::string>;
  CHECK(settings({{"FIM_CORS_ORIGINS", "https://a, https://b ,,"}}).cors_origins ==
        List{"https://a", "https://b"});
  CHECK(settings({{"FIM_INVOKE_MODE", "response_stream"}}).stream_responses);
  CHECK(refusal({{"FIM_INVOKE_MODE", "x"}}) == "FIM_INVOKE_MODE: must be buffered or response_stream");
}
