// Boost 1.81's header-only mode leaves process_environment::on_setup undefined: compile its sources here,
// once.
#define BOOST_PROCESS_V2_SEPARATE_COMPILATION 1

#include "daemon/subprocess.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/readable_pipe.hpp>
#include <boost/asio/writable_pipe.hpp>
#include <boost/process/v2/environment.hpp>
#include <boost/process/v2/process.hpp>
#include <boost/process/v2/src.hpp>
#include <boost/process/v2/start_dir.hpp>
#include <boost/process/v2/stdio.hpp>
#include <cstdlib>
#include <map>
#include <utility>

namespace fimd {
namespace {

namespace process = boost::process::v2;

constexpr std::size_t kMaxLineBytes = 64 * 1024;

std::vector<std::string> tail(const std::vector<std::string>& argv) {
  return {argv.begin() + 1, argv.end()};
}

// Ours with `additions` in place of the names they set.
std::vector<std::string> merged_environment(const std::vector<std::string>& additions) {
  std::map<std::string, std::string> merged;
  const auto add = [&merged](std::string_view entry) {
    merged[std::string(entry.substr(0, entry.find('=')))] = entry;
  };
  for (char** entry = ::environ; *entry; ++entry) add(*entry);
  for (const auto& entry : additions) add(entry);
  std::vector<std::string> result;
  for (auto& [name, entry] : merged) result.push_back(std::move(entry));
  return result;
}

// Forks from a loop of its own: Asio registers a forked loop's descriptors again in the child and fails there
// when stdin is a regular file.
template <class... Setup>
process::pid_type launch(const std::vector<std::string>& argv, Setup&&... setup) {
  asio::io_context nothing_else(1);
  process::process launched(nothing_else, argv.front(), tail(argv), std::forward<Setup>(setup)...);
  const auto pid = launched.id();
  launched.detach();
  return pid;
}

// Asio's bindings are not assigned: what is assigned from closes the pipe as it ends.
process::pid_type start(const std::vector<std::string>& argv, const std::string& folder,
                        asio::readable_pipe& out) {
  return launch(argv, process::process_stdio{.in = nullptr, .out = out, .err = nullptr},
                process::process_start_dir(folder));
}

}  // namespace

struct Child::Process {
  Process(asio::io_context& io, const std::vector<std::string>& argv,
          const std::vector<std::string>& environment)
      : in(io), out(io), process(io.get_executor(), start(argv, environment)) {}

  process::pid_type start(const std::vector<std::string>& argv, const std::vector<std::string>& environment) {
    return launch(argv, process::process_stdio{.in = in, .out = out, .err = {}},
                  process::process_environment(merged_environment(environment)));
  }

  asio::writable_pipe in;
  asio::readable_pipe out;
  std::string buffer;
  process::process process;
};

Child::Child(asio::io_context& io, const std::vector<std::string>& argv,
             const std::vector<std::string>& environment)
    : process_(std::make_unique<Process>(io, argv, environment)) {}

Child::~Child() {
  SystemErrorCode ignored;
  process_->in.close(ignored);
  const auto pid = process_->process.id();
  process_->process.detach();
  ::kill(pid, SIGTERM);
  for (int waited_ms = 0; waited_ms < 200; waited_ms += 5) {
    if (::waitpid(pid, nullptr, WNOHANG) != 0) return;
    ::usleep(5'000);
  }
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
}

Task<std::string> Child::read_line() {
  SystemErrorCode ec;
  auto line = asio::dynamic_buffer(process_->buffer, kMaxLineBytes);
  const auto size = co_await asio::async_read_until(process_->out, line, '\n',
                                                    asio::redirect_error(asio::use_awaitable, ec));
  if (ec == asio::error::operation_aborted) throw SystemError(ec);
  if (ec) co_return std::string();
  auto result = process_->buffer.substr(0, size - 1);
  process_->buffer.erase(0, size);
  co_return result;
}

Task<> Child::wait() {
  SystemErrorCode ec;
  co_await process_->process.async_wait(asio::redirect_error(asio::use_awaitable, ec));
  if (ec == asio::error::operation_aborted) throw SystemError(ec);
}

std::string find_program(std::string_view name) {
  const char* path = std::getenv("PATH");
  for (std::string_view rest = path ? path : ""; !rest.empty();) {
    const auto folder = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(rest.size(), folder.size() + 1));
    auto program = std::string(folder) + "/" + std::string(name);
    if (!folder.empty() && ::access(program.c_str(), X_OK) == 0) return program;
  }
  return {};
}

Task<ProgramResult> run_program(asio::io_context& io, std::vector<std::string> argv, std::string folder,
                                std::chrono::milliseconds limit, std::size_t max_output) {
  ProgramResult result;
  asio::readable_pipe out(io);
  asio::steady_timer timer(io, limit);
  SystemErrorCode ec;
  try {
    const auto pid = start(argv, folder, out);
    process::process program(io.get_executor(), pid);
    timer.async_wait([&out, &program](SystemErrorCode stopped) {
      SystemErrorCode ignored;
      if (!stopped) program.terminate(ignored);
      if (!stopped) out.close(ignored);
    });
    auto output = asio::dynamic_buffer(result.output, max_output);
    co_await asio::async_read(out, output, asio::redirect_error(asio::use_awaitable, ec));
    if (ec == asio::error::operation_aborted && timer.expiry() > SteadyClock::now()) throw SystemError(ec);
    SystemErrorCode closed;
    out.close(closed);
    result.exit_code = co_await program.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    if (ec) result.exit_code = -1;
  } catch (const SystemError& error) {
    if (error.code() == asio::error::operation_aborted) throw;
  }
  timer.cancel();
  co_return result;
}

}  // namespace fimd
