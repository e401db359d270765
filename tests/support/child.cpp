#include "tests/support/child.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <system_error>

namespace fimd::test {
namespace {

using namespace std::chrono_literals;

constexpr auto kPatience = 10s;

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (auto& string : strings) result.push_back(string.data());
  result.push_back(nullptr);
  return result;
}

}  // namespace

Child::Child(const std::vector<std::string>& command, const Environment& environment) {
  int in[2], out[2], err[2];
  if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0 || ::pipe2(err, O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe2");
  }
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, in[0], 0);
  ::posix_spawn_file_actions_adddup2(&actions, out[1], 1);
  ::posix_spawn_file_actions_adddup2(&actions, err[1], 2);
  auto arguments = command;
  std::vector<std::string> variables;
  for (const auto& [name, value] : environment) variables.push_back(name + "=" + value);
  const int failed = ::posix_spawn(&pid_, command.front().c_str(), &actions, nullptr,
                                   pointers(arguments).data(), pointers(variables).data());
  ::posix_spawn_file_actions_destroy(&actions);
  for (const int fd : {in[0], out[1], err[1]}) ::close(fd);
  if (failed != 0) throw std::system_error(failed, std::generic_category(), command.front());
  stdin_ = in[1];
  stdout_ = std::thread([this, fd = out[0]] { collect(fd, true); });
  stderr_ = std::thread([this, fd = err[0]] { collect(fd, false); });
}

Child::~Child() {
  if (!status_) ::kill(pid_, SIGKILL);
  wait();
  close_stdin();
  if (stdout_.joinable()) stdout_.join();
  if (stderr_.joinable()) stderr_.join();
}

void Child::collect(int fd, bool lines) {
  char bytes[4096];
  for (ssize_t count; (count = ::read(fd, bytes, sizeof bytes)) > 0;) {
    const std::lock_guard lock(mutex_);
    output_.append(bytes, static_cast<std::size_t>(count));
    if (lines) unread_.append(bytes, static_cast<std::size_t>(count));
    changed_.notify_all();
  }
  ::close(fd);
}

std::optional<std::string> Child::read_line() {
  std::unique_lock lock(mutex_);
  const auto has_line = [&] { return unread_.find('\n') != std::string::npos; };
  if (!changed_.wait_for(lock, kPatience, has_line)) return std::nullopt;
  const auto end = unread_.find('\n');
  std::string line = unread_.substr(0, end);
  unread_.erase(0, end + 1);
  return line;
}

void Child::close_stdin() {
  if (stdin_ >= 0) ::close(stdin_);
  stdin_ = -1;
}

std::optional<int> Child::wait() {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (!status_ && std::chrono::steady_clock::now() < until) {
    int status = 0;
    if (::waitpid(pid_, &status, WNOHANG) == pid_) {
      status_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    } else {
      std::this_thread::sleep_for(2ms);
    }
  }
  // What it wrote last may still be in the pipes.
  if (status_ && stdout_.joinable()) stdout_.join();
  if (status_ && stderr_.joinable()) stderr_.join();
  return status_;
}

std::string Child::output() const {
  const std::lock_guard lock(mutex_);
  return output_;
}

}  // namespace fimd::test
