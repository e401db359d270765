// A blocking HTTP/1.1 client for one origin: the only user of sockets and TLS on the way out (the model, the
// Runtime API, the parameter store). Everything has a deadline. Transport failures throw
// boost::system::system_error (timed_out when the deadline passed, operation_aborted when the call was
// abandoned); an HTTP error is a value.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

typedef struct ssl_ctx_st SSL_CTX;

namespace fimd {

using Deadline = std::chrono::steady_clock::time_point;
using HeaderList = std::vector<std::pair<std::string, std::string>>;

// The value of a header, in any case of its name; empty when absent.
std::string header_value(const HeaderList& headers, std::string_view name);

struct Url {
  bool tls = false;
  std::string host;
  std::string port;
  std::string path;  // without a slash at its end; empty for the root
};
// Nothing when it is not a plain http:// or https:// URL. A user name, query or fragment makes it none.
std::optional<Url> parse_url(std::string_view text);
bool is_loopback(const Url& url);

// Certificates to trust and the TLS settings: made once, in INIT, since the first use costs milliseconds.
// `ca_path` is a bundle or a directory of hashed names; a directory is read only as far as needed (0.3 ms
// against 50 ms).
class Tls {
 public:
  explicit Tls(const std::string& ca_path);
  ~Tls();
  Tls(const Tls&) = delete;
  Tls& operator=(const Tls&) = delete;

 private:
  friend class HttpClient;
  SSL_CTX* context_;
};

struct HttpRequest {
  std::string method = "POST";
  std::string target;
  HeaderList headers;  // Host, Content-Length and Transfer-Encoding are the client's business
  std::string body;
};

struct HttpHead {
  int status = 0;
  HeaderList headers;
  std::string header(std::string_view name) const { return header_value(headers, name); }
};

// Keeps its connection as long as both sides allow. One exchange at a time: send (or begin, write..., end),
// then read the body to its end, or close. After a throw the connection is closed.
class HttpClient {
 public:
  HttpClient(Url origin, const Tls* tls);  // `tls` may be null for an http origin
  ~HttpClient();

  bool connected() const;
  void connect(Deadline deadline);  // does nothing when connected
  void close();
  bool peer_closed() const;  // while a request is being written: nobody will read its end

  HttpHead send(const HttpRequest& request, Deadline deadline);
  // The next bytes of the body, as soon as there are some; empty at the end.
  std::string read_some(Deadline deadline);
  // The rest of the body. Throws message_size when it is longer than `limit`.
  std::string read_all(std::size_t limit, Deadline deadline);

  // The same with a chunked body, each piece flushed as one chunk. Trailers must be announced in the
  // request's headers.
  void begin(const HttpRequest& request, Deadline deadline);
  void write(std::string_view piece, Deadline deadline);
  HttpHead end(const HeaderList& trailers, Deadline deadline);

  // Asked every 20 ms while waiting; true ends the exchange. Empty: never.
  void abandon_when(std::function<bool()> abandoned);

 private:
  struct Connection;
  HttpHead read_head(Deadline deadline);
  template <typename Step>
  void run(Deadline deadline, Step step);

  Url origin_;
  const Tls* tls_;
  std::function<bool()> abandoned_;
  std::unique_ptr<Connection> connection_;  // null when closed
};

}  // namespace fimd
