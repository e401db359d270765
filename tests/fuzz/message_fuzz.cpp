// No bytes break a reader: each gives a value or throws its own error; what is read and written reads the
// same again.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "protocol/completion.h"
#include "protocol/json_rpc.h"
#include "protocol/json_text.h"
#include "protocol/lsp.h"
#include "protocol/session.h"

using namespace fimd;

namespace {

template <typename Error, typename Reader>
void may_throw(Reader read) {
  try {
    read();
  } catch (const Error&) {
  }
}

void read_params(const nlohmann::json& params) {
  bool legacy = false;
  const auto each = [&](auto reader) { may_throw<RpcError>([&] { reader(params); }); };
  each(initialize_params);
  each(execute_command_params);
  each(set_trace_value);
  each(initialization_options);
  each(changed_settings);
  each(cancelled_id);
  each(did_open_params);
  each(did_change_params);
  each(document_params);
  each(did_focus_params);
  each([&](const auto& value) { inline_completion_params(value, legacy); });
  each(fim_complete_params);
  each(shown_completion_id);
  each(partial_accept_params);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(input), size);
  may_throw<RpcError>([&] { parse_message(body); });
  may_throw<BadRequest>([&] {
    const auto request = to_body(completion_request(body));
    if (to_body(completion_request(request)) != request) std::abort();
  });
  read_completion(body);
  stream_event(body);
  if (error_message(500, body).size() > kMaxErrorBytes) std::abort();
  if (const auto value = parse_json(body)) {
    const auto text = dump_json(*value);
    if (dump_json(parse_json(text).value()) != text) std::abort();
    read_params(*value);
  }
  return 0;
}
