// One connection, plain or TLS, as a stream that Boost.Beast's blocking algorithms read and write. Unlike a
// blocking socket it has a deadline, and it can be abandoned while it waits.
#pragma once

#include <netdb.h>
#include <openssl/ssl.h>

#include <boost/asio/buffer.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace fimd {

class Wire {
 public:
  using Deadline = std::chrono::steady_clock::time_point;
  using Error = boost::system::error_code;

  // Connects; with a context also does the TLS handshake and checks the certificate against `host`. Throws
  // system_error.
  Wire(const std::string& host, const std::string& port, SSL_CTX* tls, Deadline deadline,
       std::function<bool()> abandoned);
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  // For everything that follows. `abandoned` is asked every 20 ms of waiting; empty: never.
  void set_terms(Deadline deadline, std::function<bool()> abandoned);

  // The other side has closed its half, or the connection is broken. Does not wait.
  bool peer_closed() const;

  // Beast's SyncReadStream and SyncWriteStream. Errors: eof, timed_out, operation_aborted, and what the
  // system says.
  template <typename Buffers>
  std::size_t read_some(const Buffers& buffers, Error& error) {
    const boost::asio::mutable_buffer buffer = first_not_empty<boost::asio::mutable_buffer>(buffers);
    return receive(buffer.data(), buffer.size(), error);
  }
  template <typename Buffers>
  std::size_t write_some(const Buffers& buffers, Error& error) {
    const boost::asio::const_buffer buffer = first_not_empty<boost::asio::const_buffer>(buffers);
    if (buffer.size() >= kRecordBytes) return transmit(buffer.data(), buffer.size(), error);
    // A message comes in a dozen pieces: each would be a packet, and in TLS a record, of its own.
    char gathered[kRecordBytes];
    const auto size = boost::asio::buffer_copy(boost::asio::buffer(gathered), buffers);
    return transmit(gathered, size, error);
  }
  template <typename Buffers>
  std::size_t read_some(const Buffers& buffers) {
    return throwing([&](Error& error) { return read_some(buffers, error); });
  }
  template <typename Buffers>
  std::size_t write_some(const Buffers& buffers) {
    return throwing([&](Error& error) { return write_some(buffers, error); });
  }

 private:
  static constexpr std::size_t kRecordBytes = 16 * 1024;  // what a TLS record holds

  template <typename Buffer, typename Buffers>
  static Buffer first_not_empty(const Buffers& buffers) {
    const auto end = boost::asio::buffer_sequence_end(buffers);
    for (auto buffer = boost::asio::buffer_sequence_begin(buffers); buffer != end; ++buffer) {
      if (Buffer(*buffer).size() > 0) return *buffer;
    }
    return {};
  }
  template <typename Operation>
  static std::size_t throwing(Operation operation) {
    Error error;
    const std::size_t count = operation(error);
    if (error) throw boost::system::system_error(error);
    return count;
  }

  bool connect_to(const addrinfo& address, Error& error);
  Error handshake(const std::string& host, SSL_CTX* tls);
  std::size_t receive(void* bytes, std::size_t size, Error& error);
  std::size_t transmit(const void* bytes, std::size_t size, Error& error);
  template <typename Operation>
  std::size_t until_done(Operation operation, Error& error);
  Error wait(short events);

  struct Free {
    void operator()(SSL* tls) const { SSL_free(tls); }
  };
  int fd_ = -1;
  std::unique_ptr<SSL, Free> tls_;
  Deadline deadline_;
  std::function<bool()> abandoned_;
};

}  // namespace fimd
