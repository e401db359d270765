#include "lambda/handler.h"

#include <algorithm>
#include <limits>

#include "protocol/event_stream.h"

namespace fimd {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::steady_clock;

constexpr auto kBudgetTime = std::chrono::seconds(1);  // a usual answer takes DynamoDB 5 ms

// Through API Gateway the path may start with the name of a stage; a function URL is called at its root.
bool known_path(std::string_view path) {
  return path.empty() || path == "/" || path.ends_with("/fim");
}

Answer preflight() {
  return Answer{.status = 204,
                .headers = {{"Access-Control-Allow-Methods", "POST"},
                            {"Access-Control-Allow-Headers", "authorization, content-type"},
                            {"Access-Control-Max-Age", "86400"}},
                .body = {}};
}

Answer json_answer(const Completion& completion) {
  return Answer{
      .status = 200, .headers = {{"Content-Type", "application/json"}}, .body = to_body(completion)};
}

Answer refusal(const Outcome& outcome) {
  Answer answer = error_answer(outcome.status, outcome.error);
  if (!outcome.retry_after.empty()) answer.headers.emplace_back("Retry-After", outcome.retry_after);
  return answer;
}

std::chrono::seconds unix_time() {
  return duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
}

Answer over_budget() {
  Answer answer = error_answer(429, "Daily budget used up");
  answer.headers.emplace_back("Retry-After", std::to_string(Budget::until_tomorrow(unix_time()).count()));
  return answer;
}

// Server-sent events, from the first delta on. Until then an error can still be an ordinary answer with its
// status.
class StreamedAnswer {
 public:
  StreamedAnswer(const Outlet& outlet, HeaderList headers) : outlet_(outlet), headers_(std::move(headers)) {
    headers_.emplace_back("Content-Type", "text/event-stream");
    headers_.emplace_back("Cache-Control", "no-store");
  }

  bool delta(const Delta& delta) { return write(encode_event(delta_data(delta))); }

  // Nothing has been sent and nothing was said: the caller answers with the error itself.
  std::optional<Answer> finish(const Outcome& outcome) {
    const bool failed = outcome.status != 200;
    if (failed && !begun_) return refusal(outcome);
    write(encode_event(failed ? error_data(outcome.status, outcome.error) : end_data(outcome.completion)));
    write(encode_event(kDoneData));
    return std::nullopt;
  }

 private:
  bool write(const std::string& bytes) {
    if (!begun_) outlet_.begin(Answer{.status = 200, .headers = headers_, .body = {}, .streamed = true});
    begun_ = true;
    return outlet_.write(bytes);
  }

  const Outlet& outlet_;
  HeaderList headers_;
  bool begun_ = false;
};

}  // namespace

Answer error_answer(int status, std::string_view message) {
  return Answer{
      .status = status, .headers = {{"Content-Type", "application/json"}}, .body = error_body(message)};
}

Handler::Handler(Model model, Doorkeeper doorkeeper, Limits limits, std::vector<std::string> cors_origins,
                 TeamBudget* team)
    : model_(std::move(model)),
      doorkeeper_(std::move(doorkeeper)),
      limits_(limits),
      budget_(limits.daily),
      team_(team),
      cors_origins_(std::move(cors_origins)) {}

Answer Handler::handle(const Call& call, const Outlet& outlet, Record& record) {
  const auto start = steady_clock::now();
  Answer answer = route(call, outlet, record);
  if (!answer.streamed) {
    for (auto& header : cors_headers(call)) answer.headers.push_back(std::move(header));
  }
  record.status = answer.status;
  record.streamed = answer.streamed;
  record.total = duration_cast<microseconds>(steady_clock::now() - start);
  return answer;
}

HeaderList Handler::cors_headers(const Call& call) const {
  const std::string origin = header_value(call.headers, "Origin");
  const auto allowed = [&](const std::string& entry) { return entry == "*" || entry == origin; };
  if (origin.empty() || std::none_of(cors_origins_.begin(), cors_origins_.end(), allowed)) return {};
  return {{"Access-Control-Allow-Origin", origin}, {"Vary", "Origin"}};
}

