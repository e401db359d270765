#include "protocol/framing.h"

#include "tests/support/catch.h"

using namespace fimd;

namespace {

using Bodies = std::vector<std::string>;
constexpr std::size_t kMaxBody = 20;

void collect(FrameDecoder& decoder, Bodies& bodies) {
  while (const auto frame = decoder.next()) {
    switch (frame->kind) {
      case Frame::Kind::body:
        bodies.push_back(frame->body);
        break;
      case Frame::Kind::oversized:
        bodies.push_back("<oversized>");
        break;
      case Frame::Kind::garbage:
        bodies.push_back("<garbage>");
        break;
    }
  }
}

// What the decoder makes of `bytes`, fed in pieces of `step` after a first piece of `first`.
Bodies in_pieces(Framing framing, std::string_view bytes, std::size_t first, std::size_t step) {
  FrameDecoder decoder(framing, kMaxBody);
  Bodies bodies;
  decoder.feed(bytes.substr(0, first));
  collect(decoder, bodies);
  for (std::size_t at = first; at < bytes.size(); at += step) {
    decoder.feed(bytes.substr(at, step));
    collect(decoder, bodies);
  }
  if (const auto last = decoder.finish()) bodies.push_back(last->body);
  return bodies;
}

// The same bytes in any split give the same frames.
Bodies read(Framing framing, std::string_view bytes) {
  const auto whole = in_pieces(framing, bytes, bytes.size(), 1);
  CHECK(in_pieces(framing, bytes, 0, 1) == whole);
  for (std::size_t split = 0; split < bytes.size(); ++split) {
    if (in_pieces(framing, bytes, split, bytes.size()) != whole)
      FAIL_CHECK("another result, split at " << split);
  }
  return whole;
}

Bodies messages(std::string_view bytes) {
  return read(Framing::content_length, bytes);
}
Bodies lines(std::string_view bytes) {
  return read(Framing::ndjson, bytes);
}

bool idle_after(Framing framing, std::string_view bytes) {
  FrameDecoder decoder(framing, kMaxBody);
  Bodies bodies;
  decoder.feed(bytes);
  collect(decoder, bodies);
  return decoder.idle();
}

}  // namespace

TEST_CASE("messages are split by their length") {
  CHECK(messages("").empty());
  CHECK(messages("Content-Length: 2\r\n\r\n{}") == Bodies{"{}"});
  CHECK(messages("Content-Length: 2\r\n\r\n{}Content-Length: 4\r\n\r\nnull") == Bodies{"{}", "null"});
  CHECK(messages("Content-Length: 0\r\n\r\nContent-Length: 1\r\n\r\n1") == Bodies{"", "1"});
  CHECK(messages("Content-Length: 20\r\n\r\n12345678901234567890") == Bodies{"12345678901234567890"});
  using namespace std::string_literals;
  CHECK(messages("Content-Length: 3\r\n\r\na\0b"s) == Bodies{"a\0b"s});
}

TEST_CASE("headers are read leniently") {
  CHECK(messages("content-LENGTH:2\r\n\r\n{}") == Bodies{"{}"});
  CHECK(messages("Content-Length \t: \t2 \t\r\n\r\n{}") == Bodies{"{}"});
  CHECK(messages("Content-Length: 2\n\n{}") == Bodies{"{}"});
  CHECK(messages("X-Other: y\r\nContent-Length: 2\r\nContent-Type: a; charset=utf-8\r\n\r\n{}") ==
        Bodies{"{}"});
  CHECK(messages("Content-Length: 9\r\nContent-Length: 2\r\n\r\n{}") == Bodies{"{}"});
  CHECK(messages("\r\n\nContent-Length: 2\r\n\r\n{}\r\n\r\nContent-Length: 1\r\n\r\n1\n") ==
        Bodies{"{}", "1"});
}

TEST_CASE("an oversized body is reported and drained") {
  const auto big = "Content-Length: 21\r\n\r\n" + std::string(21, 'x');
  CHECK(messages(big + "Content-Length: 2\r\n\r\n{}") == Bodies{"<oversized>", "{}"});
  CHECK(messages(big + big) == Bodies{"<oversized>", "<oversized>"});
  CHECK(messages("Content-Length: 999999999999\r\n\r\nContent-Length: 2\r\n\r\n{}") == Bodies{"<oversized>"});
}

