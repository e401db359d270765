#include "daemon/index_store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

#include "daemon/file_tree.h"
#include "daemon/line_hash.h"

namespace fimd {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "workspace-";
constexpr std::string_view kEnding = ".index";
constexpr std::size_t kMostBytes = 1'000'000'000;

// What stands before the list of files and the index, which has a checksum of its own.
struct Head {
  char magic[8] = {'f', 'i', 'm', 'd', 'w', 's', '0', '1'};
  std::uint64_t header_bytes = 0;
  std::uint64_t header_hash = 0;
};

std::uint64_t hash_of(std::string_view bytes) {
  return chain(chain(0, bytes), std::to_string(bytes.size()));
}

std::string error_text() {
  return std::error_code(errno, std::generic_category()).message();
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(fd, bytes.data(), bytes.size());
    if (count == -1 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool write_file(const std::string& path, std::initializer_list<std::string_view> parts) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd == -1) return false;
  const bool written = std::ranges::all_of(parts, [fd](auto part) { return write_all(fd, part); });
  const int fault = errno;
  const bool closed = ::close(fd) == 0;
  if (!written) errno = fault;
  return written && closed;
}

// Ours, and nobody else's to look into.
bool make_private_folder(const std::string& folder) {
  std::error_code ec;
  fs::create_directories(fs::path(folder).parent_path(), ec);
  struct stat status {};
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return false;
  if (::stat(folder.c_str(), &status) != 0) return false;
  errno = EPERM;
  return S_ISDIR(status.st_mode) && status.st_uid == ::geteuid() &&
         ((status.st_mode & 0077) == 0 || ::chmod(folder.c_str(), 0700) == 0);
}

// "workspace-HASH.index.PID": left by a writer that was killed?
bool is_abandoned(std::string_view name) {
  const auto dot = name.rfind('.');
  if (!name.starts_with(kPrefix) || !name.substr(0, dot).ends_with(kEnding)) return false;
  pid_t pid = 0;
  std::from_chars(name.data() + dot + 1, name.data() + name.size(), pid);
  return 0 < pid && pid != ::getpid() && ::kill(pid, 0) == -1 && errno == ESRCH;
}

}  // namespace

IndexStore::IndexStore(std::string cache_folder, const std::vector<std::string>& folders, std::string rules)
    : folder_(std::move(cache_folder)), rules_(std::move(rules)) {
  std::uint64_t hash = 0;
  for (const auto& folder : folders) hash = chain(hash, folder);
  if (!folder_.empty()) path_ = fmt::format("{}/{}{:016x}{}", folder_, kPrefix, hash, kEnding);
}

std::string IndexStore::header(const WorkspaceFiles& files) const {
  return rules_ + '\n' + to_bytes(files);
}

std::optional<StoredIndex> IndexStore::load(std::string& fault) const {
  if (path_.empty() || ::access(path_.c_str(), F_OK) != 0) return std::nullopt;
  const auto bytes = read_file(path_, kMostBytes);
  Head head;
  fault = "the stored index of the workspace is damaged or of another version: it is built anew";
  if (!bytes || bytes->size() < sizeof head) return std::nullopt;
  std::memcpy(&head, bytes->data(), sizeof head);
  const auto rest = std::string_view(*bytes).substr(sizeof head);
  if (std::memcmp(head.magic, Head().magic, sizeof head.magic) != 0 || rest.size() < head.header_bytes)
    return std::nullopt;
  const auto header = rest.substr(0, head.header_bytes);
  if (hash_of(header) != head.header_hash) return std::nullopt;
  const auto line_end = header.find('\n');
  const bool foreign = !rules_.empty() && header.substr(0, line_end) != rules_;
  if (line_end == std::string_view::npos || foreign) {
    fault.clear();  // the settings have changed: nothing is wrong
    return std::nullopt;
  }
  auto files = workspace_files(header.substr(line_end + 1));
  auto index = WorkspaceIndex::load(rest.substr(head.header_bytes));
  if (!files || !index) return std::nullopt;
  fault.clear();
  return StoredIndex{std::make_shared<WorkspaceIndex>(std::move(*index)), std::move(*files)};
}

std::optional<std::string> IndexStore::save(const StoredIndex& stored) const {
  if (path_.empty()) return "no place for the index of the workspace: neither XDG_CACHE_HOME nor HOME is set";
  const auto failed = [this](const char* what) {
    return fmt::format("the index of the workspace is not kept: {} {}: {}", folder_, what, error_text());
  };
  if (!make_private_folder(folder_)) return failed("cannot be used");
  tidy();
  const auto names = header(stored.files);
  Head head;
  head.header_bytes = names.size();
  head.header_hash = hash_of(names);
  const auto image = stored.index->image();
  const auto temporary = fmt::format("{}.{}", path_, ::getpid());
  ::unlink(temporary.c_str());
  const std::string_view head_bytes(reinterpret_cast<const char*>(&head), sizeof head);
  if (write_file(temporary, {head_bytes, names, image}) && ::rename(temporary.c_str(), path_.c_str()) == 0)
    return std::nullopt;
  const auto fault = failed("cannot be written to");
  ::unlink(temporary.c_str());
  return fault;
}

void IndexStore::tidy() const {
  std::vector<std::pair<fs::file_time_type, fs::path>> indexes;
  std::error_code ec;
  for (fs::directory_iterator entry(folder_, ec), end; !ec && entry != end; entry.increment(ec)) {
    const auto name = entry->path().filename().string();
    std::error_code ignored;
    if (is_abandoned(name)) fs::remove(entry->path(), ignored);
    if (name.starts_with(kPrefix) && name.ends_with(kEnding) && entry->path() != path_)
      indexes.emplace_back(entry->last_write_time(ignored), entry->path());
  }
  std::ranges::sort(indexes, std::greater());
  for (std::size_t at = kMostIndexes - 1; at < indexes.size(); ++at) fs::remove(indexes[at].second, ec);
}

std::string cache_folder() {
  const auto* cache = std::getenv("XDG_CACHE_HOME");
  if (cache && *cache == '/') return std::string(cache) + "/fimd";
  const auto* home = std::getenv("HOME");
  return home && *home ? std::string(home) + "/.cache/fimd" : std::string();
}

}  // namespace fimd
