// Programs that run to their end, or do not.
#include "daemon/subprocess.h"

#include <boost/asio/co_spawn.hpp>

#include "tests/support/catch.h"

using namespace fimd;
using namespace std::chrono_literals;

namespace {

ProgramResult run(std::vector<std::string> argv, const std::string& folder = "/",
                  std::chrono::milliseconds limit = 10s, std::size_t max_output = 1'000) {
  asio::io_context io(1);
  ProgramResult result;
  asio::co_spawn(io, run_program(io, std::move(argv), folder, limit, max_output),
                 [&](std::exception_ptr fault, ProgramResult outcome) {
                   CHECK_FALSE(fault);
                   result = std::move(outcome);
                 });
  io.run();
  return result;
}

}  // namespace

TEST_CASE("a program gives its output and its exit code") {
  const auto shell = find_program("sh");
  REQUIRE(shell.starts_with('/'));
  const auto told = run({shell, "-c", "pwd; echo lost >&2; exit 3"}, "/usr");
  CHECK(told.exit_code == 3);
  CHECK(told.output == "/usr\n");
  CHECK(run({shell, "-c", "cat"}).exit_code == 0);  // nothing on its stdin
}

TEST_CASE("a program that cannot start, does not end or does not stop talking is a value, too") {
  const auto shell = find_program("sh");
  CHECK(find_program("no-such-program").empty());
  CHECK(run({"/no/such/program"}).exit_code == -1);
  CHECK(run({shell, "-c", "true"}, "/no/such/folder").exit_code == -1);
  CHECK(run({shell, "-c", "exec sleep 60"}, "/", 50ms).exit_code != 0);
  const auto endless = run({shell, "-c", "yes"}, "/", 10s, 100);
  CHECK(endless.exit_code != 0);
  CHECK(endless.output.size() == 100);
}