TEST_CASE("after garbage the next Content-Length is found") {
  const std::string good = "Content-Length: 2\r\n\r\n{}";
  for (const std::string garbage :
       {"hello\n", "hello ", "hello", "x: y\r\n\r\n", "x: y: ", "Content-Length: two\r\n\r\n",
        "Content-Length: -1\r\n\r\n", "Content-Length:\r\n\r\n",
        "Content-Length: 99999999999999999999\r\n\r\n", "{\"jsonrpc\": \"2.0\"}\n", "\xff\xfe\n",
        "Content-Lengt\n", "Content-LengtContent-Length: 0x2\r\n\r\n"}) {
    CAPTURE(garbage);
    const auto found = messages(garbage + good);
    REQUIRE(found.size() >= 2);
    CHECK(found.front() == "<garbage>");
    CHECK(found.back() == "{}");
    CHECK(messages(good + garbage + good).front() == "{}");
  }
}

TEST_CASE("a header is a line of its own, unknown ones are none of our business") {
  CHECK(messages("INFO: starting\nContent-Length: 2\r\n\r\n{}") == Bodies{"{}"});
}

TEST_CASE("a header block has a largest size") {
  const std::string good = "Content-Length: 2\r\n\r\n{}";
  const auto padded = [&](std::size_t size) { return "X: " + std::string(size - 4 - 21, 'x') + "\n" + good; };
  FrameDecoder decoder(Framing::content_length);
  Bodies bodies;
  decoder.feed(padded(kMaxHeaderBytes));
  collect(decoder, bodies);
  CHECK(bodies == Bodies{"{}"});
  decoder.feed(padded(kMaxHeaderBytes + 1) + good);
  collect(decoder, bodies);
  CHECK(bodies == Bodies{"{}", "<garbage>", "{}"});
  decoder.feed(std::string(100 * kMaxHeaderBytes, 'x'));
  collect(decoder, bodies);
  CHECK(bodies.size() == 4);
  CHECK(decoder.idle());
}

TEST_CASE("lines are messages") {
  CHECK(lines("").empty());
  CHECK(lines("{}\n[]\n") == Bodies{"{}", "[]"});
  CHECK(lines("{}\r\n\r\n \t\n\n[]\r\n") == Bodies{"{}", "[]"});
  CHECK(lines("{}") == Bodies{"{}"});
  CHECK(lines("{}\n  ") == Bodies{"{}"});
  CHECK(lines("a\rb\n") == Bodies{"a\rb"});
  CHECK(lines("12345678901234567890\r\n1\n") == Bodies{"12345678901234567890", "1"});
  CHECK(lines("123456789012345678901\n1\n") == Bodies{"<oversized>", "1"});
  CHECK(lines(std::string(100, 'x') + "\n" + std::string(50, 'y')) == Bodies{"<oversized>", "<oversized>"});
  using namespace std::string_literals;
  CHECK(lines("\0\n1\n"s) == Bodies{"\0"s, "1"});
}

TEST_CASE("the end of the stream may cut a message") {
  CHECK(messages("Content-Length: 5\r\n\r\n{}").empty());
  for (const auto* text :
       {"C", "Content-Length: 5\r\n", "Content-Length: 5\r\n\r\n{}", "Content-Length: 50\r\n\r\n{}"}) {
    CHECK_FALSE(idle_after(Framing::content_length, text));
  }
  for (const auto* text : {"", "\r\n", "Content-Length: 2\r\n\r\n{}", "garbage\n"}) {
    CHECK(idle_after(Framing::content_length, text));
  }
  CHECK_FALSE(idle_after(Framing::ndjson, "{}\n{"));
  CHECK(idle_after(Framing::ndjson, "{}\n \r"));
}

TEST_CASE("a frame survives the way there and back") {
  for (const auto framing : {Framing::content_length, Framing::ndjson}) {
    CHECK(read(framing, encode_frame(framing, "{\"a\":1}") + encode_frame(framing, "[]")) ==
          Bodies{"{\"a\":1}", "[]"});
  }
}

TEST_CASE("a large line in small pieces is not scanned again and again") {
  FrameDecoder decoder(Framing::ndjson);
  const std::string piece(64, 'x');
  for (int i = 0; i < 200'000; ++i) {
    decoder.feed(piece);
    REQUIRE_FALSE(decoder.next());
  }
  decoder.feed("\n");
  CHECK(decoder.next().value().body.size() == 200'000 * piece.size());
}
