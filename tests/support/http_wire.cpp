#include "tests/support/http_wire.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace fimd::test {
namespace {

constexpr std::size_t kMaxHead = 64 * 1024;

std::string trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

std::pair<std::string, std::string> header_line(const std::string& line) {
  const auto colon = line.find(':');
  if (colon == std::string::npos) return {line, ""};
  return {line.substr(0, colon), trim(std::string_view(line).substr(colon + 1))};
}

[[noreturn]] void fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

int listen_on(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) fail("socket");
  const int on = 1;
  ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) fail("bind");
  if (::listen(fd, 64) != 0) fail("listen");
  return fd;
}

std::uint16_t port_of(int fd) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) fail("getsockname");
  return ntohs(address.sin_port);
}

}  // namespace

std::string header(const Headers& headers, std::string_view name) {
  const auto same = [&](const auto& entry) {
    return entry.first.size() == name.size() &&
           ::strncasecmp(entry.first.data(), name.data(), name.size()) == 0;
  };
  const auto found = std::find_if(headers.begin(), headers.end(), same);
  return found == headers.end() ? "" : found->second;
}

std::string http_head(int status, const Headers& headers) {
  std::string head = "HTTP/1.1 " + std::to_string(status) + " Scripted\r\n";
  for (const auto& [name, value] : headers) head += name + ": " + value + "\r\n";
  return head + "\r\n";
}

bool HttpConnection::fill() {
  char bytes[16 * 1024];
  const auto count = ::recv(fd_, bytes, sizeof bytes, 0);
  if (count <= 0) return false;
  buffer_.append(bytes, static_cast<std::size_t>(count));
  return true;
}

std::optional<std::string> HttpConnection::take_line() {
  std::size_t end;
  while ((end = buffer_.find('\n')) == std::string::npos) {
    if (buffer_.size() > kMaxHead || !fill()) return std::nullopt;
  }
  std::string line = buffer_.substr(0, end);
  buffer_.erase(0, end + 1);
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

std::optional<HttpRequest> HttpConnection::read_head() {
  HttpRequest request;
  const auto first = take_line();
  if (!first) return std::nullopt;
  const auto space = first->find(' ');
  const auto second = first->find(' ', space + 1);
  if (second == std::string::npos) return std::nullopt;
  request.method = first->substr(0, space);
  request.target = first->substr(space + 1, second - space - 1);
  for (auto line = take_line(); !line || !line->empty(); line = take_line()) {
    if (!line) return std::nullopt;
    request.headers.push_back(header_line(*line));
  }
  const std::string length = request.header("Content-Length");
  remaining_ = length.empty() ? 0 : std::stoull(length);
  chunked_ = request.header("Transfer-Encoding") == "chunked";
  body_complete_ = !chunked_ && remaining_ == 0;
  if (request.header("Expect") == "100-continue") write("HTTP/1.1 100 Continue\r\n\r\n");
  return request;
}

std::optional<std::string> HttpConnection::read_chunk(HttpRequest& request) {
  const auto size_line = take_line();
  if (!size_line) return std::nullopt;
  const std::size_t size = std::stoull(*size_line, nullptr, 16);
  if (size == 0) {
    for (auto line = take_line(); line; line = take_line()) {
      body_complete_ = line->empty();
      if (body_complete_) break;
      request.trailers.push_back(header_line(*line));
    }
    return std::nullopt;
  }
  while (buffer_.size() < size + 2) {
    if (!fill()) return std::nullopt;
  }
  std::string chunk = buffer_.substr(0, size);
  buffer_.erase(0, size + 2);
  return chunk;
}

std::optional<std::string> HttpConnection::read_piece(HttpRequest& request) {
  if (body_complete_) return std::nullopt;
  if (chunked_) return read_chunk(request);
  if (buffer_.empty() && !fill()) return std::nullopt;
  std::string piece = buffer_.substr(0, remaining_);
  buffer_.erase(0, piece.size());
  remaining_ -= piece.size();
  body_complete_ = remaining_ == 0;
  return piece;
}

std::optional<HttpRequest> HttpConnection::read() {
  auto request = read_head();
  if (!request) return std::nullopt;
  while (auto piece = read_piece(*request)) request->body += *piece;
  if (!body_complete_) return std::nullopt;
  return request;
}

bool HttpConnection::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool HttpConnection::write_chunk(std::string_view bytes) {
  char size[24];
  const int length = std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
  return write(std::string(size, static_cast<std::size_t>(length)) + std::string(bytes) + "\r\n");
}

bool HttpConnection::wait(std::chrono::milliseconds time, int wake_fd) {
  pollfd fds[] = {{fd_, POLLRDHUP, 0}, {wake_fd, POLLIN, 0}};
  ::poll(fds, 2, static_cast<int>(time.count()));
  return (fds[0].revents & (POLLRDHUP | POLLHUP | POLLERR)) == 0;
}

void HttpConnection::reset() {
  const linger hard{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
}

HttpListener::HttpListener(Serve serve, std::uint16_t port)
    : serve_(std::move(serve)),
      fd_(listen_on(port)),
      port_(port_of(fd_)),
      thread_([this] { accept_all(); }) {}

HttpListener::~HttpListener() {
  ::shutdown(fd_, SHUT_RDWR);
  thread_.join();
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const auto& client : clients_) {
      if (client.fd >= 0) ::shutdown(client.fd, SHUT_RDWR);
    }
  }
  for (auto& client : clients_) client.thread.join();
  ::close(fd_);
}

std::string HttpListener::url(std::string_view path) const {
  return "http://127.0.0.1:" + std::to_string(port_) + std::string(path);
}

void HttpListener::accept_all() {
  for (int fd; (fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const std::lock_guard lock(mutex_);
    Client& client = clients_.emplace_back(Client{fd, {}});
    client.thread = std::thread([this, &client] { serve_one(client); });
  }
}

void HttpListener::serve_one(Client& client) {
  HttpConnection connection(client.fd);
  serve_(connection);
  const std::lock_guard lock(mutex_);
  ::close(client.fd);
  client.fd = -1;
}

}  // namespace fimd::test
