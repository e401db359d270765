#include "tests/bench/replay/editor.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

extern char** environ;

namespace fimd::bench {
namespace {

using Pipe = std::array<int, 2>;

// The daemon may be standing still while we write: what we write at once must find room.
constexpr int kRoom = 1 << 20;

Pipe make_pipe() {
  Pipe ends;
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  ::fcntl(ends[1], F_SETPIPE_SZ, kRoom);
  return ends;
}

}  // namespace

Editor::Editor(const std::string& program, const std::vector<std::string>& environment,
               const std::vector<std::pair<int, int>>& descriptors) {
  const auto to = make_pipe(), from = make_pipe();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, to[0], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, from[1], STDOUT_FILENO);
  for (const auto& [ours, theirs] : descriptors) posix_spawn_file_actions_adddup2(&actions, ours, theirs);
  std::vector<char*> variables;
  for (const auto& variable : environment) variables.push_back(const_cast<char*>(variable.c_str()));
  for (char** variable = environ; *variable != nullptr; ++variable) variables.push_back(*variable);
  variables.push_back(nullptr);
  std::array<char*, 2> arguments{const_cast<char*>(program.c_str()), nullptr};
  const int failed =
      ::posix_spawn(&pid_, program.c_str(), &actions, nullptr, arguments.data(), variables.data());
  posix_spawn_file_actions_destroy(&actions);
  ::close(to[0]);
  ::close(from[1]);
  in_ = to[1];
  out_ = from[0];
  if (failed != 0) throw std::runtime_error("cannot start " + program);
}

Editor::~Editor() {
  ::close(in_);  // the daemon ends when its input does
  ::close(out_);
  ::waitpid(pid_, nullptr, 0);
}

void Editor::notify(std::string_view method, const nlohmann::json& params) {
  const nlohmann::json message{{"jsonrpc", "2.0"}, {"method", method}, {"params", params}};
  outgoing_ += encode_frame(Framing::content_length, message.dump());
}

int Editor::request(std::string_view method, const nlohmann::json& params) {
  const nlohmann::json message{
      {"jsonrpc", "2.0"}, {"id", ++last_id_}, {"method", method}, {"params", params}};
  outgoing_ += encode_frame(Framing::content_length, message.dump());
  return last_id_;
}

void Editor::flush() {
  for (std::string_view rest = outgoing_; !rest.empty();) {
    const auto written = ::write(in_, rest.data(), rest.size());
    if (written < 0) throw std::runtime_error("the daemon has gone");
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  outgoing_.clear();
}

std::optional<nlohmann::json> Editor::read(Clock::time_point until) {
  while (true) {
    if (const auto frame = decoder_.next()) return nlohmann::json::parse(frame->body);
    const auto left = std::max(until - Clock::now(), Clock::duration(0));
    const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
    const timespec time{seconds.count(), (left - seconds).count()};
    pollfd readable{out_, POLLIN, 0};
    if (::ppoll(&readable, 1, &time, nullptr) <= 0) return std::nullopt;
    std::array<char, 65536> bytes;
    const auto count = ::read(out_, bytes.data(), bytes.size());
    if (count <= 0) throw std::runtime_error("the daemon has gone");
    decoder_.feed({bytes.data(), static_cast<std::size_t>(count)});
  }
}

std::optional<nlohmann::json> Editor::result(int id, Clock::time_point until) {
  while (auto message = read(until)) {
    if (message->value("id", 0) != id || message->contains("method")) continue;
    if (!message->contains("result")) return std::nullopt;
    return message->at("result");
  }
  return std::nullopt;
}

int Editor::ask_to_initialize(const nlohmann::json& settings) {
  const nlohmann::json capabilities{{"general", {{"positionEncodings", {"utf-8"}}}}};
  const int id = request("initialize", {{"processId", ::getpid()},
                                        {"rootUri", nullptr},
                                        {"capabilities", capabilities},
                                        {"initializationOptions", settings}});
  flush();
  return id;
}

void Editor::initialized() {
  notify("initialized", nlohmann::json::object());
  flush();
}

void Editor::initialize(const nlohmann::json& settings) {
  if (!result(ask_to_initialize(settings), Clock::now() + std::chrono::seconds(10)))
    throw std::runtime_error("initialize was not answered");
  initialized();
}

void Editor::open(const std::string& uri, const std::string& language, const std::string& text) {
  notify("textDocument/didOpen",
         {{"textDocument", {{"uri", uri}, {"languageId", language}, {"version", 0}, {"text", text}}}});
  flush();
}

long Editor::resident_bytes() const {
  std::ifstream file("/proc/" + std::to_string(pid_) + "/statm");
  long pages = 0, resident = 0;
  file >> pages >> resident;
  return resident * ::sysconf(_SC_PAGESIZE);
}

double Editor::processor_seconds() const {
  std::ifstream file("/proc/" + std::to_string(pid_) + "/schedstat");
  double nanoseconds = 0;
  file >> nanoseconds;
  return nanoseconds / 1e9;
}

}  // namespace fimd::bench
