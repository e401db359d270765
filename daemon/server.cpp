#include "daemon/server.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <nlohmann/json.hpp>
#include <utility>

#include "daemon/log.h"
#include "protocol/copilot.h"
#include "protocol/lsp.h"

namespace fimd {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

constexpr const char* kConfigurationId = "fimd-configuration";

// How long `shutdown` waits for answers that are on their way: an editor that closes must not hang.
constexpr auto kShutdownGrace = 300ms;
// How long the last messages wait for an editor that does not read them. A pipe's reader takes its time.
constexpr auto kFlushGrace = 500ms;
constexpr auto kParentPollInterval = 3s;

// What the predictor may learn from changes with these, and what it may not. A program that is built writes
// thousands of other files, and each would be a message.
constexpr const char* kIgnoreFiles = "**/.fimdignore";
constexpr const char* kSourceFiles =
    "**/*.{c,cc,clj,cpp,cs,css,cxx,dart,el,ex,exs,fs,go,h,hh,hpp,hs,html,hxx,java,jl,js,jsx,kt,lua,m,md,ml,"
    "mm,php,pl,proto,ps1,py,pyi,r,rb,rs,scala,scss,sh,sql,svelte,swift,tf,toml,ts,tsx,vim,vue,yaml,yml,zig}";

// What the editor is asked to tell us of, where it lets us ask.
std::vector<Registration> registrations(const InitializeParams& client) {
  std::vector<Registration> wanted;
  if (client.registersConfiguration)
    wanted.push_back({"fimd-configuration", "workspace/didChangeConfiguration", {}});
  if (client.registersWatchedFiles)
    wanted.push_back({"fimd-files", "workspace/didChangeWatchedFiles", {kIgnoreFiles, kSourceFiles}});
  return wanted;
}

// What all requests take at most, one after the other.
SteadyClock::duration turns(const Requests& requests, const Config& config) {
  return config.deadline * requests.size();
}

Task<> exit_with_parent(asio::io_context& io, Server& server, std::int64_t pid) {
  while (::kill(static_cast<pid_t>(pid), 0) == 0 || errno == EPERM) {
    co_await sleep_until(io, SteadyClock::now() + kParentPollInterval);
  }
  log_info("the editor's process has gone");
  server.stop();
}

}  // namespace

Server::Server(asio::io_context& io, Connection& connection, Config config, bool piped, std::string fault)
    : io_(io),
      connection_(connection),
      config_(std::move(config)),
      fault_at_start_(std::move(fault)),
      piped_(piped),
      accept_command_(fmt::format("fimd.didAcceptCompletion.{}", ::getpid())),
      documents_(static_cast<std::size_t>(config_.max_document_bytes)),
      http_(io),
      endpoint_(io, http_, config_),
      backend_(io, endpoint_, config_),
      completer_(io, endpoint_, documents_, config_),
      work_done_(connection, "fimd: learning from the workspace"),
      workspace_(io, config_, completer_.privacy(), workspace_listener()),
      requests_(io, connection) {}

Task<int> Server::run() {
  while (!exit_code_) {
    auto frame = co_await connection_.read();
    if (!frame) break;
    co_await receive(std::move(*frame));
  }
  const bool patient = piped_ && !stopped_;
  co_await requests_.drain(patient ? turns(requests_, config_) : SteadyClock::duration::zero());
  co_await connection_.flush(patient ? SteadyClock::time_point::max() : SteadyClock::now() + kFlushGrace);
  co_return exit_code_.value_or(phase_ == Phase::shut_down || (piped_ && phase_ == Phase::fresh) ? 0 : 1);
}

void Server::stop() {
  stopped_ = true;
  connection_.close_input();
  requests_.withdraw_all();
}

