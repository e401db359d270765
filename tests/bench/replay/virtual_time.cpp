#include "tests/bench/replay/virtual_time.h"

#include <fcntl.h>
#include <unistd.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>

namespace fimd::bench {
namespace {

constexpr std::int64_t kEpoch = 1'000'000'000'000;  // what virtual_time.c starts with
constexpr double kSecond = 1e9;

}  // namespace

VirtualTime::VirtualTime(const std::string& library) : library_(library) {
  int up[2], down[2];
  if (::pipe2(up, O_CLOEXEC) != 0 || ::pipe2(down, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  hear_ = up[0];
  daemon_tell_ = up[1];
  daemon_hear_ = down[0];
  tell_ = down[1];
}

void VirtualTime::started() {
  ::close(std::exchange(daemon_tell_, -1));
  ::close(std::exchange(daemon_hear_, -1));
}

double VirtualTime::run() {
  const std::int64_t now = kEpoch + std::llround(now_ * kSecond);
  if (waiting_ && ::write(tell_, &now, sizeof now) != sizeof now)
    throw std::runtime_error("the daemon has gone");
  waiting_ = true;
  if (::read(hear_, &due_, sizeof due_) != sizeof due_) throw std::runtime_error("the daemon has gone");
  if (due_ == std::numeric_limits<std::int64_t>::max()) return std::numeric_limits<double>::infinity();
  return static_cast<double>(due_ - kEpoch) / kSecond;
}

void VirtualTime::end() {
  if (tell_ < 0) return;
  ::close(std::exchange(tell_, -1));
  ::close(std::exchange(hear_, -1));
}

}  // namespace fimd::bench
