#include "tests/support/test_client.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/write.hpp>
#include <stdexcept>

#include "tests/support/catch.h"

namespace fimd::test {
namespace {

constexpr std::chrono::seconds kLimit{10};

std::array<int, 2> make_socketpair() {
  std::array<int, 2> fds{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()) != 0)
    throw std::runtime_error("socketpair");
  return fds;
}

}  // namespace

Config only_the_model(const std::string& endpoint) {
  Config config;
  config.endpoint = endpoint;
  config.predictor = PredictorMode::off;
  config.speculation = false;
  config.calls_per_minute = 0;
  return config;
}

TestClient::TestClient(Config config, bool piped)
    : fds_(make_socketpair()), end_(io_, fds_[1]), decoder_(Framing::content_length) {
  connection_.emplace(io_, fds_[0], fds_[0], Framing::content_length);
  ::close(fds_[0]);
  server_.emplace(io_, *connection_, std::move(config), piped);
  asio::co_spawn(io_, server_->run(),
                 [this](std::exception_ptr fault, int code) { exit_code_ = fault ? -1 : code; });
  read();
}

TestClient::~TestClient() = default;

void TestClient::read() {
  end_.async_read_some(asio::buffer(chunk_), [this](SystemErrorCode ec, std::size_t count) {
    if (ec) return;
    decoder_.feed(std::string_view(chunk_.data(), count));
    while (const auto frame = decoder_.next()) {
      auto message = Json::parse(frame->body);
      (message.contains("method") ? notifications_ : replies_).push_back(std::move(message));
    }
    read();
  });
}

TestClient::Json TestClient::initialize(Json options, Json capabilities) {
  if (capabilities.is_null()) capabilities = {{"general", {{"positionEncodings", {"utf-8", "utf-16"}}}}};
  Json params = {{"processId", nullptr}, {"capabilities", capabilities}};
  if (!options.is_null()) params["initializationOptions"] = options;
  auto result = call("initialize", params);
  notify("initialized", Json::object());
  return result;
}

void TestClient::write(std::string_view bytes) {
  const auto kept = std::make_shared<std::string>(bytes);
  asio::async_write(end_, asio::buffer(*kept), [kept](SystemErrorCode, std::size_t) {});
}

int TestClient::send(const std::string& method, Json params) {
  const Json message = {
      {"jsonrpc", "2.0"}, {"id", ++last_id_}, {"method", method}, {"params", std::move(params)}};
  write(encode_frame(Framing::content_length, message.dump()));
  return last_id_;
}

void TestClient::notify(const std::string& method, Json params) {
  const Json message = {{"jsonrpc", "2.0"}, {"method", method}, {"params", std::move(params)}};
  write(encode_frame(Framing::content_length, message.dump()));
}

TestClient::Json TestClient::reply(const Json& id) {
  const auto found = [this, &id] {
    return std::ranges::find(replies_, id, [](const Json& m) { return m.at("id"); });
  };
  REQUIRE(run_until([&] { return found() != replies_.end(); }));
  return *found();
}

TestClient::Json TestClient::call(const std::string& method, Json params) {
  const auto message = reply(send(method, std::move(params)));
  INFO(message.dump());
  REQUIRE(message.contains("result"));
  return message.at("result");
}

void TestClient::open(const std::string& uri, const std::string& text, const std::string& language) {
  notify("textDocument/didOpen",
         {{"textDocument",
           {{"uri", uri}, {"languageId", language}, {"version", ++last_version_}, {"text", text}}}});
}

void TestClient::insert(const std::string& uri, int line, int character, const std::string& text) {
  const Json at = {{"line", line}, {"character", character}};
  const Json change = {{"range", {{"start", at}, {"end", at}}}, {"text", text}};
  notify("textDocument/didChange", {{"textDocument", {{"uri", uri}, {"version", ++last_version_}}},
                                    {"contentChanges", Json::array({change})}});
}

void TestClient::replace_all(const std::string& uri, const std::string& text) {
  notify("textDocument/didChange", {{"textDocument", {{"uri", uri}, {"version", ++last_version_}}},
                                    {"contentChanges", Json::array({{{"text", text}}})}});
}

int TestClient::request_completion(const std::string& uri, int line, int character, int trigger) {
  return send("textDocument/inlineCompletion", {{"textDocument", {{"uri", uri}}},
                                                {"position", {{"line", line}, {"character", character}}},
                                                {"context", {{"triggerKind", trigger}}}});
}

std::vector<std::string> TestClient::complete(const std::string& uri, int line, int character, int trigger) {
  const auto message = reply(request_completion(uri, line, character, trigger));
  std::vector<std::string> texts;
  for (const auto& item : message.at("result").at("items")) texts.push_back(item.at("insertText"));
  return texts;
}

bool TestClient::run_until(const std::function<bool()>& condition) {
  const auto limit = SteadyClock::now() + kLimit;
  io_.restart();
  while (!condition()) {
    if (limit < SteadyClock::now()) return false;
    io_.run_one_for(std::chrono::milliseconds(50));
    io_.restart();
  }
  return true;
}

int TestClient::hang_up() {
  ::shutdown(fds_[1], SHUT_WR);
  REQUIRE(run_until([this] { return exit_code_.has_value(); }));
  return *exit_code_;
}

std::vector<TestClient::Json> TestClient::notifications(const std::string& method) const {
  std::vector<Json> found;
  for (const auto& message : notifications_) {
    if (message.at("method") == method) found.push_back(message.value("params", Json()));
  }
  return found;
}

std::size_t TestClient::count_replies(const Json& id) const {
  return static_cast<std::size_t>(std::ranges::count(replies_, id, [](const Json& m) { return m.at("id"); }));
}

}  // namespace fimd::test
