#include "lambda/model.h"

#include <arpa/inet.h>
#include <linux/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/support/catch.h"
#include "tests/support/codestral_stand_in.h"

using namespace fimd;
using namespace std::chrono_literals;
using test::CodestralStandIn;
using test::Reply;
using test::ScriptedServer;
using Ending = Reply::Ending;

namespace {

// A model call against a URL: what was streamed, and the outcome.
class Caller {
 public:
  explicit Caller(const std::string& url)
      : model_({&codestral_dialect(), *parse_url(url), {"codestral-latest", nullptr}, "stand-in-key"},
               nullptr) {}

  Outcome ask(bool stream = false, std::chrono::milliseconds time = 5s) {
    CompletionRequest request;
    request.prompt = "int x = ";
    request.suffix = ";";
    request.stream = stream;
    CallTerms terms;
    terms.deadline = std::chrono::steady_clock::now() + time;
    terms.on_delta = [&](const Delta& delta) { return deltas += delta.text, deltas.size() < stop_after; };
    terms.abandoned = abandoned;
    return model_.complete(request, terms);
  }

  // "status error" or the completion.
  std::string result(bool stream = false, std::chrono::milliseconds time = 5s) {
    const Outcome outcome = ask(stream, time);
    return outcome.status == 200 ? outcome.completion.completion
                                 : std::to_string(outcome.status) + " " + outcome.error;
  }

  std::string deltas;
  std::size_t stop_after = std::string::npos;
  std::function<bool()> abandoned;

