// Programs that fimd starts. The only user of Boost.Process.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/task.h"

namespace fimd {

// A running program with a pipe to its stdin (held open, never written to: its end tells the child that we
// are gone) and one from its stdout. stderr is ours. The destructor ends the program: SIGTERM, and SIGKILL if
// it lingers 200 ms.
class Child {
 public:
  // `argv[0]` is the path of the program; `environment` ("NAME=value") is added to ours and wins.
  // Throws SystemError when it cannot be started.
  Child(asio::io_context& io, const std::vector<std::string>& argv,
        const std::vector<std::string>& environment);
  ~Child();
  Child(const Child&) = delete;

  // The next line of its stdout without its end; empty when it has closed it or writes over 64 KiB without
  // one.
  Task<std::string> read_line();
  // Returns when it has ended.
  Task<> wait();

 private:
  struct Process;
  std::unique_ptr<Process> process_;
};

// Where a program is, looked for in PATH; empty when it is not there.
std::string find_program(std::string_view name);

struct ProgramResult {
  int exit_code = -1;  // -1: it could not be started, was killed, or ran out of time
  std::string output;  // its stdout, cut at max_output
};

// Runs a program to its end, at most for `limit`. Never throws but when the task is cancelled.
Task<ProgramResult> run_program(asio::io_context& io, std::vector<std::string> argv, std::string folder,
                                std::chrono::milliseconds limit, std::size_t max_output);

}  // namespace fimd
