#include "daemon/http_client.h"

#include <curl/curl.h>

#include <algorithm>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cctype>
#include <charconv>
#include <map>
#include <utility>

namespace fimd {
namespace {

class CurlCategory : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "http"; }
  std::string message(int code) const override { return curl_easy_strerror(static_cast<CURLcode>(code)); }
};

SystemErrorCode error_of(CURLcode code) {
  static const CurlCategory category;
  if (code == CURLE_OPERATION_TIMEDOUT) return asio::error::timed_out;
  return SystemErrorCode(code, category);
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](unsigned char c) { return std::tolower(c); });
  return result;
}

std::string_view strip(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// One transfer, on the frame of the coroutine that waits for it: leaving that frame removes it from curl.
struct Transfer {
  Transfer(asio::io_context& io, std::shared_ptr<CURLM> owner, HttpRequest wanted, BodySink takes)
      : multi(std::move(owner)),
        easy(curl_easy_init()),
        request(std::move(wanted)),
        sink(std::move(takes)),
        done(io) {
    for (const auto& header : request.headers) headers = curl_slist_append(headers, header.c_str());
    configure();
    curl_multi_add_handle(multi.get(), easy);
  }
  Transfer(const Transfer&) = delete;
  ~Transfer() {
    curl_multi_remove_handle(multi.get(), easy);
    curl_easy_cleanup(easy);
    curl_slist_free_all(headers);
  }

  void configure();
  void take_header(std::string_view line);

  std::shared_ptr<CURLM> multi;  // shared: a loop that is torn down destroys waiting coroutines last
  CURL* easy;
  curl_slist* headers = nullptr;
  HttpRequest request;
  BodySink sink;
  HttpHead head;
  Signal done;
  std::optional<CURLcode> result;
  bool cut = false;
};

size_t on_body(char* bytes, size_t size, size_t count, void* self) {
  auto& transfer = *static_cast<Transfer*>(self);
  transfer.cut = !transfer.sink(transfer.head, {bytes, size * count});
  return transfer.cut ? 0 : size * count;
}

size_t on_header(char* bytes, size_t size, size_t count, void* self) {
  static_cast<Transfer*>(self)->take_header({bytes, size * count});
  return size * count;
}

void Transfer::take_header(std::string_view line) {
  if (line.starts_with("HTTP/")) {
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    head = HttpHead();
    head.status = static_cast<int>(status);
    return;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return;
  const auto name = lower(strip(line.substr(0, colon)));
  const auto value = strip(line.substr(colon + 1));
  if (name == "content-type") head.content_type = lower(strip(value.substr(0, value.find(';'))));
  if (name == "retry-after") {
    int seconds = 0;
    const auto parsed = std::from_chars(value.data(), value.data() + value.size(), seconds);
    if (parsed.ec == std::errc() && 0 <= seconds) head.retry_after = std::chrono::seconds(seconds);
  }
}

// A proxy from the environment must not see requests to this machine.
bool is_loopback(std::string_view url) {
  const auto scheme = url.find("://");
  const auto host = scheme == std::string_view::npos ? url : url.substr(scheme + 3);
  return host.starts_with("127.") || host.starts_with("localhost") || host.starts_with("[::1]");
}

void Transfer::configure() {
  const auto set = [this](CURLoption option, auto value) { curl_easy_setopt(easy, option, value); };
  set(CURLOPT_PRIVATE, this);
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_HTTPHEADER, headers);
  set(CURLOPT_USERAGENT, "fimd/" FIMD_VERSION);
  set(CURLOPT_POSTFIELDS, request.body.c_str());
  set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  set(CURLOPT_WRITEFUNCTION, on_body);
  set(CURLOPT_WRITEDATA, this);
  set(CURLOPT_HEADERFUNCTION, on_header);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_ACCEPT_ENCODING, "gzip");
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  // Without TLS nothing says before the first answer that the connection carries one call at a time, so that
  // all others would wait for it.
  set(CURLOPT_PIPEWAIT, request.url.starts_with("https:") ? 1L : 0L);
  set(CURLOPT_TCP_KEEPALIVE, 1L);
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout.count()));
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.deadline.count()));
  set(CURLOPT_NOSIGNAL, 1L);
  // Without it, cancelling during a slow DNS look-up blocked the loop for 2.9 s.
  set(CURLOPT_QUICK_EXIT, 1L);
  if (is_loopback(request.url)) set(CURLOPT_PROXY, "");
}

}  // namespace

