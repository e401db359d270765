#include "daemon/work_done.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "protocol/json_rpc.h"
#include "protocol/session.h"

namespace fimd {
namespace {

constexpr const char* kToken = "fimd-workspace";

}  // namespace

void WorkDone::report(std::string text) {
  text_ = std::move(text);
  if (state_ == State::shown) connection_.write(notification("$/progress", progress_report(kToken, text_)));
  if (state_ != State::idle) return;
  state_ = State::asked;
  connection_.write(request(kRequest, "window/workDoneProgress/create", progress_create(kToken)));
}

void WorkDone::allowed(bool allowed) {
  if (state_ != State::asked) return;
  state_ = allowed ? State::shown : State::refused;
  if (allowed) connection_.write(notification("$/progress", progress_begin(kToken, title_, text_)));
}

void WorkDone::end() {
  if (std::exchange(state_, State::idle) != State::shown) return;
  connection_.write(notification("$/progress", progress_end(kToken, "")));
}

}  // namespace fimd
