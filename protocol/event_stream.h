// Server-sent events (WHATWG HTML, section 9.2): bytes <-> data fields. Event names, ids and retry are
// ignored.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace fimd {

constexpr std::size_t kMaxEventBytes = 1024 * 1024;

// Incremental decoder. Lines may end in LF, CRLF or CR; several data lines of one event are joined by "\n".
// The same bytes in any split give the same events, each as soon as its last byte has come. An event whose
// data, or one of whose lines, is larger than kMaxEventBytes is dropped: memory is bounded. An event that the
// end of the stream cuts off is no event.
class EventStreamDecoder {
 public:
  void feed(std::string_view bytes);
  // The data of the next whole event, if one is there.
  std::optional<std::string> next();

 private:
  void append(std::string_view piece);
  void end_line();
  void end_event();

  std::string line_;  // the line that has not ended yet
  std::string data_;  // the event that has not ended yet
  bool has_data_ = false;
  bool oversized_ = false;  // the event, by its data or by one line
  bool after_cr_ = false;   // an LF that comes next belongs to the line end before it
  bool at_start_ = true;    // a byte order mark may come first
  std::deque<std::string> events_;
};

// One event, terminated by its blank line.
std::string encode_event(std::string_view data);

// Holds back the bytes of a UTF-8 character that a chunk border has cut: take() gives the longest prefix of
// everything fed so far and not yet given that ends on a character border. Bytes that can never become a
// character are passed on as U+FFFD. What it gives is always valid UTF-8.
class Utf8Joiner {
 public:
  std::string take(std::string_view bytes);

 private:
  std::string rest_;
};

}  // namespace fimd
