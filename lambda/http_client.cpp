#include "lambda/http_client.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <strings.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <filesystem>

#include "lambda/wire.h"

namespace fimd {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using boost::system::system_error;

constexpr std::size_t kReadBytes = 16 * 1024;

bool same_name(std::string_view a, std::string_view b) {
  return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

template <typename Body>
void fill_head(http::request<Body>& message, const HttpRequest& request, const Url& origin) {
  message.version(11);
  message.method_string(request.method);
  message.target(request.target);
  const bool usual_port = origin.port == (origin.tls ? "443" : "80");
  message.set(http::field::host, usual_port ? origin.host : origin.host + ":" + origin.port);
  for (const auto& [name, value] : request.headers) message.set(name, value);
}

}  // namespace

std::string header_value(const HeaderList& headers, std::string_view name) {
  const auto found = std::find_if(headers.begin(), headers.end(),
                                  [&](const auto& entry) { return same_name(entry.first, name); });
  return found == headers.end() ? "" : found->second;
}

std::optional<Url> parse_url(std::string_view text) {
  Url url;
  if (text.starts_with("https://")) {
    url.tls = true;
  } else if (!text.starts_with("http://")) {
    return std::nullopt;
  }
  text.remove_prefix(url.tls ? 8 : 7);
  if (text.find_first_of("@?# ") != std::string_view::npos) return std::nullopt;
  const auto slash = std::min(text.find('/'), text.size());
  const std::string_view authority = text.substr(0, slash);
  url.path = text.substr(slash);
  while (url.path.ends_with('/')) url.path.pop_back();
  const auto bracket = authority.find(']');  // [::1]:8080
  const auto colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  url.host = authority.substr(0, colon);
  url.port = colon == std::string_view::npos ? (url.tls ? "443" : "80") : authority.substr(colon + 1);
  if (url.host.starts_with('[') && url.host.ends_with(']'))
    url.host = url.host.substr(1, url.host.size() - 2);
  if (url.host.empty() || !all_digits(url.port)) return std::nullopt;
  return url;
}

bool is_loopback(const Url& url) {
  return url.host == "localhost" || url.host == "::1" || url.host == "127.0.0.1";
}

Tls::Tls(const std::string& ca_path) : context_(SSL_CTX_new(TLS_client_method())) {
  SSL_CTX_set_min_proto_version(context_, TLS1_2_VERSION);
  SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_mode(context_, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  const bool directory = std::filesystem::is_directory(ca_path);
  SSL_CTX_load_verify_locations(context_, directory ? nullptr : ca_path.c_str(),
                                directory ? ca_path.c_str() : nullptr);
  ERR_clear_error();  // without certificates every handshake fails, which says it better
}

Tls::~Tls() {
  SSL_CTX_free(context_);
}

struct HttpClient::Connection {
  Wire wire;
  beast::flat_buffer buffer;
  std::optional<http::response_parser<http::buffer_body>> parser;
};

HttpClient::HttpClient(Url origin, const Tls* tls) : origin_(std::move(origin)), tls_(tls) {}
HttpClient::~HttpClient() = default;

bool HttpClient::connected() const {
  return connection_ != nullptr;
}
void HttpClient::close() {
  connection_.reset();
}
bool HttpClient::peer_closed() const {
  return connected() && connection_->wire.peer_closed();
}
void HttpClient::abandon_when(std::function<bool()> abandoned) {
  abandoned_ = std::move(abandoned);
}

void HttpClient::connect(Deadline deadline) {
  if (connected()) return;
  if (origin_.tls && !tls_) throw system_error(make_error_code(asio::error::operation_not_supported));
  connection_.reset(new Connection{
      .wire{origin_.host, origin_.port, origin_.tls ? tls_->context_ : nullptr, deadline, abandoned_},
      .buffer = {},
      .parser = {}});
  connection_->buffer.reserve(
      kReadBytes);  // Beast reads as much at once as there is room for, at least 512 bytes
}

// One step of an exchange. What fails leaves the connection in no usable state.
template <typename Step>
void HttpClient::run(Deadline deadline, Step step) {
  connection_->wire.set_terms(deadline, abandoned_);
  error_code error;
  step(connection_->wire, error);
  if (!error || error == http::error::need_buffer) return;
  close();
  throw system_error(error);
}

HttpHead HttpClient::send(const HttpRequest& request, Deadline deadline) {
  connect(deadline);
  http::request<http::string_body> message;
  fill_head(message, request, origin_);
  message.body() = request.body;
  message.prepare_payload();
  run(deadline, [&](Wire& wire, error_code& error) { http::write(wire, message, error); });
  return read_head(deadline);
}

void HttpClient::begin(const HttpRequest& request, Deadline deadline) {
  connect(deadline);
  http::request<http::empty_body> message;
  fill_head(message, request, origin_);
  message.chunked(true);
  http::request_serializer<http::empty_body> serializer{message};
  run(deadline, [&](Wire& wire, error_code& error) { http::write_header(wire, serializer, error); });
}

void HttpClient::write(std::string_view piece, Deadline deadline) {
  const auto chunk = http::make_chunk(asio::buffer(piece.data(), piece.size()));
  run(deadline, [&](Wire& wire, error_code& error) { asio::write(wire, chunk, error); });
}

HttpHead HttpClient::end(const HeaderList& trailers, Deadline deadline) {
  http::fields fields;
  for (const auto& [name, value] : trailers) fields.set(name, value);
  const auto last = http::make_chunk_last(fields);
  run(deadline, [&](Wire& wire, error_code& error) { asio::write(wire, last, error); });
  return read_head(deadline);
}

HttpHead HttpClient::read_head(Deadline deadline) {
  auto& parser = connection_->parser.emplace();
  parser.body_limit(boost::none);
  run(deadline,
      [&](Wire& wire, error_code& error) { http::read_header(wire, connection_->buffer, parser, error); });
  HttpHead head{static_cast<int>(parser.get().result_int()), {}};
  for (const auto& field : parser.get()) head.headers.emplace_back(field.name_string(), field.value());
  return head;
}

std::string HttpClient::read_some(Deadline deadline) {
  if (!connected()) return "";
  auto& parser = *connection_->parser;
  std::string bytes(kReadBytes, '\0');
  auto& body = parser.get().body();
  body = {bytes.data(), bytes.size(), true};
  while (!parser.is_done() && body.size == bytes.size()) {
    run(deadline,
        [&](Wire& wire, error_code& error) { http::read_some(wire, connection_->buffer, parser, error); });
  }
  bytes.resize(bytes.size() - body.size);
  if (bytes.empty() && !parser.get().keep_alive()) close();
  return bytes;
}

std::string HttpClient::read_all(std::size_t limit, Deadline deadline) {
  std::string body;
  for (std::string piece = read_some(deadline); !piece.empty(); piece = read_some(deadline)) {
    body += piece;
    if (body.size() > limit) {
      close();
      throw system_error(make_error_code(asio::error::message_size));
    }
  }
  return body;
}

}  // namespace fimd
