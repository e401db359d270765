// Flags -> Config; builds the parts on the stack; runs the loop.
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <charconv>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/config.h"
#include "daemon/connection.h"
#include "daemon/doctor.h"
#include "daemon/log.h"
#include "daemon/server.h"
#include "daemon/terminal.h"

namespace {

using namespace fimd;

constexpr std::string_view kHelp = R"(fimd - inline code completion on your own terms

usage:
  fimd [options]                        serve an editor on stdin and stdout (LSP 3.18, Content-Length framing)
  fimd --ndjson [options]               the same with one JSON message per line, for pipes
  fimd complete FILE:LINE:COL [options] print one completion; LINE and COL count from 1
  fimd doctor [options]                 say what is configured, and whether it works; asks the endpoint once

options:
  --endpoint URL        the FIM endpoint, with its path: https://ID.execute-api.REGION.amazonaws.com/fim
  --log-level LEVEL     error, warning (default), info or debug; to stderr
  --log-file FILE       the log goes to this file too
  --clientProcessId PID end when this process ends
  --stdio               accepted and ignored: editors add it
  --help, --version

environment:
  FIMD_ENDPOINT, FIMD_TOKEN           the endpoint and its bearer token
  CODESTRAL_API_KEY, FIM_UPSTREAM_URL with no endpoint: what the bundled backend asks; without them it
                                      completes from your own text
Settings also come from ~/.config/fimd/config.json and from the editor: see docs/configuration.md.
)";

struct Arguments {
  bool complete = false;
  std::string location;  // of `complete`
  bool doctor = false;
  bool ndjson = false;
  std::int64_t parent = 0;
  Config config;
  std::string fault;  // of the file or the environment: no reason to leave an editor without a server
};

struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// "--name value" or "--name=value".
std::string take_value(std::string_view argument, const std::vector<std::string_view>& all, std::size_t& at) {
  if (const auto equals = argument.find('='); equals != std::string_view::npos) {
    return std::string(argument.substr(equals + 1));
  }
  if (at + 1 == all.size()) throw UsageError(fmt::format("{} needs a value", argument));
  return std::string(all[++at]);
}

std::int64_t process_id(const std::string& text) {
  std::int64_t pid = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), pid);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || pid <= 0) {
    throw UsageError("--clientProcessId must be a process id");
  }
  return pid;
}

LogLevel log_level(const std::string& name) {
  const auto level = log_level_of(name);
  if (!level) throw UsageError("--log-level must be error, warning, info or debug");
  return *level;
}

void merge_surroundings(Arguments& arguments) {
  for (const auto merge : {merge_file, merge_environment}) {
    try {
      merge(arguments.config);
    } catch (const ConfigError& error) {
      arguments.fault += (arguments.fault.empty() ? "" : "; ") + std::string(error.what());
    }
  }
}

Arguments parse(const std::vector<std::string_view>& all) {
  Arguments arguments;
  merge_surroundings(arguments);
  for (std::size_t at = 0; at < all.size(); ++at) {
    const auto argument = all[at];
    const auto name = argument.substr(0, argument.find('='));
    if (argument == "--stdio") continue;
    if (argument == "--ndjson") {
      arguments.ndjson = true;
    } else if (name == "--endpoint") {
      arguments.config.endpoint = take_value(argument, all, at);
    } else if (name == "--log-level") {
      arguments.config.log_level = log_level(take_value(argument, all, at));
    } else if (name == "--log-file") {
      arguments.config.log_file = take_value(argument, all, at);
    } else if (name == "--clientProcessId") {
      arguments.parent = process_id(take_value(argument, all, at));
    } else if (argument == "doctor") {
      arguments.doctor = true;
    } else if (argument == "complete" && !arguments.complete) {
      arguments.complete = true;
    } else if (arguments.complete && arguments.location.empty() && !argument.starts_with('-')) {
      arguments.location = argument;
    } else {
      throw UsageError(fmt::format("unknown argument {}", name));  // its value may be a secret
    }
  }
  if (arguments.complete && arguments.location.empty()) throw UsageError("complete needs FILE:LINE:COL");
  return arguments;
}

void start_log(const Config& config) {
  if (!open_log(config.log_level, config.log_file)) {
    log_warning("the log file cannot be opened; logging to stderr only");
  }
}

int serve(const Arguments& arguments) {
  asio::io_context io(1);
  Connection connection(io, STDIN_FILENO, STDOUT_FILENO,
                        arguments.ndjson ? Framing::ndjson : Framing::content_length,
                        static_cast<std::size_t>(arguments.config.max_message_bytes));
  Server server(io, connection, arguments.config, arguments.ndjson, arguments.fault);
  if (arguments.parent != 0) server.watch_parent(arguments.parent);

  asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&](SystemErrorCode ec, int) {
    if (ec) return;
    server.stop();
    signals.clear();  // a second one ends the program at once
  });
  int exit_code = 1;
  std::exception_ptr fault;
  asio::co_spawn(io, server.run(), [&](std::exception_ptr thrown, int code) {
    fault = thrown;
    exit_code = code;
    io.stop();
  });
  io.run();
  if (fault) std::rethrow_exception(fault);
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);  // a limit on file sizes is a full disk, not our end
  const std::vector<std::string_view> all(argv + 1, argv + argc);
  for (const auto argument : all) {
    if (argument == "--help" || argument == "-h") return fmt::print("{}", kHelp), 0;
    if (argument == "--version") return fmt::print("fimd {}\n", FIMD_VERSION), 0;
  }
  try {
    const auto arguments = parse(all);
    start_log(arguments.config);
    if (!arguments.complete && !arguments.doctor) return serve(arguments);
    if (arguments.doctor) return examine(arguments.config, arguments.fault);
    if (!arguments.fault.empty()) log_error("{}", arguments.fault);
    return complete_in_terminal(arguments.config, arguments.location);
  } catch (const UsageError& error) {
    fmt::print(stderr, "fimd: {}; try fimd --help\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    fmt::print(stderr, "fimd: {}\n", error.what());
    return 1;
  }
}
