// A program under test: started with an environment of its own, watched through pipes, gone at the end of the
// test.
#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace fimd::test {

class Child {
 public:
  using Environment = std::map<std::string, std::string>;
  // The environment is only what is given: no key of the machine can leak into a test.
  Child(const std::vector<std::string>& command, const Environment& environment);
  ~Child();  // kills it
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t pid() const { return pid_; }
  // Waits, at most 10 s, for a whole line of stdout; nothing when it does not come.
  std::optional<std::string> read_line();
  void close_stdin();
  // Waits, at most 10 s, for the end; the exit status, or 128 + signal. Nothing when it lives on.
  std::optional<int> wait();
  // stdout and stderr so far, lines read included.
  std::string output() const;

 private:
  void collect(int fd, bool lines);

  pid_t pid_ = -1;
  int stdin_ = -1;
  std::optional<int> status_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::string output_;
  std::string unread_;
  std::thread stdout_;
  std::thread stderr_;
};

}  // namespace fimd::test
