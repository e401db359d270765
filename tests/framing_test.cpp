#include "protocol/framing.h"

#include "tests/support/catch.h"

using namespace fimd;

TEST_CASE("a frame survives the way there and back") {
  for (const auto framing : {Framing::content_length, Framing::ndjson}) {
    FrameDecoder decoder(framing);
    decoder.feed(encode_frame(framing, R"({"a":1})"));
    CHECK(decoder.next() == Frame{Frame::Kind::body, R"({"a":1})"});
    CHECK(decoder.idle());
  }
}