Task<> Server::receive(Frame frame) {
  try {
    if (frame.kind == Frame::Kind::oversized) throw RpcError(ErrorCode::invalid_request, "message too large");
    if (frame.kind == Frame::Kind::garbage)
      throw RpcError(ErrorCode::parse_error, "not a message: no Content-Length");
    const auto message = parse_message(frame.body);
    frame.body.clear();
    if (message.method == "shutdown")
      co_await requests_.drain(piped_ ? turns(requests_, config_) : kShutdownGrace);
    if (message.kind == Message::Kind::request) request(message);
    if (message.kind == Message::Kind::notification) notify(message);
    if (message.kind == Message::Kind::response) respond(message);
  } catch (const RpcError& error) {
    requests_.refuse(nullptr, error.code, error.what());
  }
}

void Server::check_phase(const std::string& method) const {
  if (phase_ == Phase::shut_down) throw RpcError(ErrorCode::invalid_request, "the server is shutting down");
  const bool stateless = piped_ && method == "fim/complete";
  if (phase_ == Phase::fresh && method != "initialize" && !stateless) {
    throw RpcError(ErrorCode::server_not_initialized, "the first request must be initialize");
  }
  if (phase_ == Phase::serving && method == "initialize") {
    throw RpcError(ErrorCode::invalid_request, "initialize was already received");
  }
}

void Server::request(const Message& message) {
  static const std::map<std::string_view, Json (Server::*)(const Json&)> kImmediate = {
      {"initialize", &Server::initialize},
      {"shutdown", &Server::shutdown},
      {"workspace/executeCommand", &Server::execute_command},
      {"setEditorInfo", &Server::set_editor_info},
      {"notifyShown", &Server::notify_shown},
      {"notifyAccepted", &Server::notify_accepted},
      {"notifyRejected", &Server::notify_rejected},
  };
  static const std::map<std::string_view, void (Server::*)(const Json&, const Json&)> kCompletions = {
      {"textDocument/inlineCompletion", &Server::inline_completion},
      {"fim/complete", &Server::fim_complete},
      {"getCompletions", &Server::copilot_completions},
      {"getCompletionsCycling", &Server::copilot_candidates},
  };
  try {
    check_phase(message.method);
    const auto immediate = kImmediate.find(message.method);
    const auto completion = kCompletions.find(message.method);
    if (immediate != kImmediate.end()) {
      requests_.reply(message.id, (this->*immediate->second)(message.params));
    } else if (completion != kCompletions.end()) {
      (this->*completion->second)(message.id, message.params);
    } else if (const auto* answer = copilot_answer(message.method)) {
      requests_.reply(message.id, *answer);
    } else {
      throw RpcError(ErrorCode::method_not_found, "unknown method");
    }
  } catch (const RpcError& error) {
    requests_.refuse(message.id, error.code, error.what());
  } catch (const std::exception& error) {
    log_error("{}: {}", message.method, error.what());
    requests_.refuse(message.id, ErrorCode::internal_error, "a fault in fimd; its log says more");
  }
}

void Server::notify(const Message& message) {
  static const std::map<std::string_view, void (Server::*)(const Json&)> kNotifications = {
      {"initialized", &Server::initialized},
      {"exit", &Server::exit},
      {"$/cancelRequest", &Server::cancel_request},
      {"$/setTrace", &Server::set_trace},
      {"textDocument/didOpen", &Server::did_open},
      {"textDocument/didChange", &Server::did_change},
      {"textDocument/didClose", &Server::did_close},
      {"textDocument/didSave", &Server::did_save},
      {"textDocument/didShowCompletion", &Server::did_show_completion},
      {"textDocument/didPartiallyAcceptCompletion", &Server::did_partly_accept_completion},
      {"workspace/didChangeConfiguration", &Server::did_change_configuration},
      {"workspace/didChangeWatchedFiles", &Server::did_change_watched_files},
      {"workspace/didChangeWorkspaceFolders", &Server::did_change_workspace_folders},
  };
  const auto handler = kNotifications.find(message.method);
  const bool in_time = phase_ == Phase::serving || message.method == "exit";
  if (handler == kNotifications.end() || !in_time) return;
  try {
    (this->*handler->second)(message.params);
  } catch (const std::exception& error) {
    tell(MessageType::warning, fmt::format("{}: {}", handler->first, error.what()));
  }
}

