// fim-lambda: under AWS the runtime loop, on a laptop the same handler as a local HTTP server.
#include <nss.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <thread>

#include "lambda/backend.h"
#include "lambda/events.h"
#include "lambda/local_server.h"
#include "lambda/record.h"
#include "lambda/runtime.h"
#include "lambda/settings.h"

namespace {

using namespace fimd;
using namespace std::chrono_literals;

constexpr auto kAnswerMargin = 500ms;  // to answer before AWS ends the process

constexpr const char* kUsage =
    "usage: fim-lambda serve [--listen ADDRESS:PORT] [--exit-with-parent] [--quiet]\n"
    "       fim-lambda --version | --help\n"
    "\n"
    "serve answers POST /fim over plain HTTP and prints its URL as the first line of stdout.\n"
    "  --listen            default 127.0.0.1:0, which picks a free port\n"
    "  --exit-with-parent  end when the starting process ends or closes our stdin\n"
    "  --quiet             no line per request on stderr\n"
    "\n"
    "Without arguments, in AWS Lambda, it is the runtime. Settings come from the environment:\n"
    "FIM_PROVIDER, FIM_UPSTREAM_URL, FIM_MODEL, CODESTRAL_API_KEY, FIM_TOKENS, FIM_AUTH, ...\n";

std::optional<std::string> environment(const char* name) {
  const char* value = std::getenv(name);
  return value && *value ? std::optional<std::string>(value) : std::nullopt;
}

void complain(const std::string& message) {
  std::fprintf(stderr, "fim-lambda: %s\n", message.c_str());
}

void print_log(std::FILE* stream, const Record& record) {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  std::fputs((log_line(record, std::chrono::duration_cast<std::chrono::milliseconds>(now)) + "\n").c_str(),
             stream);
  std::fflush(stream);
}

// SIGTERM ends an idle process at once. A running call is given up and answered first.
volatile sig_atomic_t answering = 0;
volatile sig_atomic_t terminated = 0;

void on_sigterm(int) {
  if (!answering) ::_exit(0);
  terminated = 1;
}

// A streamed answer goes out while it is made; any other in one piece at the end.
void answer_streamed(RuntimeApi& api, Handler& handler, const Invocation& invocation, const Event& event,
                     Record& record) {
  const Outlet outlet{
      .begin = [&](const Answer& head) { api.begin_stream(invocation, stream_prelude(head)); },
      .write = [&](std::string_view bytes) { return api.write(bytes); },
      .abandoned = [&] { return terminated || api.stream_dropped(); }};
  const Answer answer = handler.handle(event.call, outlet, record);
  print_log(stdout, record);
  if (!answer.streamed) {
    outlet.begin(answer);
    outlet.write(answer.body);
  }
  const bool failed = answer.streamed && answer.status != 200;
  api.end_stream(failed ? std::optional(Failure{"Function.ModelError", "The model failed in mid-stream"})
                        : std::nullopt);
}

void answer_whole(RuntimeApi& api, Handler& handler, const Invocation& invocation, const Event& event,
                  Record& record) {
  const Outlet outlet{.begin = {}, .write = {}, .abandoned = [] { return terminated != 0; }};
  const Answer answer = handler.handle(event.call, outlet, record);
  print_log(stdout, record);
  api.respond(invocation, event_answer(event.shape, answer));
}

// Until SIGTERM.
void serve_invocations(RuntimeApi& api, Backend& backend, bool stream_responses) {
  const std::string name = environment("AWS_LAMBDA_FUNCTION_NAME").value_or("fim-lambda");
  for (bool cold = true;; cold = false) {
    answering = 0;
    if (terminated) return;
    const Invocation invocation = api.next();
    answering = 1;
    Record record;
    record.function = name;
    record.request_id = invocation.id;
    record.cold = cold;
    Event event = read_event(invocation.event);
    if (invocation.deadline != Deadline::max()) event.call.deadline = invocation.deadline - kAnswerMargin;
    const bool streamed = stream_responses && event.shape != EventShape::direct;
    (streamed ? answer_streamed : answer_whole)(api, backend.handler(), invocation, event, record);
    if (const std::string fault = backend.settle(); !fault.empty()) complain(fault);
  }
}

int run_in_lambda(const std::string& address) {
  const auto url = parse_url("http://" + address);
  if (!url) throw std::invalid_argument("AWS_LAMBDA_RUNTIME_API: not an address");
  RuntimeApi api(*url);
  try {
    const Settings settings = read_settings(environment);
    Backend backend(settings);
    if (!settings.open && settings.tokens.empty())
      complain("FIM_TOKENS is empty: requests from the internet are refused");
    if (const std::string fault = backend.warm_up(); !fault.empty()) complain(fault);
    serve_invocations(api, backend, settings.stream_responses);
    return 0;
  } catch (const std::invalid_argument& error) {
    complain(error.what());
    api.fail_init({"Runtime.InvalidConfiguration", error.what()});
  }
  return 1;
}

struct ServeOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;
  bool exit_with_parent = false;
  bool quiet = false;
};

