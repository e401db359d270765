// The same bytes in any split give the same events and the same text. The first byte of the input is the
// split.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "protocol/event_stream.h"

using namespace fimd;

namespace {

struct Heard {
  std::vector<std::string> events;
  std::string text;
  bool operator==(const Heard&) const = default;
};

Heard hear(std::string_view bytes, std::size_t step) {
  EventStreamDecoder decoder;
  Utf8Joiner joiner;
  Heard heard;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(step, bytes.size()))) {
    decoder.feed(bytes.substr(0, step));
    while (auto event = decoder.next()) heard.events.push_back(*event);
    heard.text += joiner.take(bytes.substr(0, step));
  }
  return heard;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(input) + 1, size - 1);
  const auto whole = hear(bytes, std::max<std::size_t>(bytes.size(), 1));
  if (hear(bytes, 1U + input[0]) != whole) std::abort();
  if (Utf8Joiner().take(whole.text) != whole.text) std::abort();  // valid already
  for (const auto& event : whole.events) {
    EventStreamDecoder again;
    again.feed(encode_event(event));
    if (again.next() != event) std::abort();
  }
  return 0;
}
