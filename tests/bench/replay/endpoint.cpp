#include "tests/bench/replay/endpoint.h"

#include <algorithm>
#include <functional>

#include "protocol/completion.h"
#include "protocol/event_stream.h"

namespace fimd::bench {
namespace {

constexpr std::size_t kBlockBytes = 256;  // 64 tokens
constexpr std::size_t kDeltaBytes = 12;
constexpr std::size_t kRecentCalls = 64;

std::string event_stream(const std::string& text) {
  std::string events;
  for (std::size_t i = 0; i < text.size();) {
    auto end = std::min(i + kDeltaBytes, text.size());
    while (end < text.size() && (text[end] & 0xC0) == 0x80) ++end;
    events += encode_event(delta_data(std::string_view(text).substr(i, end - i)));
    i = end;
  }
  Completion end;
  end.model = "oracle";
  end.finish_reason = "stop";
  events += encode_event(end_data(end));
  return events + encode_event(kDoneData);
}

std::string reply(int status, const std::string& type, const std::string& body) {
  return test::http_head(status, {{"Content-Type", type}, {"Content-Length", std::to_string(body.size())}}) +
         body;
}

}  // namespace

void PromptMeter::count(const std::string& prompt, const std::string& suffix) {
  const auto whole = suffix + '\0' + prompt;
  bool known = true;
  std::size_t head = 0;
  for (std::size_t i = 0; i + kBlockBytes <= whole.size(); i += kBlockBytes) {
    head = head * 31 + std::hash<std::string_view>()(std::string_view(whole).substr(i, kBlockBytes));
    known &= !seen_.insert(head).second;
    if (known) cached_ += kBlockBytes;
  }
  total_ += whole.size();
}

OracleEndpoint::OracleEndpoint(Oracle oracle, double scale)
    : oracle_(std::move(oracle)), scale_(scale), listener_([this](auto& connection) { serve(connection); }) {}

std::vector<Call> OracleEndpoint::take_calls() {
  const std::lock_guard lock(mutex_);
  return calls_;
}

void OracleEndpoint::mark_shown(std::string_view text) {
  const std::lock_guard lock(mutex_);
  const auto head = text.substr(0, text.find('\n', 1));
  const auto oldest = calls_.rbegin() + static_cast<std::ptrdiff_t>(std::min(kRecentCalls, calls_.size()));
  const auto from = std::find_if(
      calls_.rbegin(), oldest, [&](const Call& call) { return call.answer.find(head) != std::string::npos; });
  if (from != oldest) from->shown = true;
}

Answer OracleEndpoint::answer_to(const std::string& body) {
  const auto request = completion_request(body);
  const std::lock_guard lock(mutex_);
  meter_.count(request.prompt, request.suffix);
  auto answer = oracle_.answer(request.prompt, step_);
  calls_.push_back({answer.text});
  return answer;
}

void OracleEndpoint::serve(test::HttpConnection& connection) {
  while (const auto request = connection.read()) {
    const auto answer = answer_to(request->body);
    const auto time = std::chrono::duration<double>(answer.seconds / scale_);
    if (!connection.wait(std::chrono::duration_cast<std::chrono::milliseconds>(time))) return;
    const bool fine = answer.status == 200;
    const auto sent = connection.write(fine ? reply(200, "text/event-stream", event_stream(answer.text))
                                            : reply(answer.status, "application/json", error_body("no")));
    if (!sent) return;
  }
}

}  // namespace fimd::bench