// Nothing when an argument is not understood.
std::optional<ServeOptions> serve_options(int argc, char** argv) {
  ServeOptions options;
  for (int i = 2; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--exit-with-parent") {
      options.exit_with_parent = true;
    } else if (name == "--quiet") {
      options.quiet = true;
    } else if (name == "--listen" && i + 1 < argc) {
      const auto url = parse_url(std::string("http://") + argv[++i]);
      if (!url) return std::nullopt;
      options.address = url->host;
      const char* end = url->port.data() + url->port.size();
      if (std::from_chars(url->port.data(), end, options.port).ec != std::errc()) return std::nullopt;
    } else {
      return std::nullopt;
    }
  }
  return options;
}

// The kernel tells us when the parent dies; the end of stdin also when it only lets go of us.
void follow_parent() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::thread([] {
    char bytes[256];
    while (::read(STDIN_FILENO, bytes, sizeof bytes) > 0) {
    }
    std::_Exit(0);
  }).detach();
}

// Without tokens everybody on this machine may come in, and from others nobody.
int run_serve(const ServeOptions& options) {
  Settings settings = read_settings(environment);
  if (settings.tokens.empty() && !settings.open) {
    settings.open = is_loopback(Url{.host = options.address, .port = {}, .path = {}});
    if (!settings.open)
      throw std::invalid_argument("--listen: for other machines set FIM_TOKENS, or FIM_AUTH=none");
  }
  Backend backend(settings);
  const auto log = [&](const Record& record) {
    if (!options.quiet) print_log(stderr, record);
    if (const std::string fault = backend.settle(); !fault.empty()) complain(fault);
  };
  if (options.exit_with_parent) follow_parent();
  LocalServer server(options.address, options.port, backend.handler(), log);
  std::printf("%s\n", server.url().c_str());
  std::fflush(stdout);
  server.run();
  return 0;
}

int run(int argc, char** argv) {
  const std::string_view command = argc > 1 ? argv[1] : "";
  if (command == "--version") {
    std::puts("fim-lambda " FIMD_VERSION);
    return 0;
  }
  if (command == "--help") {
    std::fputs(kUsage, stdout);
    return 0;
  }
  if (command == "serve") {
    if (const auto options = serve_options(argc, argv)) return run_serve(*options);
  } else if (const auto address = environment("AWS_LAMBDA_RUNTIME_API"); address && argc == 1) {
    return run_in_lambda(*address);
  }
  std::fputs(kUsage, stderr);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGTERM, on_sigterm);
  // A static binary must not load libnss_*.so of another glibc; "files" and "dns" are built in.
  __nss_configure_lookup("hosts", "files dns");
  ::setenv("RES_OPTIONS", "timeout:2 attempts:2", 0);
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    complain(error.what());
    return 1;
  }
}
