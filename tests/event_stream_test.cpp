#include "protocol/event_stream.h"

#include "tests/support/catch.h"

using namespace fimd;

TEST_CASE("an event survives the way there and back") {
  EventStreamDecoder decoder;
  decoder.feed(encode_event("one\ntwo"));
  CHECK(decoder.next() == "one\ntwo");
  CHECK_FALSE(decoder.next());
}
