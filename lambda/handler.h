// One request, through whichever door it came, to one answer: authorise, validate, clamp, ask the model.
// Takes and gives plain structs; knows neither sockets nor AWS.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lambda/auth.h"
#include "lambda/budget.h"
#include "lambda/model.h"
#include "lambda/record.h"
#include "lambda/team_budget.h"

namespace fimd {

struct Call {
  std::string method;  // empty when the door has no such thing: then it counts as POST
  std::string path;
  HeaderList headers;
  std::string body;
  std::string fault = {};  // not empty: there is no body to read, and this is why
  bool trusted = false;    // AWS has already checked who calls: no token needed
  Deadline deadline = Deadline::max();
};

struct Answer {
  int status = 200;
  HeaderList headers;
  std::string body;
  bool streamed = false;  // has already gone out through the outlet, head and body
};

// Where a streamed answer goes while it is made. An empty one cannot stream: the answer is JSON whatever was
// asked for.
struct Outlet {
  std::function<void(const Answer& head)> begin;
  std::function<bool(std::string_view)> write;  // false: the client has left
  std::function<bool()> abandoned;              // asked while the model is silent; may be empty
};

struct Limits {
  int max_tokens = 256;
  std::size_t max_input_bytes = 512 * 1024;  // prompt and suffix together: about what 128k tokens hold
  std::chrono::milliseconds model_time{20'000};
  DailyBudget daily;  // of each caller
};

class Handler {
 public:
  // `team` may be null: then each process counts for itself.
  Handler(Model model, Doorkeeper doorkeeper, Limits limits, std::vector<std::string> cors_origins,
          TeamBudget* team = nullptr);

  // Never throws for anything a caller or a model may send. `record` is filled for the log. Several threads
  // may call.
  Answer handle(const Call& call, const Outlet& outlet, Record& record);

 private:
  Answer route(const Call& call, const Outlet& outlet, Record& record);
  bool within_budget(const std::string& caller, Deadline deadline, Record& record);
  void spend(const std::string& caller, const Usage& usage);
  Answer complete(const Call& call, const Outlet& outlet, Record& record);
  Answer ask(const CompletionRequest& request, const Call& call, const Outlet& outlet, Record& record);
  HeaderList cors_headers(const Call& call) const;

  Model model_;
  Doorkeeper doorkeeper_;
  Limits limits_;
  Budget budget_;
  TeamBudget* team_;
  std::vector<std::string> cors_origins_;
};

constexpr std::size_t kMaxCallBytes =
    6 * 1024 * 1024;  // what Lambda takes; larger bodies are refused with 413

// A JSON error answer of the contract.
Answer error_answer(int status, std::string_view message);

}  // namespace fimd
