#include "lambda/local_server.h"

#include <poll.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <thread>

namespace fimd {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr int kMaxConnections = 64;
constexpr std::size_t kMaxDrainedBytes = 4 * kMaxCallBytes;

// One accepted connection, from its first request to its last.
class Session {
 public:
  Session(tcp::socket socket, Handler& handler, const std::function<void(const Record&)>& log)
      : socket_(std::move(socket)), handler_(handler), log_(log) {}

  void run() {
    while (serve_one()) {
    }
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_both, ignored);
  }

 private:
  using Parser = http::request_parser<http::string_body>;

  bool serve_one() {
    Parser parser;
    parser.body_limit(kMaxCallBytes);
    const error_code failed = read(parser);
    if (failed == http::error::end_of_stream) return false;
    if (failed == http::error::body_limit) return refuse(413, "Request too large");
    if (failed.category() == make_error_code(http::error::bad_method).category())
      return refuse(400, "Malformed request");
    if (failed) return false;

    auto& request = parser.get();
    keep_alive_ = request.keep_alive();
    Call call{.method = std::string(request.method_string()),
              .path = std::string(request.target()),
              .headers = {},
              .body = {}};
    call.path.resize(std::min(call.path.find('?'), call.path.size()));
    for (const auto& field : request) call.headers.emplace_back(field.name_string(), field.value());
    call.body = std::move(request.body());
    return answer(call) && keep_alive_;
  }

  error_code read(Parser& parser) {
    error_code failed;
    http::read_header(socket_, buffer_, parser, failed);
    if (failed) return failed;
    if (parser.get()[http::field::expect] == "100-continue") {
      asio::write(socket_, asio::buffer(std::string("HTTP/1.1 100 Continue\r\n\r\n")), failed);
    }
    if (!failed) http::read(socket_, buffer_, parser, failed);
    return failed;
  }

  bool answer(const Call& call) {
    const Outlet outlet{.begin = [this](const Answer& head) { begin_stream(head); },
                        .write = [this](std::string_view bytes) { return write_chunk(bytes); },
                        .abandoned = [this] { return client_left(); }};
    Record record;
    const Answer answer = handler_.handle(call, outlet, record);
    log_(record);
    if (!answer.streamed) return send(answer);
    error_code failed;
    asio::write(socket_, http::make_chunk_last(), failed);
    return !failed;
  }

  // Takes in what the client still sends: closing on it would reset the connection and lose the answer.
  bool refuse(int status, std::string_view message) {
    keep_alive_ = false;
    send(error_answer(status, message));
    error_code failed;
    socket_.shutdown(tcp::socket::shutdown_send, failed);
    std::string sink(64 * 1024, '\0');
    for (std::size_t taken = 0; !failed && taken < kMaxDrainedBytes;) {
      taken += socket_.read_some(asio::buffer(sink), failed);
    }
    return false;
  }

  bool send(const Answer& answer) {
    http::response<http::string_body> response{http::int_to_status(static_cast<unsigned>(answer.status)), 11};
    for (const auto& [name, value] : answer.headers) response.set(name, value);
    response.body() = answer.body;
    response.keep_alive(keep_alive_);
    response.prepare_payload();
    error_code failed;
    http::write(socket_, response, failed);
    return !failed;
  }

  void begin_stream(const Answer& head) {
    http::response<http::empty_body> response{http::int_to_status(static_cast<unsigned>(head.status)), 11};
    for (const auto& [name, value] : head.headers) response.set(name, value);
    response.keep_alive(keep_alive_);
    response.chunked(true);
    http::response_serializer<http::empty_body> serializer{response};
    error_code ignored;  // the write that follows will fail as well
    http::write_header(socket_, serializer, ignored);
  }

  bool write_chunk(std::string_view bytes) {
    error_code failed;
    asio::write(socket_, http::make_chunk(asio::buffer(bytes.data(), bytes.size())), failed);
    return !failed;
  }

  bool client_left() {
    pollfd watched{socket_.native_handle(), POLLRDHUP, 0};
    return ::poll(&watched, 1, 0) > 0;
  }

  tcp::socket socket_;
  Handler& handler_;
  const std::function<void(const Record&)>& log_;
  boost::beast::flat_buffer buffer_;
  bool keep_alive_ = true;
};

}  // namespace

struct LocalServer::Listener {
  asio::io_context loop{1};
  tcp::acceptor acceptor{loop};
  std::atomic<int> connections = 0;
};

LocalServer::LocalServer(const std::string& address, std::uint16_t port, Handler& handler,
                         std::function<void(const Record&)> log)
    : listener_(std::make_unique<Listener>()), handler_(handler), log_(std::move(log)) {
  const tcp::endpoint endpoint(asio::ip::make_address(address), port);
  auto& acceptor = listener_->acceptor;
  acceptor.open(endpoint.protocol());
  acceptor.set_option(tcp::acceptor::reuse_address(true));
  acceptor.bind(endpoint);
  acceptor.listen();
}

LocalServer::~LocalServer() = default;

std::string LocalServer::url() const {
  const tcp::endpoint endpoint = listener_->acceptor.local_endpoint();
  const std::string host = endpoint.address().to_string();
  return "http://" + (endpoint.address().is_v6() ? "[" + host + "]" : host) + ":" +
         std::to_string(endpoint.port()) + "/fim";
}

void LocalServer::run() {
  while (true) {
    tcp::socket socket = listener_->acceptor.accept();
    if (listener_->connections >= kMaxConnections) continue;  // closes it
    socket.set_option(tcp::no_delay(true));
    ++listener_->connections;
    std::thread([this, accepted = std::move(socket)]() mutable {
      Session(std::move(accepted), handler_, log_).run();
      --listener_->connections;
    }).detach();
  }
}

}  // namespace fimd
