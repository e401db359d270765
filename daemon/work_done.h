// Work that takes a while, as an editor shows it: window/workDoneProgress/create, then $/progress. One work
// at a time.
#pragma once

#include <string>

#include "daemon/connection.h"

namespace fimd {

class WorkDone {
 public:
  // The id of the request that asks the editor for leave to report.
  static constexpr const char* kRequest = "fimd-progress";

  WorkDone(Connection& connection, std::string title) : connection_(connection), title_(std::move(title)) {}

  // How far it is. The first report asks for leave; nothing is shown before it is given.
  void report(std::string text);
  // The editor's answer. It may come when all is over: then nothing is shown.
  void allowed(bool allowed);
  void end();

 private:
  enum class State { idle, asked, shown, refused };

  Connection& connection_;
  std::string title_;
  std::string text_;
  State state_ = State::idle;
};

}  // namespace fimd
