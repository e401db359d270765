// Any event becomes a call or an error of the contract, and any answer wears its envelope as valid JSON.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "lambda/events.h"

using namespace fimd;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(input), size);
  const Event event = read_event(text);
  const Answer answer{.status = 200, .headers = event.call.headers, .body = std::string(text)};
  for (const auto shape : {EventShape::v2, EventShape::v1, EventShape::body}) {
    const auto envelope = nlohmann::json::parse(event_answer(shape, answer), nullptr, false);
    if (!envelope.is_object() || envelope["statusCode"] != 200) std::abort();
  }
  if (stream_prelude(answer).find('\0') != std::string::npos) std::abort();
  return 0;
}