void Server::respond(const Message& message) {
  if (message.id == WorkDone::kRequest) return work_done_.allowed(!message.failed);
  // Otherwise only workspace/configuration has an answer that we read: a list of one section.
  if (message.id != kConfigurationId || !message.result.is_array() || message.result.empty()) return;
  configure(message.result.front());
  tell_status(false);
}

Json Server::initialize(const Json& params) {
  client_ = initialize_params(params);
  encoding_ = client_.copilot ? PositionEncoding::utf16 : choose_encoding(client_.positionEncodings);
  if (client_.copilot) accept_command_ = kCopilotAcceptCommand;
  trace_ = client_.trace;
  log_info("the editor is {}", client_.clientName.empty() ? "unnamed" : client_.clientName);
  phase_ = Phase::serving;
  if (client_.processId && !watches_parent_) watch_parent(*client_.processId);
  if (!fault_at_start_.empty()) tell(MessageType::error, fault_at_start_);
  configure(initialization_options(params));
  ServerCapabilities capabilities;
  capabilities.positionEncoding = encoding_;
  capabilities.commands.push_back(accept_command_);
  return initialize_result(capabilities, FIMD_VERSION);
}

void Server::initialized(const Json&) {
  choose_endpoint();
  follow_workspace();
  tell_status(false);
  const auto wanted = registrations(client_);
  if (!wanted.empty())
    connection_.write(
        fimd::request("fimd-register", "client/registerCapability", registration_params(wanted)));
  if (client_.configuration) pull_configuration();
}

void Server::pull_configuration() {
  connection_.write(fimd::request(kConfigurationId, "workspace/configuration", configuration_params("fimd")));
}

Json Server::shutdown(const Json&) {
  phase_ = Phase::shut_down;
  return nullptr;
}

void Server::exit(const Json&) {
  exit_code_ = phase_ == Phase::shut_down ? 0 : 1;
}

void Server::cancel_request(const Json& params) {
  requests_.cancel(cancelled_id(params));
}

void Server::set_trace(const Json& params) {
  trace_ = set_trace_value(params);
}

void Server::did_change_configuration(const Json& params) {
  const auto& settings = changed_settings(params);
  if (settings.is_null() && client_.configuration) pull_configuration();
  configure(settings);
  tell_status(false);
}

void Server::configure(const Json& settings) {
  const auto nested = settings.is_object() && settings.contains("fimd");
  std::string faults;
  try {
    merge_settings(config_, nested ? settings.at("fimd") : settings);
  } catch (const ConfigError& error) {
    faults = error.what();
  }
  if (!open_log(config_.log_level, config_.log_file)) faults += "the log file cannot be opened";
  completer_.configure();
  if (chosen_) choose_endpoint();
  if (chosen_) follow_workspace();
  if (!faults.empty()) tell(MessageType::error, faults);
}

void Server::choose_endpoint() {
  const auto wanted = config_.endpoint + '\n' + config_.token;
  if (chosen_ == wanted) return;
  chosen_ = wanted;
  told_fault_ = false;
  if (config_.endpoint.empty()) {
    tell(MessageType::info,
         has_model_configured()
             ? "no endpoint is configured: the bundled backend on this machine asks the model"
             : "neither an endpoint nor a model is configured: completing from your own text");
  }
  connect_as_configured(config_, endpoint_, backend_);
}

void Server::watch_parent(std::int64_t pid) {
  watches_parent_ = true;
  asio::co_spawn(io_, exit_with_parent(io_, *this, pid), asio::detached);
}

void Server::tell(MessageType type, std::string_view line) {
  constexpr std::array kLevels = {LogLevel::error, LogLevel::warning, LogLevel::info, LogLevel::debug,
                                  LogLevel::debug};
  log_line(kLevels.at(static_cast<std::size_t>(type) - 1), line);
  connection_.write(notification("window/logMessage", message_params(type, line)));
}

}  // namespace fimd
