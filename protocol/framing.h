// Editor wire, lowest layer: bytes <-> message bodies.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace fimd {

enum class Framing {
  content_length,  // LSP: "Content-Length: N\r\n\r\n" and N bytes
  ndjson,          // one JSON message per line, for pipes
};

constexpr std::size_t kMaxHeaderBytes = 16 * 1024;
constexpr std::size_t kMaxBodyBytes = 64 * 1024 * 1024;

// What the peer sent: one whole body, or a fault it must be told of. After a fault the decoder has already
// found its way: an oversized body is drained, garbage is skipped up to the next "Content-Length".
struct Frame {
  enum class Kind { body, oversized, garbage };
  Kind kind = Kind::body;
  std::string body;  // empty unless kind is body; not checked for UTF-8 or JSON
  bool operator==(const Frame&) const = default;
};

// Splits a byte stream into frames. Feed bytes as they come, then call next() until it is empty. The same
// bytes in any split give the same frames. Memory is bounded by max_body.
//
// Content-Length framing: header names match in any case, blanks around them are optional, unknown headers
// and blank lines between messages are ignored, of several lengths the last counts. Garbage is a line that is
// no header, a bad length, a header block without a length or one above kMaxHeaderBytes. Line framing: lines
// end in LF or CRLF; blank lines are ignored.
class FrameDecoder {
 public:
  explicit FrameDecoder(Framing framing, std::size_t max_body = kMaxBodyBytes);

  void feed(std::string_view bytes);
  std::optional<Frame> next();

  // True when the stream may end here: no half message is waiting. At end of input an ndjson line without its
  // newline still counts as a message: finish() hands it out.
  bool idle() const;
  std::optional<Frame> finish();

 private:
  std::optional<Frame> next_line();
  std::optional<Frame> next_message();
  std::optional<Frame> line_frame(std::string_view line) const;
  bool skip_garbage();
  std::string_view rest() const;
  void consume(std::size_t count);

  Framing framing_;
  std::size_t max_body_;
  std::string buffer_;
  std::size_t begin_ = 0;    // start of what is not consumed yet
  std::size_t scanned_ = 0;  // bytes after begin_ known to hold no line end
  std::size_t drain_ = 0;    // bytes of an oversized body still to be thrown away
  bool skipping_ = false;    // inside garbage or an oversized line, already reported
};

// One message body, ready to be written.
std::string encode_frame(Framing framing, std::string_view body);

}  // namespace fimd