// The bridge between curl's wish list of sockets and timers and the event loop. Two rules of curl shape it:
// its callbacks must not call back into it (so a timer of 0 is still a timer), and its sockets are its own
// (so they are released, never closed).
class HttpClient::Multi {
 public:
  explicit Multi(asio::io_context& io) : io_(io), timer_(io) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
    handle_ = curl_multi_init();
    curl_multi_setopt(handle_, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(handle_, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(handle_, CURLMOPT_TIMERFUNCTION, on_timer);
    curl_multi_setopt(handle_, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(handle_, CURLMOPT_MAXCONNECTS, 4L);
  }
  Multi(const Multi&) = delete;
  ~Multi() {
    curl_multi_cleanup(handle_);
    curl_global_cleanup();
  }

  CURLM* handle() const { return handle_; }

 private:
  struct Watch {
    Watch(asio::io_context& io, curl_socket_t fd) : descriptor(io, fd) {}
    ~Watch() {
      if (descriptor.is_open()) descriptor.release();
    }
    asio::posix::stream_descriptor descriptor;
    int wanted = CURL_POLL_NONE;
    bool reading = false;
    bool writing = false;
  };
  using SharedWatch = std::shared_ptr<Watch>;

  static int on_socket(CURL*, curl_socket_t fd, int what, void* self, void*) {
    static_cast<Multi*>(self)->watch(fd, what);
    return 0;
  }
  static int on_timer(CURLM*, long timeout_ms, void* self) {
    static_cast<Multi*>(self)->set_timer(timeout_ms);
    return 0;
  }

  void watch(curl_socket_t fd, int what) {
    auto& entry = watches_[fd];
    if (what == CURL_POLL_REMOVE) {
      if (entry) entry->wanted = CURL_POLL_NONE;
      if (entry) entry->descriptor.release();
      watches_.erase(fd);
      return;
    }
    if (!entry) entry = std::make_shared<Watch>(io_, fd);
    entry->wanted = what;
    arm(fd, entry);
  }

  void arm(curl_socket_t fd, const SharedWatch& entry) {
    using Wait = asio::posix::stream_descriptor::wait_type;
    if ((entry->wanted & CURL_POLL_IN) && !std::exchange(entry->reading, true)) {
      entry->descriptor.async_wait(Wait::wait_read, [this, fd, entry](SystemErrorCode ec) {
        entry->reading = false;
        ready(fd, entry, ec, CURL_CSELECT_IN);
      });
    }
    if ((entry->wanted & CURL_POLL_OUT) && !std::exchange(entry->writing, true)) {
      entry->descriptor.async_wait(Wait::wait_write, [this, fd, entry](SystemErrorCode ec) {
        entry->writing = false;
        ready(fd, entry, ec, CURL_CSELECT_OUT);
      });
    }
  }

  void ready(curl_socket_t fd, const SharedWatch& entry, SystemErrorCode ec, int event) {
    // A released descriptor aborts its waits; by then curl may have gone too.
    if (ec == asio::error::operation_aborted || entry->wanted == CURL_POLL_NONE) return;
    if ((event == CURL_CSELECT_OUT) && !(entry->wanted & CURL_POLL_OUT)) return;
    act(fd, ec ? CURL_CSELECT_ERR : event);
    if (entry->wanted != CURL_POLL_NONE) arm(fd, entry);
  }

  void set_timer(long timeout_ms) {
    timer_.cancel();
    if (timeout_ms < 0) return;
    timer_.expires_after(std::chrono::milliseconds(timeout_ms));
    timer_.async_wait([this](SystemErrorCode ec) {
      if (!ec) act(CURL_SOCKET_TIMEOUT, 0);
    });
  }

  void act(curl_socket_t fd, int events) {
    int running = 0;
    curl_multi_socket_action(handle_, fd, events, &running);
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(handle_, &left)) {
      char* self = nullptr;
      curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &self);
      auto& transfer = *reinterpret_cast<Transfer*>(self);
      transfer.result = message->data.result;
      transfer.done.notify();
    }
  }

  asio::io_context& io_;
  asio::steady_timer timer_;
  CURLM* handle_ = nullptr;
  std::map<curl_socket_t, SharedWatch> watches_;
};

HttpClient::HttpClient(asio::io_context& io) : io_(io) {}
HttpClient::~HttpClient() = default;

Task<HttpHead> HttpClient::post(HttpRequest request, BodySink sink) {
  if (!multi_) multi_ = std::make_shared<Multi>(io_);
  std::shared_ptr<CURLM> handle(multi_, multi_->handle());
  Transfer transfer(io_, std::move(handle), std::move(request), std::move(sink));
  while (!transfer.result) co_await transfer.done.wait();
  if (*transfer.result != CURLE_OK && !transfer.cut) throw SystemError(error_of(*transfer.result));
  co_return transfer.head;
}

}  // namespace fimd
