#include "protocol/event_stream.h"

#include "tests/support/catch.h"

using namespace fimd;

namespace {

using Events = std::vector<std::string>;

Events in_pieces(std::string_view bytes, std::size_t first, std::size_t step) {
  EventStreamDecoder decoder;
  Events events;
  const auto feed = [&](std::string_view piece) {
    decoder.feed(piece);
    while (auto event = decoder.next()) events.push_back(*event);
  };
  feed(bytes.substr(0, first));
  for (std::size_t at = first; at < bytes.size(); at += step) feed(bytes.substr(at, step));
  return events;
}

// The same bytes in any split give the same events.
Events events(std::string_view bytes) {
  const auto whole = in_pieces(bytes, bytes.size(), 1);
  CHECK(in_pieces(bytes, 0, 1) == whole);
  for (std::size_t split = 0; split < bytes.size(); ++split)
    CHECK(in_pieces(bytes, split, bytes.size()) == whole);
  return whole;
}

// What the joiner gives for `text` cut into single bytes; the same as in one piece.
std::string joined(std::string_view text) {
  Utf8Joiner joiner;
  std::string result;
  for (const char c : text) result += joiner.take({&c, 1});
  CHECK(Utf8Joiner().take(text) == result);
  return result;
}

constexpr auto kReplaced = "\uFFFD";

}  // namespace

TEST_CASE("an event ends with a blank line") {
  CHECK(events("").empty());
  CHECK(events("data: a\n\n") == Events{"a"});
  CHECK(events("data: a\n\ndata: b\n\n") == Events{"a", "b"});
  CHECK(events("data: a\n").empty());
  CHECK(events("data: a").empty());
  CHECK(events("\n\n\ndata: a\n\n\n\n") == Events{"a"});
}

TEST_CASE("lines end in LF, CRLF or CR") {
  CHECK(events("data: a\r\n\r\ndata: b\r\n\r\n") == Events{"a", "b"});
  CHECK(events("data: a\r\rdata: b\r\r") == Events{"a", "b"});
  CHECK(events("data: a\r\n\rdata: b\n\r\n") == Events{"a", "b"});
  CHECK(events("data: a\rdata: b\ndata: c\r\n\n") == Events{"a\nb\nc"});
}

TEST_CASE("an event that ends in CR is given at once") {
  EventStreamDecoder decoder;
  decoder.feed("data: a\r\n\r");
  CHECK(decoder.next() == "a");
  decoder.feed("\ndata: b\n\n");
  CHECK(decoder.next() == "b");
}

TEST_CASE("only data counts, and one blank after the colon is no part of it") {
  CHECK(events("event: x\nid: 1\nretry: 5\ndata: a\n: comment\n\n") == Events{"a"});
  CHECK(events("event: x\n\n: ping\n\n").empty());
  CHECK(events("data:a\ndata:  b\ndata\ndata:\n\n") == Events{"a\n b\n\n"});
  CHECK(events("data\n\n") == Events{""});
  CHECK(events("datum: a\ndata : b\n data: c\n\n").empty());
  CHECK(events("data: {\"a\": \"b: c\"}\n\n") == Events{"{\"a\": \"b: c\"}"});
}

TEST_CASE("a byte order mark may come first, and only there") {
  CHECK(events("\xEF\xBB\xBF"
               "data: a\n\n") == Events{"a"});
  CHECK(events("\xEF\xBB\xBF\n\ndata: a\n\n") == Events{"a"});
  CHECK(events("data: a\n\n\xEF\xBB\xBF"
               "data: b\n\n") == Events{"a"});
}

TEST_CASE("oversized events are dropped, the next one is not") {
  const std::string most(kMaxEventBytes - 100, 'x');
  CHECK(in_pieces("data: " + most + "\n\n", 7, 4096) == Events{most});
  CHECK(in_pieces("data: " + most + "\ndata: " + most + "\n\ndata: a\n\n", 7, 4096) == Events{"a"});
  CHECK(in_pieces(": " + most + most + "\ndata: b\n\ndata: a\n\n", 7, 4096) == Events{"a"});
  CHECK(in_pieces("data: " + std::string(20 * kMaxEventBytes, 'x') + "\n\ndata: a\n\n", 7, 65536) ==
        Events{"a"});
}

TEST_CASE("an event survives the way there and back") {
  for (const std::string data : {"", "a", " a", "a\nb", "\n", "[DONE]"})
    CHECK(events(encode_event(data)) == Events{data});
  CHECK(events(encode_event("a\r\nb\rc")) == Events{"a\nb\nc"});
}

TEST_CASE("characters cut by a chunk border are joined") {
  for (const std::string text : {"", "abc", "é", "€", "😀", "a😀é€b", "\U0010FFFF\uE000\uD7FF"})
    CHECK(joined(text) == text);
  Utf8Joiner joiner;
  CHECK(joiner.take("a\xF0\x9F") == "a");
  CHECK(joiner.take("\x98").empty());
  CHECK(joiner.take("\x80z") == "😀z");
}

TEST_CASE("bytes that are no character become U+FFFD") {
  CHECK(joined("\xff") == kReplaced);
  CHECK(joined("a\x80z") == std::string("a") + kReplaced + "z");
  CHECK(joined("\xE2\x82z") == std::string(kReplaced) + "z");
  CHECK(joined("\xC0\xAF") == std::string(kReplaced) + kReplaced);                  // overlong
  CHECK(joined("\xED\xA0\x80") == std::string(kReplaced) + kReplaced + kReplaced);  // surrogate
  CHECK(joined("\xF4\x90\x80\x80").size() == 12);                                   // above U+10FFFF
  CHECK(joined("\xE2\x82").empty());                                                // may still become one
}
