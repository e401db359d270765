#include "daemon/local_backend.h"

#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "daemon/log.h"
#include "daemon/subprocess.h"

namespace fimd {
namespace {

using namespace std::chrono_literals;

constexpr const char* kProgram = "fim-lambda";
constexpr auto kHealthyLife = 30s;      // dying later than this is a new story
constexpr int kPatienceWithDeaths = 3;  // in a row, before it counts as a fault
constexpr auto kFirstPause = 500ms;     // before it is started again; doubles with every death
constexpr int kMostDoublings = 4;
constexpr const char* kArguments[] = {kProgram, "serve", "--listen", "127.0.0.1:0", "--exit-with-parent",
                                      "--quiet"};

std::string random_token() {
  std::array<unsigned char, 32> bytes{};
  if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) std::abort();
  std::string token;
  for (const auto byte : bytes) token += fmt::format("{:02x}", byte);
  return token;
}

// A random token that only the two of us know. The backend takes its model from our own environment.
std::vector<std::string> backend_environment(const std::string& token) {
  return {"FIM_TOKEN=" + token, "FIM_TOKENS=", "FIM_AUTH="};
}

}  // namespace

bool has_model_configured() {
  const auto set = [](const char* name) {
    const char* value = std::getenv(name);
    return value && *value;
  };
  return set("CODESTRAL_API_KEY") || set("FIM_UPSTREAM_URL") || set("FIM_PROVIDER");
}

LocalBackend::LocalBackend(asio::io_context& io, Endpoint& endpoint, const Config& config)
    : io_(io), endpoint_(endpoint), config_(config) {}

std::string LocalBackend::find_program() const {
  if (!config_.backend.empty()) return config_.backend;
  std::error_code ec;
  const auto beside = std::filesystem::read_symlink("/proc/self/exe", ec).parent_path() / kProgram;
  return !ec && ::access(beside.c_str(), X_OK) == 0 ? beside.string() : fimd::find_program(kProgram);
}

void LocalBackend::start() {
  if (std::exchange(running_, true)) return;
  asio::co_spawn(io_, run(), asio::bind_cancellation_slot(stop_.slot(), asio::detached));
}

void LocalBackend::stop() {
  if (std::exchange(running_, false)) stop_.emit(asio::cancellation_type::terminal);
}

Task<> LocalBackend::run() {
  const auto program = find_program();
  if (program.empty()) {
    endpoint_.fail("no endpoint is configured and the bundled backend (fim-lambda) was not found");
    co_return;
  }
  for (int deaths = 0;;) {
    const auto started = SteadyClock::now();
    const auto fault = co_await run_once(program);
    deaths = SteadyClock::now() - started < kHealthyLife ? deaths + 1 : 1;
    if (kPatienceWithDeaths <= deaths) endpoint_.fail(fault);
    const auto pause = kFirstPause * (1 << std::min(deaths - 1, kMostDoublings));
    log_warning("{}; starting it again in {} ms", fault, pause.count());
    co_await sleep_until(io_, SteadyClock::now() + pause);
  }
}

// One life of the backend; returns what ended it.
Task<std::string> LocalBackend::run_once(std::string program) {
  const auto token = random_token();
  std::vector<std::string> argv(std::begin(kArguments), std::end(kArguments));
  argv.front() = program;
  const auto environment = backend_environment(token);
  try {
    Child child(io_, argv, environment);
    const auto url = co_await child.read_line();
    if (url.empty()) co_return "the bundled backend did not start";
    endpoint_.connect(url, token);
    co_await child.wait();
    endpoint_.connect(std::string(), std::string());
    co_return "the bundled backend ended";
  } catch (const SystemError& error) {
    if (error.code() == asio::error::operation_aborted) throw;
    co_return "the bundled backend cannot be started: " + error.code().message();
  }
}

void connect_as_configured(const Config& config, Endpoint& endpoint, LocalBackend& backend) {
  if (config.endpoint.empty() && has_model_configured()) return backend.start();
  backend.stop();
  if (config.endpoint.empty()) return endpoint.disconnect();
  if (const auto fault = endpoint_fault(config.endpoint)) return endpoint.fail(*fault);
  endpoint.connect(config.endpoint, config.token);
}

}  // namespace fimd
