#include "daemon/log.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>

namespace fimd {
namespace {

LogLevel g_level = LogLevel::warning;
int g_file = -1;

constexpr std::string_view kNames[] = {"error", "warning", "info", "debug"};

}  // namespace

std::optional<LogLevel> log_level_of(std::string_view name) {
  for (int level = 0; level < 4; ++level) {
    if (kNames[level] == name) return static_cast<LogLevel>(level);
  }
  return std::nullopt;
}

bool open_log(LogLevel level, const std::string& file) {
  g_level = level;
  if (g_file != -1) ::close(g_file);
  g_file = file.empty() ? -1 : ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  return file.empty() || g_file != -1;
}

void log_line(LogLevel level, std::string_view line) {
  if (g_level < level) return;
  const auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const auto text =
      fmt::format("{:%FT%T}.{:03} fimd {}: {}\n", fmt::gmtime(std::chrono::system_clock::to_time_t(now)),
                  now.time_since_epoch().count() % 1000, kNames[static_cast<int>(level)], line);
  // stderr may share a non-blocking file description with stdout; a line that does not fit is lost, not
  // waited for.
  [[maybe_unused]] const auto to_stderr = ::write(STDERR_FILENO, text.data(), text.size());
  if (g_file == -1) return;
  [[maybe_unused]] const auto to_file = ::write(g_file, text.data(), text.size());
}

}  // namespace fimd
