// fim-gateway: a local AWS for one function. Starts a bootstrap under the Runtime API stand-in and puts the
// front door before it. Prints the door's URL as the first line of stdout; ends with the function or when it
// is killed.
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>

#include "tests/support/gateway.h"

namespace {

using fimd::test::Gateway;

constexpr const char* kUsage =
    "usage: fim-gateway [--door v2|v1|url|invoke] [--stream] [--sign ACCESS_KEY:SECRET_KEY] [--cors ORIGIN]\n"
    "                   [--rate N --burst N] [--timeout-ms N] [--listen 127.0.0.1:PORT] [--freeze]\n"
    "                   -- BOOTSTRAP...\n"
    "  --door invoke  the body of a request is the event itself, as for `aws lambda invoke`\n"
    "  --freeze       stops the function while it waits for an event, as AWS does\n"
    "The time from starting the bootstrap to its first `next` is printed on stderr.\n";

[[noreturn]] void stop_with_usage() {
  std::cerr << kUsage;
  std::exit(2);
}

Gateway::Door door(const std::string& name) {
  if (name == "v2") return Gateway::Door::v2;
  if (name == "v1") return Gateway::Door::v1;
  if (name == "url") return Gateway::Door::url;
  if (name == "invoke") return Gateway::Door::invoke;
  stop_with_usage();
}

// Reads the options up to "--"; `next` is left at what follows.
Gateway::Options parse(int argc, char** argv, int& next) {
  Gateway::Options options;
  for (next = 1; next < argc; ++next) {
    const std::string name = argv[next];
    if (name == "--") return ++next, options;
    if (name == "--stream" || name == "--freeze") {
      (name == "--stream" ? options.stream : options.freeze) = true;
      continue;
    }
    if (next + 1 == argc) stop_with_usage();
    const std::string value = argv[++next];
    const auto colon = value.rfind(':');
    if (name == "--door") {
      options.door = door(value);
    } else if (name == "--sign") {
      options.access_key = value.substr(0, colon);
      options.secret_key = value.substr(colon + 1);
    } else if (name == "--cors") {
      options.cors.push_back(value);
    } else if (name == "--rate") {
      options.rate = std::stod(value);
    } else if (name == "--burst") {
      options.burst = std::stod(value);
    } else if (name == "--timeout-ms") {
      options.timeout = std::chrono::milliseconds(std::stol(value));
    } else if (name == "--listen") {
      options.port = static_cast<std::uint16_t>(std::stoul(value.substr(colon + 1)));
    } else {
      stop_with_usage();
    }
  }
  stop_with_usage();
}

pid_t start(char** command, const std::string& runtime_api) {
  ::setenv("AWS_LAMBDA_RUNTIME_API", runtime_api.c_str(), 1);
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(STDERR_FILENO, STDOUT_FILENO);  // our stdout holds the URL only
  ::execvp(command[0], command);
  ::_exit(127);
}

}  // namespace

int main(int argc, char** argv) {
  int command = 0;
  const Gateway::Options options = parse(argc, argv, command);
  if (command >= argc) stop_with_usage();
  Gateway gateway(options);
  const auto started = std::chrono::steady_clock::now();
  const pid_t pid = start(argv + command, gateway.runtime().address());
  if (options.freeze) gateway.runtime().freeze_when_idle(pid);
  const bool ready = gateway.runtime().wait_for_next();
  const std::chrono::duration<double, std::milli> cold = std::chrono::steady_clock::now() - started;
  std::cerr << "fim-gateway: pid " << pid << (ready ? " ready" : " not ready") << " after " << cold.count()
            << " ms\n";
  std::cout << gateway.url() << std::endl;
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
