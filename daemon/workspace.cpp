#include "daemon/workspace.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <cstdlib>
#include <utility>

#include "daemon/line_hash.h"
#include "daemon/log.h"
#include "daemon/subprocess.h"

namespace fimd {
namespace {

using namespace std::chrono_literals;

// After a change: a checkout or a build changes many files one after the other.
constexpr auto kSettle = 5s;
// Between two looks, however much changes.
constexpr auto kPause = 60s;
// Editors do not report what other programs change; somebody who works has it looked at this often.
constexpr auto kWhileInUse = 10min;
constexpr auto kListingLimit = 20s;
constexpr std::size_t kMostListingBytes = 64 * 1024 * 1024;

// Reads the index only: no hook, no file system monitor and no lock of the user's repository.
std::vector<std::string> listing_command(std::string git) {
  return {std::move(git), "-c", "core.fsmonitor=false", "--no-optional-locks", "ls-files", "-z", "--cached"};
}

// Neither a project nor of a size that is worth a walk.
bool is_no_project(const std::string& folder) {
  const auto* home = std::getenv("HOME");
  return folder.empty() || folder == "/" || (home && folder == home);
}

}  // namespace

Workspace::Workspace(asio::io_context& io, const Config& config, const Privacy& privacy,
                     WorkspaceListener listener)
    : io_(io),
      clock_(io, config.time_scale),
      config_(config),
      privacy_(privacy),
      listener_(std::move(listener)),
      changed_(io) {}

void Workspace::follow(std::vector<std::string> folders) {
  for (auto& folder : folders) {
    while (folder.ends_with('/')) folder.pop_back();
  }
  const auto before = std::exchange(folders_, std::move(folders));
  const bool same_rules = std::exchange(rules_, rules()) == rules_;
  if (same_rules && folders_ == before) return;
  const auto still_there = [this](const auto& folder) {
    return std::ranges::find(folders_, folder) != folders_.end();
  };
  const bool more_only = same_rules && std::ranges::all_of(before, still_there);
  start_over(more_only ? Meanwhile::keep : Meanwhile::none);
  if (!std::exchange(running_, true)) asio::co_spawn(io_, run(), asio::detached);
}

void Workspace::ignore_files_changed() {
  if (running_) start_over(Meanwhile::none);
}

// What is stored may serve: it is looked at anew, at once.
void Workspace::start_over(Meanwhile meanwhile) {
  ++generation_;
  files_.clear();
  kept_ = meanwhile == Meanwhile::keep;
  if (meanwhile == Meanwhile::none) listener_.index(nullptr);
  look_at_ = clock_.now();
  changed_.notify();
}

void Workspace::files_changed() {
  look_at_ = std::min(look_at_, std::max(clock_.now() + kSettle, looked_ + kPause));
  changed_.notify();
}

void Workspace::opened(std::string path) {
  near_ = std::move(path);
  in_use();
}

void Workspace::in_use() {
  if (look_at_ != Clock::Time::max()) return;
  look_at_ = std::max(clock_.now() + kSettle, looked_ + kWhileInUse);
  changed_.notify();
}

// All that decides which texts of the folders an index holds, but for their own ignore files.
std::string Workspace::rules() const {
  std::uint64_t hash = chain(0, FIMD_VERSION);
  for (const auto& pattern : privacy_.patterns()) hash = chain(hash, pattern);
  return fmt::format("{:016x} {} {}", hash, config_.workspace_bytes, wanted());
}

bool Workspace::wanted() const {
  return config_.workspace_index && config_.predictor != PredictorMode::off && !folders_.empty();
}

Task<> Workspace::run() {
  for (;;) {
    look_at_ = Clock::Time::max();
    if (wanted()) co_await refresh();
    looked_ = clock_.now();
    co_await rest();
  }
}

// Returns when it is time to look at the files.
Task<> Workspace::rest() {
  while (clock_.now() < look_at_) {
    const auto until = look_at_;
    co_await clock_.wait(changed_, until);
  }
}

Task<> Workspace::refresh() {
  const auto generation = generation_;
  if (files_.empty()) {
    auto stored = order(IndexingStage::stored);
    auto outcome = co_await index(std::move(stored));
    if (generation != generation_) co_return;
    take(std::move(outcome));
  }
  const auto listed = co_await list();
  if (generation != generation_) co_return;
  bool more = true;
  if (files_.empty() && !kept_) more = co_await build(IndexingStage::nearest, listed);
  if (more && generation == generation_) co_await build(IndexingStage::whole, listed);
}

// Whether the workspace holds more than was looked at.
Task<bool> Workspace::build(IndexingStage stage, const std::vector<WorkspaceFolder>& listed) {
  const auto generation = generation_;
  auto wanted = order(stage);
  wanted.folders = listed;
  auto outcome = co_await index(std::move(wanted));
  if (generation != generation_) co_return false;
  const bool partial = outcome.partial;
  if (outcome.outlawed) start_over(Meanwhile::none);
  take(std::move(outcome));
  co_return partial;
}

// The outcome is empty when all starts over meanwhile, and when it fails.
Task<IndexingOutcome> Workspace::index(IndexingOrder order) {
  bool told = false;
  const auto generation = generation_;
  const IndexingListener listen = [this, &told, generation](const IndexingProgress& progress) {
    told |= progress.all != 0;
    if (progress.all != 0) listener_.progress(progress);
    return generation == generation_;
  };
  IndexingOutcome outcome;
  try {
    outcome = co_await run_indexing(io_, std::move(order), listen);
  } catch (const SystemError&) {
    throw;
  } catch (const std::exception& error) {
    outcome.faults.push_back(fmt::format("the workspace cannot be indexed: {}", error.what()));
  }
  if (told) listener_.done();
  co_return outcome;
}

Task<std::vector<WorkspaceFolder>> Workspace::list() {
  std::vector<WorkspaceFolder> listed;
  const auto git = find_program("git");
  const auto folders = folders_;
  for (const auto& folder : folders) {
    ProgramResult result;
    const auto command = listing_command(git);
    if (!git.empty()) result = co_await run_program(io_, command, folder, kListingLimit, kMostListingBytes);
    WorkspaceFolder found;
    found.path = folder;
    if (result.exit_code == 0) found.tracked = std::move(result.output);
    if (!found.tracked && is_no_project(folder)) {
      say_once(fmt::format("{} is not a project: it is not learnt from", folder));
      continue;
    }
    listed.push_back(std::move(found));
  }
  co_return listed;
}

IndexingOrder Workspace::order(IndexingStage stage) const {
  WorkspaceLimits limits;
  limits.bytes = config_.workspace_bytes;
  return {.folders = {},
          .privacy = privacy_,
          .limits = limits,
          .store = IndexStore(cache_folder(), folders_, rules_),
          .stage = stage,
          .near = near_,
          .known = files_};
}

void Workspace::take(IndexingOutcome outcome) {
  for (const auto& fault : outcome.faults) say_once(fault);
  if (!outcome.index) return;
  log_info("the workspace's index: {} files, {} bytes of source, {} in memory{}", outcome.files.size(),
           outcome.index->source_bytes(), outcome.index->resident_bytes(),
           outcome.partial ? "; more follow" : "");
  if (!outcome.partial) files_ = std::move(outcome.files);
  listener_.index(std::move(outcome.index));
}

void Workspace::say_once(const std::string& fault) {
  if (std::ranges::find(said_, fault) != said_.end()) return;
  said_.push_back(fault);
  log_warning("{}", fault);
}

}  // namespace fimd
