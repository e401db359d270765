#include "daemon/indexing.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read.hpp>
#include <future>
#include <thread>
#include <unordered_set>
#include <utility>

#include "daemon/file_tree.h"

namespace fimd {
namespace {

// Names that a walk looks at, files and folders together: a second or so of a cold disk's time.
constexpr std::size_t kMostEntries = 200'000;
constexpr int kNice = 10;
constexpr std::uint64_t kReportEvery = 512 * 1024;  // bytes read
constexpr std::size_t kLookEvery = 256;             // names between two questions whether to go on

class Indexer {
 public:
  Indexer(IndexingOrder order, const IndexingListener& report) : order_(std::move(order)), report_(report) {}

  IndexingOutcome run() {
    if (order_.stage == IndexingStage::stored) return load();
    auto found = list();
    read_ignore_files(found);
    outcome_.outlawed = holds_ignored(order_.known);
    if (outcome_.outlawed) return outcome_;
    found =
        newest_within(std::move(found), order_.limits, [this](const auto& path) { return may_enter(path); });
    if (stopped_ || (!order_.known.empty() && changed_share(order_.known, found) <= kMostChanged))
      return outcome_;
    outcome_.partial = order_.stage == IndexingStage::nearest && kNearestBytes < bytes_of(found);
    if (outcome_.partial) found = nearest_within(std::move(found), kNearestBytes, order_.near);
    build(std::move(found));
    if (stopped_ || outcome_.partial) return outcome_;
    if (auto fault = order_.store.save({outcome_.index, outcome_.files}))
      outcome_.faults.push_back(std::move(*fault));
    return std::move(outcome_);
  }

 private:
  IndexingOutcome load() {
    std::string fault;
    auto stored = order_.store.load(fault);
    if (stored) read_ignore_files(stored->files);
    if (stored && !holds_ignored(stored->files)) {
      outcome_.index = std::move(stored->index);
      outcome_.files = std::move(stored->files);
    }
    if (!fault.empty()) outcome_.faults.push_back(std::move(fault));
    return std::move(outcome_);
  }

  // The `.fimdignore` of every folder that one of these is in, or below.
  void read_ignore_files(const WorkspaceFiles& files) {
    for (const auto& file : files) {
      for (const auto folder : folders_above(file.path)) {
        if (!folders_read_.emplace(folder).second) break;  // nor those above it
        order_.privacy.set_ignore_file(folder, ignore_file_in(std::string(folder)));
      }
    }
  }

  bool holds_ignored(const WorkspaceFiles& files) const {
    return std::ranges::any_of(
        files, [this](const auto& file) { return file.indexed && order_.privacy.ignored(file.path); });
  }

  // All files of all folders.
  WorkspaceFiles list() {
    WorkspaceFiles found;
    for (const auto& folder : order_.folders) {
      auto files = folder.tracked ? tracked(folder) : walked(folder.path);
      std::ranges::move(files, std::back_inserter(found));
    }
    std::ranges::sort(found, {}, &WorkspaceFile::path);
    const auto twice = std::ranges::unique(found, {}, &WorkspaceFile::path);  // folders inside each other
    found.erase(twice.begin(), twice.end());
    return found;
  }

  WorkspaceFiles tracked(const WorkspaceFolder& folder) {
    WorkspaceFiles files;
    std::size_t seen = 0;
    for (const auto path : split_paths(*folder.tracked)) {
      if (++seen % kLookEvery == 0 && !go_on()) break;
      auto whole = folder.path + "/" + std::string(path);
      if (auto file = look_at(std::move(whole))) files.push_back(std::move(*file));
    }
    return files;
  }

  WorkspaceFiles walked(const std::string& folder) {
    auto found = walk(folder, kMostEntries, [this] { return go_on(); });
    if (found.cut)
      outcome_.faults.push_back(fmt::format("{}: more than {} files and folders; only those are learnt from",
                                            folder, kMostEntries));
    return std::move(found.files);
  }

  // Not when nobody waits any more: then nothing is worth its while.
  bool may_enter(const std::string& path) {
    if (++asked_ % kLookEvery == 0 && !go_on()) return false;
    return !stopped_ && !is_machine_made(path) && !order_.privacy.excludes(path);
  }

  void build(WorkspaceFiles files) {
    if (!outcome_.partial) progress_.all = bytes_of(files);  // else it is over before it could be shown
    WorkspaceIndex::Builder builder;
    for (auto& file : files) {
      if (!advance(file.bytes)) return;
      const auto text = read_file(file.path, order_.limits.file_bytes);
      file.indexed = text && !why_not_source(*text) && !secret_in(*text);
      if (file.indexed) builder.add(*text);
    }
    outcome_.index = std::make_shared<WorkspaceIndex>(std::move(builder).build());
    outcome_.files = std::move(files);
    go_on();
  }

  bool advance(std::uint64_t bytes) {
    const bool due = progress_.read / kReportEvery != (progress_.read + bytes) / kReportEvery;
    progress_.read += bytes;
    return due || progress_.read == bytes ? go_on() : !stopped_;
  }

  bool go_on() {
    stopped_ = stopped_ || !report_(progress_);
    return !stopped_;
  }

  IndexingOrder order_;
  const IndexingListener& report_;
  IndexingProgress progress_;
  IndexingOutcome outcome_;
  std::unordered_set<std::string> folders_read_;
  std::size_t asked_ = 0;
  bool stopped_ = false;
};

// The thread's end of the connection to the loop.
class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  Socket(Socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  ~Socket() { ::close(fd_); }
  bool send(const IndexingProgress& progress) const {
    return ::send(fd_, &progress, sizeof progress, MSG_NOSIGNAL) == sizeof progress;
  }

 private:
  int fd_;
};

std::future<IndexingOutcome> start_thread(IndexingOrder order, Socket socket) {
  std::packaged_task<IndexingOutcome(IndexingOrder, const IndexingListener&)> work(index_workspace);
  auto outcome = work.get_future();
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);  // signals are the loop's
  std::thread([work = std::move(work), order = std::move(order), socket = std::move(socket)]() mutable {
    if (order.stage == IndexingStage::whole)
      ::setpriority(PRIO_PROCESS, 0, kNice);  // of this thread only, on Linux
    work(std::move(order), [&socket](const IndexingProgress& progress) { return socket.send(progress); });
  }).detach();  // sorting cannot be interrupted: it is left to end with the process
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return outcome;
}

}  // namespace

IndexingOutcome index_workspace(IndexingOrder order, const IndexingListener& report) {
  return Indexer(std::move(order), report).run();
}

Task<IndexingOutcome> run_indexing(asio::io_context& io, IndexingOrder order, IndexingListener listener) {
  std::array<int, 2> fds{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()) != 0)
    throw SystemError(errno, boost::system::system_category());
  asio::posix::stream_descriptor reports(io, fds[0]);
  auto outcome = start_thread(std::move(order), Socket(fds[1]));
  for (;;) {
    IndexingProgress progress;
    SystemErrorCode ec;
    co_await asio::async_read(reports, asio::buffer(&progress, sizeof progress),
                              asio::redirect_error(asio::use_awaitable, ec));
    if (ec == asio::error::operation_aborted) throw SystemError(ec);
    if (ec) break;
    if (!listener(progress)) ::shutdown(fds[0], SHUT_RD);
  }
  co_return outcome.get();
}

}  // namespace fimd
