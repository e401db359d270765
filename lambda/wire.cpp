#include "lambda/wire.h"

#include <netinet/tcp.h>
#include <openssl/err.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <cerrno>

namespace fimd {
namespace {

namespace failure = boost::asio::error;
using boost::system::error_code;
using std::chrono::steady_clock;

constexpr auto kAbandonPoll = std::chrono::milliseconds(20);

error_code system_failure() {
  return {errno, boost::system::system_category()};
}

// OpenSSL keeps a queue of errors per thread; whatever happened, the caller needs to know only that TLS
// failed.
error_code tls_failure() {
  ERR_clear_error();
  return {EPROTO, boost::system::system_category()};
}

}  // namespace

Wire::Wire(const std::string& host, const std::string& port, SSL_CTX* tls, Deadline deadline,
           std::function<bool()> abandoned)
    : deadline_(deadline), abandoned_(std::move(abandoned)) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  error_code error = make_error_code(failure::host_not_found);
  if (::getaddrinfo(host.c_str(), port.c_str(), &hints, &found) == 0) {
    for (const addrinfo* address = found; address && !connect_to(*address, error);)
      address = address->ai_next;
    ::freeaddrinfo(found);
  }
  if (!error && tls) error = handshake(host, tls);
  if (!error) return;
  if (fd_ >= 0) ::close(fd_);
  throw boost::system::system_error(error);
}

Wire::~Wire() {
  // Says goodbye without waiting for the answer. After a failure OpenSSL forbids even that.
  if (tls_ && SSL_get_shutdown(tls_.get()) == 0) SSL_shutdown(tls_.get());
  ERR_clear_error();
  ::close(fd_);
}

void Wire::set_terms(Deadline deadline, std::function<bool()> abandoned) {
  deadline_ = deadline;
  abandoned_ = std::move(abandoned);
}

bool Wire::peer_closed() const {
  pollfd watched{fd_, POLLRDHUP, 0};
  return ::poll(&watched, 1, 0) > 0;
}

bool Wire::connect_to(const addrinfo& address, error_code& error) {
  fd_ = ::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  error = fd_ < 0 ? system_failure() : error_code();
  if (!error && ::connect(fd_, address.ai_addr, address.ai_addrlen) != 0) {
    error = errno == EINPROGRESS ? wait(POLLOUT) : system_failure();
  }
  int result = 0;
  socklen_t size = sizeof result;
  if (!error && ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &result, &size) == 0 && result != 0) {
    error = {result, boost::system::system_category()};
  }
  if (!error) {
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return true;
  }
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
  return false;
}

error_code Wire::handshake(const std::string& host, SSL_CTX* tls) {
  tls_.reset(SSL_new(tls));
  SSL_set_fd(tls_.get(), fd_);
  SSL_set_tlsext_host_name(tls_.get(), host.c_str());
  if (SSL_set1_host(tls_.get(), host.c_str()) != 1) return tls_failure();
  error_code error;
  until_done([&] { return SSL_connect(tls_.get()); }, error);
  return error;
}

// Waits for the socket, in slices when the call can be abandoned.
error_code Wire::wait(short events) {
  while (true) {
    if (abandoned_ && abandoned_()) return make_error_code(failure::operation_aborted);
    const auto left = deadline_ == Deadline::max()
                          ? std::chrono::milliseconds(-1)
                          : std::chrono::ceil<std::chrono::milliseconds>(deadline_ - steady_clock::now());
    if (deadline_ != Deadline::max() && left.count() <= 0) return make_error_code(failure::timed_out);
    const bool sliced = abandoned_ && (left.count() < 0 || left > kAbandonPoll);
    pollfd watched{fd_, events, 0};
    const int ready = ::poll(&watched, 1, static_cast<int>(sliced ? kAbandonPoll.count() : left.count()));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return system_failure();
  }
}

// Repeats a TLS operation until it is through. Its result is positive then.
template <typename Operation>
std::size_t Wire::until_done(Operation operation, error_code& error) {
  while (!error) {
    const int result = operation();
    if (result > 0) return static_cast<std::size_t>(result);
    switch (SSL_get_error(tls_.get(), result)) {
      case SSL_ERROR_WANT_READ:
        error = wait(POLLIN);
        break;
      case SSL_ERROR_WANT_WRITE:
        error = wait(POLLOUT);
        break;
      case SSL_ERROR_ZERO_RETURN:
        error = make_error_code(failure::eof);
        break;
      default:
        error = tls_failure();
    }
  }
  return 0;
}

std::size_t Wire::receive(void* bytes, std::size_t size, error_code& error) {
  error = {};
  if (size == 0) return 0;
  const int limit = static_cast<int>(std::min<std::size_t>(size, 1 << 30));
  if (tls_) return until_done([&] { return SSL_read(tls_.get(), bytes, limit); }, error);
  while (!error) {
    const auto count = ::recv(fd_, bytes, size, 0);
    if (count > 0) return static_cast<std::size_t>(count);
    if (count == 0) {
      error = make_error_code(failure::eof);
    } else {
      error = errno == EAGAIN ? wait(POLLIN) : system_failure();
    }
  }
  return 0;
}

std::size_t Wire::transmit(const void* bytes, std::size_t size, error_code& error) {
  error = {};
  if (size == 0) return 0;
  const int limit = static_cast<int>(std::min<std::size_t>(size, 1 << 30));
  if (tls_) return until_done([&] { return SSL_write(tls_.get(), bytes, limit); }, error);
  while (!error) {
    const auto count = ::send(fd_, bytes, size, MSG_NOSIGNAL);
    if (count > 0) return static_cast<std::size_t>(count);
    error = errno == EAGAIN ? wait(POLLOUT) : system_failure();
  }
  return 0;
}

}  // namespace fimd
