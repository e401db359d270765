#include "tests/bench/predict/history.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>
#include <stdexcept>
#include <string_view>

#include "predictor/tokens.h"

namespace fimd::bench {
namespace {

constexpr std::size_t kMostTyped = 400;  // lines; more are imports and generated code
constexpr std::size_t kLargestFile = 1'000'000;
constexpr std::size_t kLongestLine = 300;
constexpr std::size_t kSearched = 3000;  // commits
constexpr double kChanged = 0.5;         // of the tokens are shared by a line and what it was made from

std::string git(const std::string& repository, const std::string& arguments) {
  const std::string command = "git -C '" + repository + "' " + arguments + " 2>/dev/null";
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot run git");
  std::string output;
  std::array<char, 65536> buffer;
  while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe))
    output.append(buffer.data(), n);
  pclose(pipe);
  return output;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t length = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, length));
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  return lines;
}

bool is_source(std::string_view path) {
  static const std::set<std::string_view> kEndings = {
      "c",  "h",  "cc",   "cpp", "cxx", "hpp", "hh",  "ts",    "tsx", "js",     "jsx", "mjs", "rs",   "py",
      "go", "kt", "java", "rb",  "cs",  "php", "lua", "swift", "sh",  "svelte", "vue", "zig", "scala"};
  const std::size_t dot = path.rfind('.');
  return dot != std::string_view::npos && kEndings.contains(path.substr(dot + 1)) &&
         !path.ends_with(".min.js") && !path.ends_with(".d.ts");
}

std::string_view trimmed(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return trim_right(trim_left(line));
}

std::vector<std::string_view> tokens(std::string_view line) {
  std::vector<std::string_view> found;
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t end = token_end(line, at);
    found.push_back(trim_left(line.substr(at, end - at)));
    at = end;
  }
  std::sort(found.begin(), found.end());
  return found;
}

bool is_made_from(std::string_view line, std::string_view removed) {
  const auto a = tokens(line), b = tokens(removed);
  std::vector<std::string_view> both;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return 2.0 * static_cast<double>(both.size()) >= kChanged * static_cast<double>(a.size() + b.size());
}

struct Diff {
  std::vector<FileChange> files;
  std::set<std::string, std::less<>> removed;  // trimmed
};

// Lines of `git show -U0`.
class DiffReader {
 public:
  Diff read(const std::vector<std::string>& lines) {
    for (const std::string& line : lines) read_line(line);
    end_hunk();
    return std::move(diff_);
  }

 private:
  void read_line(const std::string& line) {
    if (line.starts_with("diff --git ")) {
      end_hunk();
      in_hunk_ = false;
    } else if (!in_hunk_ && line.starts_with("--- a/")) {
      old_path_ = line.substr(6);
    } else if (!in_hunk_ && line.starts_with("--- /dev/null")) {
      old_path_.clear();
    } else if (!in_hunk_ && line.starts_with("+++ ")) {
      diff_.files.push_back({line.substr(std::min<std::size_t>(6, line.size())), {}, {}});
      diff_.files.back().before = {old_path_};  // until it is read
    } else if (line.starts_with("@@ -")) {
      end_hunk();
      begin_hunk(line);
    } else if (in_hunk_ && line.starts_with("-")) {
      removed_.emplace_back(trimmed(std::string_view(line).substr(1)));
    } else if (in_hunk_ && line.starts_with("+")) {
      hunk_.lines.push_back({line.substr(1), true});
    }
  }

  void begin_hunk(const std::string& line) {
    char* rest = nullptr;
    const std::size_t start = std::strtoul(line.c_str() + 4, &rest, 10);
    const std::size_t count = *rest == ',' ? std::strtoul(rest + 1, nullptr, 10) : 1;
    in_hunk_ = true;
    hunk_ = {};
    hunk_.old_begin = count == 0 ? start : start - 1;
    hunk_.old_end = hunk_.old_begin + count;
  }

  void end_hunk() {
    if (!in_hunk_ || diff_.files.empty()) return;
    for (Line& line : hunk_.lines) {
      const std::string_view text = trimmed(line.text);
      const auto is_origin = [&](const std::string& removed) { return is_made_from(text, removed); };
      line.typed = !text.empty() && text.size() <= kLongestLine &&
                   std::none_of(removed_.begin(), removed_.end(), is_origin);
    }
    diff_.removed.insert(removed_.begin(), removed_.end());
    removed_.clear();
    diff_.files.back().hunks.push_back(std::move(hunk_));
    hunk_ = {};
  }

  Diff diff_;
  std::string old_path_;
  std::vector<std::string> removed_;
  Hunk hunk_;
  bool in_hunk_ = false;
};

Commit read_commit(const std::string& repository, const std::string& id) {
  Commit commit{id, {}};
  Diff diff =
      DiffReader().read(lines_of(git(repository, "show --format= -U0 -M --no-color --no-ext-diff " + id)));
  std::size_t typed = 0;
  for (FileChange& file : diff.files) {
    if (!is_source(file.path)) continue;
    for (Hunk& hunk : file.hunks) {
      for (Line& line : hunk.lines) {
        if (diff.removed.contains(trimmed(line.text))) line.typed = false;
        typed += line.typed ? 1 : 0;
      }
    }
    commit.files.push_back(std::move(file));
  }
  if (typed == 0 || typed > kMostTyped) commit.files.clear();
  for (FileChange& file : commit.files) {
    const std::string old_path = file.before.front();
    file.before.clear();
    if (!old_path.empty()) file.before = lines_of(git(repository, "show '" + id + "^:" + old_path + "'"));
  }
  return commit;
}

}  // namespace

std::vector<Commit> last_commits(const std::string& repository, std::size_t count) {
  std::vector<Commit> commits;
  const auto ids = lines_of(
      git(repository, "log --no-merges --min-parents=1 --format=%H -n " + std::to_string(kSearched)));
  for (const std::string& id : ids) {
    if (commits.size() == count) break;
    Commit commit = read_commit(repository, id);
    if (!commit.files.empty()) commits.push_back(std::move(commit));
  }
  std::reverse(commits.begin(), commits.end());
  return commits;
}

std::vector<std::string> tree_before(const std::string& repository, const std::string& commit) {
  constexpr std::size_t kBlock = 512;
  const std::string tar = git(repository, "archive --format=tar " + commit + "^");
  std::vector<std::string> texts;
  for (std::size_t at = 0; at + kBlock <= tar.size() && tar[at] != '\0';) {
    const std::string name = tar.substr(at, 100).c_str();
    const std::size_t size = std::strtoul(tar.substr(at + 124, 12).c_str(), nullptr, 8);
    const bool is_file = tar[at + 156] == '0';
    const std::string text = tar.substr(at + kBlock, size);
    const bool is_text = text.substr(0, 8000).find('\0') == std::string::npos;
    if (is_file && is_text && is_source(name) && size <= kLargestFile) texts.push_back(text);
    at += kBlock + (size + kBlock - 1) / kBlock * kBlock;
  }
  return texts;
}

}  // namespace fimd::bench
