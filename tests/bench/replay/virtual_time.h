// Time as the bench wants it: the daemon runs as it is, but its steady clock is ours (a preloaded library,
// virtual_time.c), and it runs only when it is told to. So a replay takes as long as the daemon's work, hours
// of typing pass in a minute, and a busy machine changes nothing. The daemon's own time counts as none.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace fimd::bench {

class VirtualTime {
 public:
  explicit VirtualTime(const std::string& library);
  ~VirtualTime() { end(); }
  VirtualTime(const VirtualTime&) = delete;
  VirtualTime& operator=(const VirtualTime&) = delete;

  // For Editor: what the daemon is started with.
  std::vector<std::string> environment() const { return {"LD_PRELOAD=" + library_, "FIMD_LOG_LEVEL=error"}; }
  std::vector<std::pair<int, int>> descriptors() const { return {{daemon_tell_, 200}, {daemon_hear_, 201}}; }
  void started();

  double now() const { return now_; }  // seconds
  void move_to(double time) { now_ = time; }
  // The daemon does what there is to do at `now`; when it wants to wake again.
  double run();
  // The daemon ends where it waits.
  void end();

 private:
  std::string library_;
  int daemon_tell_ = -1, daemon_hear_ = -1;
  int tell_ = -1, hear_ = -1;
  bool waiting_ = false;  // the daemon has said when it wants to wake
  double now_ = 0;
  std::int64_t due_ = 0;
};

}  // namespace fimd::bench
