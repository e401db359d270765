// The editor's end of the wire: starts a daemon and talks to it over pipes, as a program that types.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocol/framing.h"

namespace fimd::bench {

class Editor {
 public:
  using Clock = std::chrono::steady_clock;

  // `environment`: "NAME=value", beside this process's own. `descriptors`: ours, and what they are there.
  explicit Editor(const std::string& program, const std::vector<std::string>& environment = {},
                  const std::vector<std::pair<int, int>>& descriptors = {});
  ~Editor();
  Editor(const Editor&) = delete;
  Editor& operator=(const Editor&) = delete;

  void notify(std::string_view method, const nlohmann::json& params);
  // Its id.
  int request(std::string_view method, const nlohmann::json& params);
  // What was notified and requested goes out in one write.
  void flush();
  // The next message from the daemon, if one comes in time. Throws when the daemon has gone.
  std::optional<nlohmann::json> read(Clock::time_point until);
  // The result of request `id`; nothing when it is refused or late. Other messages are dropped.
  std::optional<nlohmann::json> result(int id, Clock::time_point until);

  void initialize(const nlohmann::json& settings);
  // The same in two steps; the id of the request.
  int ask_to_initialize(const nlohmann::json& settings);
  void initialized();
  void open(const std::string& uri, const std::string& language, const std::string& text);
  long resident_bytes() const;
  double processor_seconds() const;

 private:
  pid_t pid_ = 0;
  int in_ = -1, out_ = -1;
  int last_id_ = 0;
  std::string outgoing_;
  FrameDecoder decoder_{Framing::content_length};
};

}  // namespace fimd::bench
