// A function that does nothing but the round trips: event, model, answer, `next`. It reads no byte of them
// and says always the same. What a call takes with it is the bench's own time, which is in the other columns
// too.
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <string_view>

namespace {

int connect_to(std::string_view address) {
  const auto port = static_cast<std::uint16_t>(std::atoi(address.data() + address.rfind(':') + 1));
  sockaddr_in peer{
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&peer), sizeof peer) != 0) ::_exit(1);
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

// One message; ours fit into one read on loopback but for the gateway's, which may come as head and body.
std::string read_message(int fd) {
  std::string message;
  while (true) {
    char bytes[16384];
    const auto count = ::read(fd, bytes, sizeof bytes);
    if (count <= 0) ::_exit(0);
    message.append(bytes, static_cast<std::size_t>(count));
    const auto head = message.find("\r\n\r\n");
    const auto length = message.find("Content-Length: ");
    if (head == std::string::npos) continue;
    const auto body = length < head ? std::strtoul(message.c_str() + length + 16, nullptr, 10) : 0;
    if (message.size() >= head + 4 + body) return message;
  }
}

std::string exchange(int fd, const std::string& message) {
  if (::write(fd, message.data(), message.size()) < 0) ::_exit(1);
  return read_message(fd);
}

std::string post(const std::string& path, const std::string& body) {
  return "POST " + path +
         " HTTP/1.1\r\nHost: l\r\nAuthorization: Bearer bench-key\r\nContent-Type: "
         "application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace

int main() {
  const std::string runtime = "/2018-06-01/runtime/invocation/",
                    id_header = "Lambda-Runtime-Aws-Request-Id: ";
  const int api = connect_to(std::getenv("AWS_LAMBDA_RUNTIME_API"));
  const int model = connect_to(std::getenv("FIM_UPSTREAM_URL"));
  const std::string call =
      post("/v1/fim/completions", R"({"model":"m","prompt":"p","suffix":"","max_tokens":64})");
  while (true) {
    const std::string event = exchange(api, "GET " + runtime + "next HTTP/1.1\r\nHost: l\r\n\r\n");
    exchange(model, call);
    const auto id = event.find(id_header) + id_header.size();
    exchange(api, post(runtime + event.substr(id, event.find('\r', id) - id) + "/response",
                       R"({"statusCode":200,"body":"{}"})"));
  }
}
