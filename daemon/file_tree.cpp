#include "daemon/file_tree.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>

#include "daemon/ignore_rules.h"

namespace fimd {
namespace {

namespace fs = std::filesystem;

constexpr const char* kOthersIgnoreFiles[] = {".gitignore", ".ignore"};
constexpr std::size_t kMostIgnoreBytes = 256 * 1024;

constexpr int kToRead = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;

// Nothing when it is no regular file, is larger, or cannot be read.
std::optional<std::string> read_whole(int fd, std::size_t most_bytes) {
  struct stat status {};
  std::string text;
  bool whole = ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
               static_cast<std::uint64_t>(status.st_size) <= most_bytes;
  if (whole) text.resize(static_cast<std::size_t>(status.st_size));
  std::size_t size = 0;
  while (whole && size < text.size()) {
    const auto count = ::read(fd, text.data() + size, text.size() - size);
    if (count == -1 && errno == EINTR) continue;
    whole = 0 <= count;
    if (count <= 0) break;  // it shrank meanwhile
    size += static_cast<std::size_t>(count);
  }
  text.resize(size);
  return whole ? std::optional(std::move(text)) : std::nullopt;
}

// The ignore files of one folder, and those of the folders above it.
struct Ignored {
  std::shared_ptr<const Ignored> above;
  std::string folder;  // with a '/' at its end
  IgnoreRules rules;

  // The folders above the path are known to pass.
  bool excludes(std::string_view path, bool is_folder) const {
    for (const auto* at = this; at != nullptr; at = at->above.get()) {
      if (const auto verdict = at->rules.verdict(path.substr(at->folder.size()), is_folder))
        return verdict->excluded;
    }
    return false;
  }
};

std::shared_ptr<const Ignored> ignored_in(const std::string& folder, std::shared_ptr<const Ignored> above) {
  std::string lines;
  for (const auto* name : kOthersIgnoreFiles) {
    if (const auto text = read_file(folder + "/" + name, kMostIgnoreBytes)) lines += *text + "\n";
  }
  lines += ignore_file_in(folder);
  if (lines.empty()) return above;
  return std::make_shared<Ignored>(Ignored{std::move(above), folder + "/", IgnoreRules(lines)});
}

std::int64_t nanoseconds(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

// A stack of folders, so that a deep tree costs no depth of ours.
class Walker {
 public:
  Walker(std::size_t most_entries, const std::function<bool()>& go_on) : left_(most_entries), go_on_(go_on) {}

  Walk walk(const std::string& folder) {
    folders_.push_back({folder, ignored_in(folder, nullptr)});
    while (!folders_.empty() && !walk_.cut && go_on_()) {
      const auto next = std::move(folders_.back());
      folders_.pop_back();
      enter(next);
    }
    std::ranges::sort(walk_.files, {}, &WorkspaceFile::path);
    return std::move(walk_);
  }

 private:
  struct Folder {
    std::string path;
    std::shared_ptr<const Ignored> ignored;
  };

  void enter(const Folder& folder) {
    std::error_code ec;
    for (fs::directory_iterator entry(folder.path, ec), end; !ec && entry != end; entry.increment(ec)) {
      walk_.cut = left_ == 0;
      if (walk_.cut) return;
      --left_;
      take(*entry, folder);
    }
  }

  void take(const fs::directory_entry& entry, const Folder& folder) {
    std::error_code ec;
    const auto type = entry.symlink_status(ec).type();
    auto path = folder.path + "/" + entry.path().filename().string();
    const bool inside =
        type == fs::file_type::directory && !is_foreign_folder(entry.path().filename().string());
    if (!inside && type != fs::file_type::regular) return;
    if (folder.ignored && folder.ignored->excludes(path, inside)) return;
    if (inside) {
      auto ignored = ignored_in(path, folder.ignored);
      folders_.push_back({std::move(path), std::move(ignored)});
    } else if (auto file = look_at(std::move(path))) {
      walk_.files.push_back(std::move(*file));
    }
  }

  std::size_t left_;
  const std::function<bool()>& go_on_;
  std::vector<Folder> folders_;
  Walk walk_;
};

}  // namespace

Walk walk(const std::string& folder, std::size_t most_entries, const std::function<bool()>& go_on) {
  return Walker(most_entries, go_on).walk(folder);
}

std::optional<WorkspaceFile> look_at(std::string path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  WorkspaceFile file;
  file.path = std::move(path);
  file.bytes = static_cast<std::uint64_t>(status.st_size);
  file.modified = nanoseconds(status.st_mtim);
  return file;
}

std::optional<std::string> read_file(const std::string& path, std::size_t most_bytes) {
  const int fd = ::open(path.c_str(), kToRead | O_NOFOLLOW);
  if (fd == -1) return std::nullopt;
  auto text = read_whole(fd, most_bytes);
  ::close(fd);
  return text;
}

std::string ignore_file_in(const std::string& folder) {
  const auto path = folder + "/.fimdignore";
  const int fd = ::open(path.c_str(), kToRead);  // a link to shared rules counts
  if (fd == -1) return errno == ENOENT || errno == ENOTDIR || errno == ENAMETOOLONG ? "" : "*\n";
  const auto text = read_whole(fd, kMostIgnoreBytes);
  ::close(fd);
  return text.value_or("*\n");
}

std::string link_target(const std::string& path) {
  std::error_code ec;
  const auto target = path.starts_with('/') ? std::filesystem::weakly_canonical(path, ec).string() : "";
  return ec || target == path ? "" : target;
}

std::vector<std::string_view> folders_above(std::string_view path) {
  std::vector<std::string_view> folders;
  for (auto end = path.rfind('/'); end != std::string_view::npos; end = path.rfind('/', end - 1)) {
    folders.push_back(path.substr(0, end));
    if (end == 0) break;
  }
  return folders;
}

}  // namespace fimd
