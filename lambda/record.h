// What the log says about one request: sizes, times and counts, never a byte of text, key or token.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "protocol/completion.h"

namespace fimd {

struct Record {
  std::string function = "local";  // its name in AWS
  std::string request_id;
  std::string caller;  // name of the token; empty when nobody was let in
  std::string provider;
  std::string model;  // as it is configured: what a vendor calls itself could be anything
  int status = 0;
  std::size_t prompt_bytes = 0;
  std::size_t suffix_bytes = 0;
  std::size_t completion_bytes = 0;
  std::optional<Usage> usage;
  std::string finish_reason;
  bool streamed = false;
  std::string budget_failure;  // why the team's budget could not be asked; empty when it could
  bool cold = false;           // the first request of this process
  std::chrono::microseconds auth{0};
  std::optional<std::chrono::microseconds> first_byte;  // of the model, from the start of the call
  std::chrono::microseconds total{0};
};

// One JSON line in CloudWatch's embedded metric format, so that metrics need no agent. `now` is Unix time.
std::string log_line(const Record& record, std::chrono::milliseconds now);

}  // namespace fimd