Answer Handler::route(const Call& call, const Outlet& outlet, Record& record) {
  if (!known_path(call.path)) return error_answer(404, "Not found");
  if (call.method == "OPTIONS" && !cors_headers(call).empty()) return preflight();
  if (!call.method.empty() && call.method != "POST") {
    Answer answer = error_answer(405, "Method not allowed");
    answer.headers.emplace_back("Allow", "POST");
    return answer;
  }
  const auto start = steady_clock::now();
  const auto caller = call.trusted ? "aws" : doorkeeper_.admit(header_value(call.headers, "Authorization"));
  record.auth = duration_cast<microseconds>(steady_clock::now() - start);
  if (!caller) {
    Answer answer = error_answer(401, "Unauthorized");
    answer.headers.emplace_back("WWW-Authenticate", "Bearer");
    return answer;
  }
  record.caller = *caller;
  if (!call.fault.empty()) return error_answer(400, call.fault);
  if (call.body.size() > kMaxCallBytes) return error_answer(413, "Request too large");
  if (!within_budget(*caller, call.deadline, record)) return over_budget();
  return complete(call, outlet, record);
}

// When nobody knows what the team has used, what this process has served must do.
bool Handler::within_budget(const std::string& caller, Deadline deadline, Record& record) {
  if (!budget_.admit(caller, unix_time())) return false;
  if (!team_) return true;
  const auto [verdict, failure] =
      team_->admit(caller, unix_time(), std::min(deadline, steady_clock::now() + kBudgetTime));
  record.budget_failure = failure;
  return verdict != TeamBudget::Verdict::used_up;
}

void Handler::spend(const std::string& caller, const Usage& usage) {
  const auto sum = static_cast<long>(usage.prompt_tokens) + usage.completion_tokens;
  const auto tokens = static_cast<int>(std::min<long>(sum, std::numeric_limits<int>::max()));
  budget_.spend(caller, tokens, unix_time());
  if (team_) team_->spend(caller, tokens, unix_time());
}

Answer Handler::complete(const Call& call, const Outlet& outlet, Record& record) {
  CompletionRequest request;
  try {
    request = completion_request(call.body);
  } catch (const BadRequest& error) {
    return error_answer(400, error.what());
  }
  record.prompt_bytes = request.prompt.size();
  record.suffix_bytes = request.suffix.size();
  if (record.prompt_bytes + record.suffix_bytes > limits_.max_input_bytes) {
    return error_answer(413, "Request too large");
  }
  request.max_tokens = std::clamp(request.max_tokens, 1, limits_.max_tokens);
  request.temperature = std::clamp(request.temperature, 0.0, 2.0);
  request.n = std::clamp(request.n, 1, kMaxCandidates);
  request.stream = request.stream && outlet.begin;
  return ask(request, call, outlet, record);
}

Answer Handler::ask(const CompletionRequest& request, const Call& call, const Outlet& outlet,
                    Record& record) {
  const auto start = steady_clock::now();
  StreamedAnswer stream(outlet, cors_headers(call));
  const CallTerms terms{.deadline = std::min(call.deadline, start + limits_.model_time),
                        .on_delta = [&](const Delta& delta) { return stream.delta(delta); },
                        .abandoned = outlet.abandoned};
  const Outcome outcome = model_(request, terms);
  record.provider = outcome.completion.provider;
  record.model = outcome.asked_model;
  record.finish_reason = outcome.completion.finish_reason;
  record.usage = outcome.completion.usage;
  if (outcome.completion.usage) spend(record.caller, *outcome.completion.usage);
  record.completion_bytes = outcome.completion.completion.size();
  for (const auto& text : outcome.completion.alternatives) record.completion_bytes += text.size();
  if (outcome.first_byte > start) record.first_byte = duration_cast<microseconds>(outcome.first_byte - start);
  if (!request.stream) return outcome.status == 200 ? json_answer(outcome.completion) : refusal(outcome);
  if (auto answer = stream.finish(outcome)) return *answer;
  return Answer{.status = outcome.status, .headers = {}, .body = {}, .streamed = true};
}

}  // namespace fimd
