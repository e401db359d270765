// Server-sent events (WHATWG HTML, section 9.2): bytes <-> data fields. Event names, ids and retry are ignored.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace fimd {

constexpr std::size_t kMaxEventBytes = 1024 * 1024;

// Incremental decoder. Lines may end in LF, CRLF or CR; several data lines of one event are joined by "\n". The same
// bytes in any split give the same events. An event larger than kMaxEventBytes is dropped: memory is bounded.
class EventStreamDecoder {
 public:
  void feed(std::string_view bytes);
  // The data of the next whole event, if one is there.
  std::optional<std::string> next();

 private:
  bool take_line(std::string& line);

  std::string buffer_;
  std::size_t begin_ = 0;
  std::string data_;
  bool has_data_ = false;
  bool oversized_ = false;
  bool at_start_ = true;  // a byte order mark may come first
};

// One event, terminated by its blank line.
std::string encode_event(std::string_view data);

// Holds back the bytes of a UTF-8 character that a chunk border has cut: take() gives the longest prefix of everything
// fed so far that ends on a character border. Bytes that can never become a character are passed on as U+FFFD.
class Utf8Joiner {
 public:
  std::string take(std::string_view bytes);

 private:
  std::string rest_;
};

}  // namespace fimd
