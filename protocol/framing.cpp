#include "protocol/framing.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace fimd {
namespace {

constexpr std::string_view kContentLength = "content-length";
constexpr std::size_t kKeepCapacity = 1024 * 1024;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_letters(char a, char b) {
  return lower(a) == lower(b);
}

std::string_view trim_blanks(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

bool is_header_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

std::optional<std::size_t> number(std::string_view digits) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

// Reads one header line; false when it is none. `length` is set by a Content-Length.
bool read_header_line(std::string_view line, std::optional<std::size_t>& length) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return false;
  const auto name = trim_blanks(line.substr(0, colon));
  if (!is_header_name(name)) return false;
  if (!std::equal(name.begin(), name.end(), kContentLength.begin(), kContentLength.end(), same_letters))
    return true;
  length = number(trim_blanks(line.substr(colon + 1)));
  return length.has_value();
}

struct Header {
  enum class State { partial, whole, broken };
  State state = State::partial;
  std::size_t end = 0;  // whole: where the body starts; broken: from where to look for another header
  std::size_t length = 0;
};

Header read_header(std::string_view text) {
  const auto block = text.substr(0, kMaxHeaderBytes);
  std::optional<std::size_t> length;
  for (std::size_t start = 0;;) {
    const auto newline = block.find('\n', start);
    if (newline == std::string_view::npos) break;
    const auto line = trim_blanks(block.substr(start, newline - start));
    // A block without a length may hide one behind bytes that only look like a header ("xContent-Length: 2").
    if (line.empty()) {
      return length ? Header{Header::State::whole, newline + 1, *length} : Header{Header::State::broken, 1};
    }
    if (!read_header_line(line, length)) return {Header::State::broken, start + 1};
    start = newline + 1;
  }
  if (block.size() < kMaxHeaderBytes) return {};
  return {Header::State::broken, kMaxHeaderBytes};
}

}  // namespace

FrameDecoder::FrameDecoder(Framing framing, std::size_t max_body) : framing_(framing), max_body_(max_body) {}

void FrameDecoder::feed(std::string_view bytes) {
  // Moving the rest to the front only once the consumed part is larger keeps the total work linear.
  if (begin_ > buffer_.size() / 2) {
    buffer_.erase(0, begin_);
    begin_ = 0;
    if (buffer_.size() + bytes.size() < kKeepCapacity && buffer_.capacity() > kKeepCapacity)
      buffer_.shrink_to_fit();
  }
  buffer_.append(bytes);
}

std::optional<Frame> FrameDecoder::next() {
  return framing_ == Framing::ndjson ? next_line() : next_message();
}

bool FrameDecoder::idle() const {
  return drain_ == 0 && (skipping_ || rest().find_first_not_of(" \t\r\n") == std::string_view::npos);
}

std::optional<Frame> FrameDecoder::finish() {
  if (framing_ != Framing::ndjson || skipping_) return std::nullopt;
  auto frame = line_frame(rest());
  consume(rest().size());
  return frame;
}

std::optional<Frame> FrameDecoder::next_line() {
  while (true) {
    const auto text = rest();
    const auto newline = text.find('\n', scanned_);
    if (newline != std::string_view::npos) {
      auto frame = std::exchange(skipping_, false) ? std::nullopt : line_frame(text.substr(0, newline));
      consume(newline + 1);
      if (frame) return frame;
    } else if (skipping_) {
      consume(text.size());
      return std::nullopt;
    } else if (text.size() > max_body_ + 1) {  // one more than a body: it could be a CR
      skipping_ = true;
      return Frame{Frame::Kind::oversized, {}};
    } else {
      scanned_ = text.size();
      return std::nullopt;
    }
  }
}

std::optional<Frame> FrameDecoder::line_frame(std::string_view line) const {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.size() > max_body_) return Frame{Frame::Kind::oversized, {}};
  if (trim_blanks(line).empty()) return std::nullopt;
  return Frame{Frame::Kind::body, std::string(line)};
}

std::optional<Frame> FrameDecoder::next_message() {
  const auto drained = std::min(drain_, rest().size());
  drain_ -= drained;
  consume(drained);
  if (drain_ > 0 || (skipping_ && !skip_garbage())) return std::nullopt;

  consume(std::min(rest().find_first_not_of("\r\n"), rest().size()));
  const auto header = read_header(rest());
  if (header.state == Header::State::partial) return std::nullopt;
  if (header.state == Header::State::broken) {
    consume(header.end);
    skipping_ = true;
    return Frame{Frame::Kind::garbage, {}};
  }
  if (header.length > max_body_) {
    consume(header.end);
    drain_ = header.length;
    return Frame{Frame::Kind::oversized, {}};
  }
  if (rest().size() - header.end < header.length) return std::nullopt;
  Frame frame{Frame::Kind::body, std::string(rest().substr(header.end, header.length))};
  consume(header.end + header.length);
  return frame;
}

// Drops bytes up to the next "Content-Length"; false while none is in sight.
bool FrameDecoder::skip_garbage() {
  const auto text = rest();
  const auto found =
      std::search(text.begin(), text.end(), kContentLength.begin(), kContentLength.end(), same_letters);
  if (found == text.end()) {
    const auto keep = kContentLength.size() - 1;  // its first letters may be the last bytes here
    consume(text.size() - std::min(keep, text.size()));
    return false;
  }
  consume(static_cast<std::size_t>(found - text.begin()));
  skipping_ = false;
  return true;
}

std::string_view FrameDecoder::rest() const {
  return std::string_view(buffer_).substr(begin_);
}

void FrameDecoder::consume(std::size_t count) {
  begin_ += count;
  scanned_ = 0;
}

std::string encode_frame(Framing framing, std::string_view body) {
  if (framing == Framing::ndjson) return fmt::format("{}\n", body);
  return fmt::format("Content-Length: {}\r\n\r\n{}", body.size(), body);
}

}  // namespace fimd
