// The editor's side of the daemon: the method table and the life cycle. Only this class knows method names.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "daemon/completer.h"
#include "daemon/connection.h"
#include "daemon/http_client.h"
#include "daemon/local_backend.h"
#include "daemon/requests.h"
#include "daemon/work_done.h"
#include "daemon/workspace.h"
#include "protocol/session.h"

namespace fimd {

// One session with one peer. Owns the documents and everything a completion needs.
class Server {
 public:
  // `piped`: the peer is a pipe, not an editor: `fim/complete` needs no initialize, and requests that are
  // pending when the input ends are still answered. `fault`: what was wrong with the settings so far.
  Server(asio::io_context& io, Connection& connection, Config config, bool piped, std::string fault = {});

  // Serves until `exit` or the end of input. Returns the exit code of the program.
  Task<int> run();

  // Ends the session as the end of input would: for signals and for the death of the editor.
  void stop();

  // Ends the session within 5 s of the death of this process. Only the first call counts.
  void watch_parent(std::int64_t pid);

 private:
  using Json = nlohmann::json;
  enum class Phase { fresh, serving, shut_down };

  Task<> receive(Frame frame);
  void request(const Message& message);
  void notify(const Message& message);
  void respond(const Message& message);
  void check_phase(const std::string& method) const;
  void start_completion(const Json& id, const std::string& uri, Task<Json> work);
  Task<Json> complete(CompletionQuery query, Offset start, std::string selected);
  Task<Json> complete_stateless(CompletionQuery query);

  // Requests that are answered at once.
  Json initialize(const Json& params);
  Json shutdown(const Json& params);
  Json execute_command(const Json& params);
  void inline_completion(const Json& id, const Json& params);
  void fim_complete(const Json& id, const Json& params);
  // Copilot's dialect; what is always answered alike, or nullptr.
  static const Json* copilot_answer(std::string_view method);
  Json set_editor_info(const Json& params);
  Json notify_shown(const Json& params);
  Json notify_accepted(const Json& params);
  Json notify_rejected(const Json& params);
  void copilot_completions(const Json& id, const Json& params);
  void copilot_candidates(const Json& id, const Json& params);
  void copilot_complete(const Json& id, const Json& params, TriggerKind trigger);
  Task<Json> copilot_list(CompletionQuery query, std::int64_t version);
  void initialized(const Json& params);
  void exit(const Json& params);
  void cancel_request(const Json& params);
  void set_trace(const Json& params);
  void did_open(const Json& params);
  void did_change(const Json& params);
  void did_close(const Json& params);
  void did_save(const Json& params);
  void did_show_completion(const Json& params);
  void did_partly_accept_completion(const Json& params);
  void did_change_configuration(const Json& params);
  void did_change_watched_files(const Json& params);
  void did_change_workspace_folders(const Json& params);

  void pull_configuration();
  void configure(const Json& settings);
  void choose_endpoint();
  void tell(MessageType type, std::string_view line);
  void tell_lasting_fault();
  void tell_status(bool busy);
  Task<> tell_busy(unsigned long completion);
  void files_changed(const std::vector<std::string>& uris);
  WorkspaceListener workspace_listener();
  void follow_workspace();

  asio::io_context& io_;
  Connection& connection_;
  Config config_;
  std::string fault_at_start_;
  bool piped_;
  Phase phase_ = Phase::fresh;
  std::optional<int> exit_code_;
  bool stopped_ = false;
  bool watches_parent_ = false;
  InitializeParams client_;
  PositionEncoding encoding_ = PositionEncoding::utf16;
  bool legacy_trigger_kinds_ = false;
  std::string accept_command_;
  std::string trace_;
  bool told_fault_ = false;  // of the endpoint in use, since it last worked
  Status told_status_;
  unsigned long last_completion_ = 0;
  std::map<std::string, std::uint32_t, std::less<>> copilot_lengths_;  // of the texts in the last such answer

  Documents documents_;
  HttpClient http_;
  Endpoint endpoint_;
  LocalBackend backend_;
  std::optional<std::string> chosen_;  // endpoint and token in use; nothing before the first completion
  Completer completer_;
  WorkDone work_done_;
  Workspace workspace_;
  Requests requests_;
};

}  // namespace fimd