 private:
  UpstreamModel model_;
};

// What a model call makes of one reply.
std::string result_of(const Reply& reply, bool stream = false, std::chrono::milliseconds time = 5s) {
  ScriptedServer server({reply});
  return Caller(server.url()).result(stream, time);
}

// How many packets with data a call of the model sends to a server that says nothing.
int packets_of_a_call() {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  REQUIRE(::bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0);
  REQUIRE(::listen(listener, 1) == 0);
  REQUIRE(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  const std::string url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  CHECK(Caller(url).ask(false, 50ms).status == 504);
  const int accepted = ::accept(listener, nullptr, nullptr);
  tcp_info facts{};
  size = sizeof facts;
  REQUIRE(::getsockopt(accepted, IPPROTO_TCP, TCP_INFO, &facts, &size) == 0);
  ::close(accepted);
  ::close(listener);
  return static_cast<int>(facts.tcpi_data_segs_in);
}

}  // namespace

TEST_CASE("model: a call leaves in one packet") {
  CHECK(packets_of_a_call() == 1);
}

TEST_CASE("model: what Codestral says comes back byte for byte, whole and streamed") {
  const std::string text = "42;\n\tgröße = \"\\u0000\" + '日本語';\n";
  CodestralStandIn codestral(text, {.delta_bytes = 1, .cached_tokens = 2});
  Caller caller(codestral.url());
  CHECK(caller.result() == text);
  const Outcome streamed = caller.ask(true);
  CHECK(streamed.completion.completion == text);
  CHECK(caller.deltas == text);
  CHECK(streamed.completion.finish_reason == "stop");
  CHECK(streamed.completion.model == "codestral-latest");
  CHECK(streamed.completion.provider == "codestral");
  CHECK(streamed.completion.usage->cached_tokens == 2);
}

TEST_CASE("model: an empty answer is an answer") {
  CodestralStandIn codestral(std::string{});
  CHECK(Caller(codestral.url()).result().empty());
  CHECK(Caller(codestral.url()).result(true).empty());
}

TEST_CASE("model: one connection serves many calls") {
  CodestralStandIn codestral("x");
  Caller caller(codestral.url());
  for (int i = 0; i < 5; ++i) CHECK(caller.result(i % 2 == 1) == "x");
  CHECK(codestral.server().exchanges().back().connection == 1);
}

TEST_CASE("model: a connection that died while we slept is replaced once") {
  // What a frozen Lambda wakes up with: the peer has closed after its last answer.
  const Reply last{.body = R"({"choices":[{"message":{"content":"y"}}]})", .claimed_length = {}};
  ScriptedServer server([&, count = 0](const test::HttpRequest&) mutable {
    Reply reply = last;
    if (++count == 1) reply.ending = Ending::close, reply.stop_after = reply.body.size();
    return reply;
  });
  Caller caller(server.url());
  CHECK(caller.result() == "y");
  CHECK(caller.result() == "y");
  CHECK(server.exchanges().back().connection == 2);
}

TEST_CASE("model: a fresh connection that fails is not tried again") {
  ScriptedServer server({Reply{.raw = ""}});
  CHECK(Caller(server.url()).result() == "502 Codestral error: connection failed");
  CHECK(server.exchanges().size() == 1);
}

TEST_CASE("model: errors keep their status and their sentence") {
  const std::string unauthorized =
      "401 Codestral error: Unauthorized"
      " (codestral.mistral.ai and api.mistral.ai have different keys, see FIM_UPSTREAM_URL)";
  CHECK(result_of(test::unauthorized()) == unauthorized);
  CHECK(result_of(test::gateway_unauthorized()) == unauthorized);
  CHECK(result_of(test::unprocessable("x")) == "422 Codestral error: Extra inputs are not permitted");
  CHECK(result_of(test::rate_limited(3)) == "429 Codestral error: Rate limit exceeded");
  CHECK(result_of(test::broken()) == "500 Codestral error: Internal server error");
  for (const int status : {403, 404, 408, 500, 502, 503}) {
    CHECK(result_of({.status = status, .body = "<html>"}) ==
          std::to_string(status) + " Codestral error: HTTP " + std::to_string(status));
  }
  CHECK(result_of({.status = 302, .headers = {{"Location", "http://127.0.0.1:1/"}}}) ==
        "502 Codestral error: HTTP 302");
  CHECK(result_of({.status = 500, .body = R"({"message":"your key stand-in-key\nis bad"})"}) ==
        "500 Codestral error: your key [key] is bad");
}

TEST_CASE("model: Retry-After is kept") {
  ScriptedServer server({test::rate_limited(17)});
  CHECK(Caller(server.url()).ask().retry_after == "17");
}

TEST_CASE("model: garbage is a 502") {
  CHECK(result_of({.body = "<html>hello</html>"}) == "502 Codestral error: the answer is not JSON");
  CHECK(result_of({.body = "[]"}) == "502 Codestral error: the answer is not JSON");
  for (const char* body : {"{}", R"({"choices":[]})", R"({"choices":[7]})", R"({"choices":"x"})",
                           R"({"choices":[{"message":{"content":[{"type":"text"}]}}]})"}) {
    CHECK(result_of({.body = body}) == "502 Codestral error: the answer holds no completion");
  }
  CHECK(result_of({.raw = "SSH-2.0-OpenSSH_9.2\r\n\r\n"}) == "502 Codestral error: connection failed");
  CHECK(result_of({.body = "{}", .claimed_length = 1000}) == "502 Codestral error: connection failed");
  CHECK(result_of({.body = std::string(2 * 1024 * 1024, ' ')}) == "502 Codestral error: connection failed");
  CHECK(
      result_of(
          {.body = R"({"choices":[{"message":{"content":null},"finish_reason":5}],"model":7,"usage":[]})"}) ==
      "");
}

TEST_CASE("model: a stream that breaks off is a 502, with what it said before") {
  CodestralStandIn closing("0123456789abcdef", {.ending = Ending::close, .stop_after = 250});
  Caller caller(closing.url());
  CHECK(caller.result(true) == "502 Codestral error: connection failed");
  CHECK(caller.deltas == "01234567");
  CodestralStandIn resetting("0123456789abcdef", {.ending = Ending::reset, .stop_after = 250});
  CHECK(Caller(resetting.url()).result(true) == "502 Codestral error: connection failed");
  CHECK(result_of({.chunks = {"data: [DONE]\n\n"}}, true) == "502 Codestral error: the answer broke off");
  CHECK(result_of({.body = "<html>"}, true) == "502 Codestral error: the answer broke off");
}

TEST_CASE("model: a stream without end is cut") {
  const std::string event = R"(data: {"choices":[{"delta":{"content":"0123456789abcdef"}}]})"
                            "\n\n";
  std::string body;
  for (int i = 0; i < 100; ++i) body += event;
  ScriptedServer server({Reply{.body = body, .ending = Ending::endless}});
  const Outcome outcome = Caller(server.url()).ask(true);
  CHECK(outcome.status == 200);
  CHECK(outcome.completion.finish_reason == "length");
  CHECK(outcome.completion.completion.size() < 70'000);
  CHECK(server.wait_for_disconnects(1));
}

TEST_CASE("model: silence ends at the deadline") {
  CHECK(result_of({.delay = 10s}, false, 50ms) == "504 Codestral error: no answer in time");
  CodestralStandIn stalling("0123456789abcdef", {.ending = Ending::stall, .stop_after = 250});
  CHECK(Caller(stalling.url()).result(true, 200ms) == "504 Codestral error: no answer in time");
  CHECK(stalling.server().wait_for_disconnects(1));
}

TEST_CASE("model: nobody there") {
  std::string url;
  { url = ScriptedServer({Reply{}}).url(); }
  CHECK(Caller(url).result() == "502 Codestral error: connection failed");
  CHECK(Caller("http://no-such-host.invalid").result() == "502 Codestral error: connection failed");
}

TEST_CASE("model: who leaves ends the call") {
  CodestralStandIn stalling("0123456789abcdef", {.ending = Ending::stall, .stop_after = 250});
  Caller silent(stalling.url());
  silent.abandoned = [&] { return !silent.deltas.empty(); };
  CHECK(silent.result(true, 60s) == "503 Codestral error: the call was given up");
  CHECK(stalling.server().wait_for_disconnects(1));

  CodestralStandIn talking(std::string(10'000, 'x'), {.delta_delay = 1ms});
  Caller leaving(talking.url());
  leaving.stop_after = 16;
  CHECK(leaving.ask(true).completion.finish_reason == "abandoned");
  CHECK(talking.server().wait_for_disconnects(1));
}
