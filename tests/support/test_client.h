// An editor on the other end of a socketpair from the real Server, on the same loop and thread.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "daemon/connection.h"
#include "daemon/server.h"
#include "protocol/framing.h"

namespace fimd::test {

// An endpoint, and nothing else that answers or asks: no predictor, no fetching ahead, no limit of calls.
Config only_the_model(const std::string& endpoint);

class TestClient {
 public:
  using Json = nlohmann::json;

  explicit TestClient(Config config, bool piped = false);
  ~TestClient();

  // Sends initialize and initialized, as an editor that offers utf-8 does.
  Json initialize(Json options = nullptr, Json capabilities = nullptr);

  // Sends a request; reply() runs the loop until its answer is there (a test fails after 10 s) and gives the
  // whole message; call() does both and gives its result.
  int send(const std::string& method, Json params);
  Json reply(const Json& id);
  Json call(const std::string& method, Json params);
  void notify(const std::string& method, Json params);
  void write(std::string_view bytes);

  void open(const std::string& uri, const std::string& text, const std::string& language = "cpp");
  // Inserts at a place, or replaces the whole text.
  void insert(const std::string& uri, int line, int character, const std::string& text);
  void replace_all(const std::string& uri, const std::string& text);
  int request_completion(const std::string& uri, int line, int character, int trigger = 2);
  // The items' texts of one completion.
  std::vector<std::string> complete(const std::string& uri, int line, int character, int trigger = 2);

  // Runs the loop until the condition holds; false after 10 s.
  bool run_until(const std::function<bool()>& condition);
  void run_for(std::chrono::milliseconds time) { io_.restart(), io_.run_for(time); }
  // Closes our end, as an editor that dies; gives the exit code of the server.
  int hang_up();
  std::optional<int> exit_code() const { return exit_code_; }

  const std::vector<Json>& replies() const { return replies_; }
  std::vector<Json> notifications(const std::string& method) const;
  std::size_t count_replies(const Json& id) const;

 private:
  void read();

  asio::io_context io_{1};
  std::array<int, 2> fds_;
  asio::posix::stream_descriptor end_;
  std::optional<Connection> connection_;
  std::optional<Server> server_;
  std::optional<int> exit_code_;
  FrameDecoder decoder_;
  std::array<char, 64 * 1024> chunk_;
  std::vector<Json> replies_;
  std::vector<Json> notifications_;
  int last_id_ = 0;
  int last_version_ = 0;
};

}  // namespace fimd::test
