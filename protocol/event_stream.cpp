#include "protocol/event_stream.h"

#include <algorithm>
#include <utility>

namespace fimd {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

unsigned char byte(char c) {
  return static_cast<unsigned char>(c);
}

bool between(char c, int low, int high) {
  return byte(c) >= low && byte(c) <= high;
}

// How many bytes a character with this first byte has; 0 when no character begins so.
std::size_t character_size(char first) {
  if (byte(first) < 0x80) return 1;
  if (between(first, 0xC2, 0xDF)) return 2;
  if (between(first, 0xE0, 0xEF)) return 3;
  return between(first, 0xF0, 0xF4) ? 4 : 0;
}

// The second byte excludes overlong forms, surrogates and what lies above U+10FFFF.
bool may_follow(char first, char second) {
  switch (byte(first)) {
    case 0xE0:
      return between(second, 0xA0, 0xBF);
    case 0xED:
      return between(second, 0x80, 0x9F);
    case 0xF0:
      return between(second, 0x90, 0xBF);
    case 0xF4:
      return between(second, 0x80, 0x8F);
    default:
      return between(second, 0x80, 0xBF);
  }
}

// The number of leading bytes of `text` that could be those of one character; at least 1.
std::size_t valid_bytes(std::string_view text) {
  const auto limit = std::min(character_size(text[0]), text.size());
  std::size_t count = 1;
  while (count < limit && (count == 1 ? may_follow(text[0], text[1]) : between(text[count], 0x80, 0xBF)))
    ++count;
  return count;
}

}  // namespace

void EventStreamDecoder::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    if (std::exchange(after_cr_, false) && bytes.front() == '\n') {
      bytes.remove_prefix(1);
      continue;
    }
    const auto end = bytes.find_first_of("\r\n");
    append(bytes.substr(0, end));
    if (end == std::string_view::npos) return;
    after_cr_ = bytes[end] == '\r';
    end_line();
    bytes.remove_prefix(end + 1);
  }
}

std::optional<std::string> EventStreamDecoder::next() {
  if (events_.empty()) return std::nullopt;
  auto data = std::move(events_.front());
  events_.pop_front();
  return data;
}

void EventStreamDecoder::append(std::string_view piece) {
  // One byte above the limit is kept: it marks the line as too long.
  line_.append(piece.substr(0, kMaxEventBytes + 1 - line_.size()));
}

void EventStreamDecoder::end_line() {
  const std::string whole = std::exchange(line_, {});
  std::string_view line = whole;
  if (std::exchange(at_start_, false) && line.starts_with(kByteOrderMark)) line.remove_prefix(3);
  if (line.empty()) return end_event();
  if (whole.size() > kMaxEventBytes) oversized_ = true;

  const auto colon = std::min(line.find(':'), line.size());
  if (line.substr(0, colon) != "data") return;
  auto value = line.substr(std::min(colon + 1, line.size()));
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (data_.size() + value.size() >= kMaxEventBytes) oversized_ = true;
  if (oversized_) return;
  if (std::exchange(has_data_, true)) data_ += '\n';
  data_ += value;
}

void EventStreamDecoder::end_event() {
  if (has_data_ && !oversized_) events_.push_back(std::move(data_));
  data_.clear();
  has_data_ = false;
  oversized_ = false;
}

std::string encode_event(std::string_view data) {
  std::string event = "data: ";
  for (std::size_t i = 0; i < data.size(); ++i) {
    const bool cr_of_crlf = data[i] == '\r' && i + 1 < data.size() && data[i + 1] == '\n';
    if (cr_of_crlf) continue;
    if (data[i] == '\n' || data[i] == '\r') {
      event += "\ndata: ";
    } else {
      event += data[i];
    }
  }
  return event += "\n\n";
}

std::string Utf8Joiner::take(std::string_view bytes) {
  rest_ += bytes;
  std::string_view text = rest_;
  std::string whole;
  whole.reserve(text.size());
  while (!text.empty()) {
    const auto size = character_size(text.front());
    const auto valid = valid_bytes(text);
    if (valid == text.size() && valid < size) break;
    whole += valid == size ? text.substr(0, valid) : kReplacement;
    text.remove_prefix(valid);
  }
  rest_.erase(0, rest_.size() - text.size());
  return whole;
}

}  // namespace fimd
