// Where faults go while the user types: stderr, and a file when one is asked for. Never document text, never
// a token.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>

namespace fimd {

enum class LogLevel { error, warning, info, debug };

// "error", "warning", "info" or "debug"; nothing for anything else.
std::optional<LogLevel> log_level_of(std::string_view name);

// Lines above `level` in detail are dropped. `file` is appended to besides stderr; empty = none. Returns
// false when the file cannot be opened; stderr still works. Opens the log anew when it is called again.
bool open_log(LogLevel level, const std::string& file);

// One line, with the time and the level. Tolerates a full or non-blocking stderr: what cannot be written is
// lost.
void log_line(LogLevel level, std::string_view line);

template <class... Args>
void log_error(fmt::format_string<Args...> format, Args&&... args) {
  log_line(LogLevel::error, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void log_warning(fmt::format_string<Args...> format, Args&&... args) {
  log_line(LogLevel::warning, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void log_info(fmt::format_string<Args...> format, Args&&... args) {
  log_line(LogLevel::info, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace fimd
