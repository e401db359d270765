// HTTP/1.1 as the test servers speak it: blocking sockets on 127.0.0.1, one thread per connection, and enough
// control over the bytes to misbehave in every way a peer can.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace fimd::test {

using Headers = std::vector<std::pair<std::string, std::string>>;

// The value of a header, in any case of its name; empty when absent.
std::string header(const Headers& headers, std::string_view name);

struct HttpRequest {
  std::string method;
  std::string target;  // path and query as sent
  Headers headers;
  std::string body;
  Headers trailers;  // of a chunked body
  std::string header(std::string_view name) const { return test::header(headers, name); }
};

// One accepted connection. Reading and writing block until done, the client leaves, or the listener stops.
class HttpConnection {
 public:
  explicit HttpConnection(int fd) : fd_(fd) {}

  // Request line and headers; nothing when the client has left or does not speak HTTP.
  std::optional<HttpRequest> read_head();
  // The next piece of the body of `request`: one chunk as the client made it, or whatever has arrived of a
  // body with a length. Nothing at its end (trailers are then in the request) or when the client left early:
  // see body_complete.
  std::optional<std::string> read_piece(HttpRequest& request);
  bool body_complete() const { return body_complete_; }
  // Head and body.
  std::optional<HttpRequest> read();

  bool write(std::string_view bytes);  // false: the client has left
  bool write_chunk(std::string_view bytes);
  // Waits; false when the client left or the listener stopped meanwhile. A readable `wake_fd` ends the wait
  // early.
  bool wait(std::chrono::milliseconds time, int wake_fd = -1);
  void reset();  // makes the close that follows a RST

 private:
  bool fill();
  std::optional<std::string> take_line();
  std::optional<std::string> read_chunk(HttpRequest& request);

  int fd_;
  std::string buffer_;
  std::size_t remaining_ = 0;  // of a body with a length
  bool chunked_ = false;
  bool body_complete_ = true;
};

// Status line and headers, ended by the empty line.
std::string http_head(int status, const Headers& headers);

// Accepts on a port of its own and calls `serve` for each connection, in a thread of that connection. The
// destructor breaks every connection and joins the threads.
class HttpListener {
 public:
  using Serve = std::function<void(HttpConnection&)>;
  explicit HttpListener(Serve serve, std::uint16_t port = 0);
  ~HttpListener();
  HttpListener(const HttpListener&) = delete;
  HttpListener& operator=(const HttpListener&) = delete;

  std::uint16_t port() const { return port_; }
  std::string url(std::string_view path = "") const;

 private:
  struct Client {
    int fd;
    std::thread thread;
  };
  void accept_all();
  void serve_one(Client& client);

  Serve serve_;
  int fd_;
  std::uint16_t port_ = 0;
  std::mutex mutex_;
  bool stopping_ = false;
  std::list<Client> clients_;
  std::thread thread_;
};

}  // namespace fimd::test
