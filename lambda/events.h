// What AWS puts around a request and wants around an answer. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "lambda/handler.h"

namespace fimd {

enum class EventShape {
  v2,      // HTTP API with payload format 2.0, and function URLs
  v1,      // REST API, HTTP API with payload format 1.0
  body,    // {"body": "..."}: a test event typed into the console
  direct,  // {"prompt": ...}: an invocation with the AWS CLI or an SDK; answered without an envelope
};

struct Event {
  EventShape shape = EventShape::direct;
  Call call;
};

// Never fails: what it cannot read becomes a call with a fault.
Event read_event(std::string_view json);

// The envelope around a buffered answer.
std::string event_answer(EventShape shape, const Answer& answer);

// What comes before the body of a streamed answer: a JSON object with status and headers. Eight NUL bytes
// follow it.
std::string stream_prelude(const Answer& head);

}  // namespace fimd
