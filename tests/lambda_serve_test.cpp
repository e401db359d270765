// The built binary as a local server.
#include <algorithm>
#include <thread>

#include "lambda/http_client.h"
#include "tests/support/catch.h"
#include "tests/support/child.h"
#include "tests/support/codestral_stand_in.h"

using namespace fimd::test;
using namespace std::literals;

namespace {

using Variables = Child::Environment;

class Server {
 public:
  explicit Server(const Variables& environment, const std::vector<std::string>& options = {}) {
    std::vector<std::string> command = {FIM_LAMBDA, "serve"};
    command.insert(command.end(), options.begin(), options.end());
    child = std::make_unique<Child>(command, environment);
    url = child->read_line().value_or("");
  }

  fimd::HttpClient client() const { return fimd::HttpClient(fimd::parse_url(url).value(), nullptr); }

  std::string post(const std::string& body, fimd::HeaderList headers = {}) const {
    auto http = client();
    return exchange(http, body, std::move(headers));
  }

  static std::string exchange(fimd::HttpClient& http, const std::string& body,
                              fimd::HeaderList headers = {}) {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    const auto head = http.send({.target = "/fim", .headers = std::move(headers), .body = body}, deadline);
    return std::to_string(head.status) + " " + http.read_all(1 << 20, deadline);
  }

  std::unique_ptr<Child> child;
  std::string url;
};

const Variables kLocal = {{"FIM_PROVIDER", "local"}};

}  // namespace

TEST_CASE("serve: prints where it listens and answers there") {
  const Server server(kLocal);
  CHECK(server.url.starts_with("http://127.0.0.1:"));
  CHECK(server.url.ends_with("/fim"));
  CHECK(server.post(R"({"prompt":""})").starts_with("200 {\"completion\":\"\""));
  CHECK(server.post("x") == R"(400 {"error":"Request body is not valid JSON","success":false})");
}

TEST_CASE("serve: the local model finds what the text has said before") {
  const Server server(kLocal);
  std::string prompt;
  for (int i = 0; i < 3; ++i) prompt += "total = compute_total(items, tax_rate)\\nprint(total)\\n";
  const std::string answer = server.post(R"({"prompt":")" + prompt + R"(total = comp"})");
  CHECK(answer.find("ute_total(items, tax_rate)") != std::string::npos);
}

TEST_CASE("serve: a token, when one is set") {
  const Server server(Variables{{"FIM_PROVIDER", "local"}, {"FIM_TOKEN", "open-sesame"}});
  CHECK(server.post(R"({"prompt":""})").starts_with("401 "));
  CHECK(server.post(R"({"prompt":""})", {{"Authorization", "Bearer open-sesame"}}).starts_with("200 "));
}

TEST_CASE("serve: several connections at once, each kept alive") {
  CodestralStandIn codestral("x", {.delay = 5ms});
  const Server server(
      Variables{{"FIM_UPSTREAM_URL", codestral.url()}, {"CODESTRAL_API_KEY", "stand-in-key"}});
  std::vector<std::thread> clients;
  std::atomic<int> good = 0;
  for (int i = 0; i < 6; ++i) {
    clients.emplace_back([&] {
      auto http = server.client();
      for (int k = 0; k < 10; ++k)
        good += Server::exchange(http, R"({"prompt":"a"})").starts_with("200 ") ? 1 : 0;
    });
  }
  for (auto& client : clients) client.join();
  CHECK(good == 60);
}

TEST_CASE("serve: a client that leaves ends the call of the model") {
  CodestralStandIn codestral("x", {.delay = 60s});
  const Server server(
      Variables{{"FIM_UPSTREAM_URL", codestral.url()}, {"CODESTRAL_API_KEY", "stand-in-key"}});
  {
    auto http = server.client();
    http.abandon_when([&] { return !codestral.server().exchanges().empty(); });
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    CHECK_THROWS(http.send({.target = "/fim", .headers = {}, .body = R"({"prompt":"a"})"}, deadline));
  }
  CHECK(codestral.server().wait_for_disconnects(1));
}

TEST_CASE("serve: too large a body is refused in JSON") {
  const Server server(kLocal);
  CHECK(server.post(std::string(7 << 20, ' ')) == R"(413 {"error":"Request too large","success":false})");
}

TEST_CASE("serve: ends with its parent when asked to") {
  const Server server(kLocal, {"--exit-with-parent"});
  CHECK_FALSE(server.url.empty());
  server.child->close_stdin();
  CHECK(server.child->wait() == 0);
}

TEST_CASE("serve: wrong arguments and settings end it at once") {
  CHECK(Child({FIM_LAMBDA, "serve", "--listen", "nonsense:x"}, {}).wait() == 2);
  CHECK(Child({FIM_LAMBDA, "serve", "--what"}, {}).wait() == 2);
  CHECK(Child({FIM_LAMBDA}, {}).wait() == 2);
  CHECK(Child({FIM_LAMBDA, "serve"}, {{"FIM_PROVIDER", "psychic"}}).wait() == 1);
  CHECK(Child({FIM_LAMBDA, "serve", "--listen", "0.0.0.0:0"}, kLocal).wait() == 1);
  CHECK(Child({FIM_LAMBDA, "--version"}, {}).wait() == 0);
  CHECK(Child({FIM_LAMBDA, "--help"}, {}).wait() == 0);
}
