// The same bytes in any split give the same frames. The first bytes of the input choose framing and split.
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "protocol/framing.h"

using namespace fimd;

namespace {

constexpr std::size_t kMaxBody = 64;

std::vector<Frame> frames(Framing framing, std::string_view bytes, std::size_t step) {
  FrameDecoder decoder(framing, kMaxBody);
  std::vector<Frame> result;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(step, bytes.size()))) {
    decoder.feed(bytes.substr(0, step));
    while (auto frame = decoder.next()) result.push_back(*frame);
  }
  if (auto last = decoder.finish()) result.push_back(*last);
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* input, std::size_t size) {
  if (size < 2) return 0;
  const auto framing = input[0] % 2 == 0 ? Framing::content_length : Framing::ndjson;
  const std::string_view bytes(reinterpret_cast<const char*>(input) + 2, size - 2);
  const auto whole = frames(framing, bytes, std::max<std::size_t>(bytes.size(), 1));
  if (frames(framing, bytes, 1U + input[1]) != whole) std::abort();
  for (const auto& frame : whole) {
    if (frame.body.size() > kMaxBody) std::abort();
  }
  return 0;
}
