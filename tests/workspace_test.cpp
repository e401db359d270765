// The index of a workspace: what enters it, what is kept of it on disk, when it is made anew.
#include "daemon/workspace.h"

#include <sys/stat.h>

#include <boost/asio/co_spawn.hpp>
#include <chrono>

#include "daemon/file_tree.h"
#include "predictor/predictor.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace fimd;
using namespace fimd::test;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

constexpr auto kGoOn = [](const IndexingProgress&) { return true; };

// Lines that a predictor learns to complete after `call_NAME(`.
std::string calls(std::string_view name, int count = 8) {
  std::string text;
  for (int i = 0; i < count; ++i)
    text += "  call_" + std::string(name) + "(buffer_of_" + std::string(name) + ", context, 42);\n";
  return text;
}

bool knows(const std::shared_ptr<const WorkspaceIndex>& index, std::string_view name) {
  Predictor predictor;
  predictor.set_workspace(index);
  const auto prefix = "void f() {\n  call_" + std::string(name) + "(";
  PredictionQuery query;
  query.document = "a";
  query.prefix = prefix;
  const auto prediction = predictor.predict(query);
  return prediction && prediction->text.find(name) != std::string::npos;
}

struct Made {
  TemporaryFolder folder;
  TemporaryFolder cache;

  IndexingOrder order(std::optional<std::string> tracked = std::nullopt) const {
    return {.folders = {{folder.path(), std::move(tracked)}},
            .privacy = Privacy({"*.private"}),
            .limits = {},
            .store = store(),
            .stage = IndexingStage::whole,
            .near = {},
            .known = {}};
  }
  IndexStore store(const std::string& rules = "rules") const {
    return IndexStore(cache.path("fimd"), {folder.path()}, rules);
  }
  IndexingOutcome index() const { return index_workspace(order(), kGoOn); }
};

std::string names(const Walk& walk, const std::string& folder) {
  std::string line;
  for (const auto& file : walk.files) line += file.path.substr(folder.size() + 1) + " ";
  return line;
}

std::string read(const std::string& path) {
  return read_file(path, 1 << 30).value_or("");
}

}  // namespace

TEST_CASE("a walk honours ignore files at any depth and follows no links") {
  TemporaryFolder folder;
  folder.write(".gitignore", "*.log\n/generated/\n");
  folder.write("sub/.ignore", "secret*\n");
  for (const char* name : {"a.c", "b.log", "generated/c.c", "sub/d.c", "sub/secret.c", "sub/generated/e.c",
                           "node_modules/f.js", ".git/g.c"})
    folder.write(name, "text\n");
  fs::create_directory_symlink(folder.path(), folder.path("loop"));
  fs::create_directory_symlink("..", folder.path("sub/up"));
  fs::create_symlink("a.c", folder.path("link.c"));
  REQUIRE(::mkfifo(folder.path("pipe.c").c_str(), 0600) == 0);
  const auto all = walk(folder.path(), 1'000, [] { return true; });
  CHECK(names(all, folder.path()) == ".gitignore a.c sub/.ignore sub/d.c sub/generated/e.c ");
  CHECK_FALSE(all.cut);
  CHECK(walk(folder.path(), 3, [] { return true; }).cut);
  CHECK(walk(folder.path(), 1'000, [] { return false; }).files.empty());
  CHECK(walk(folder.path("nowhere"), 1'000, [] { return true; }).files.empty());
}

TEST_CASE("a file is read whole or not at all") {
  TemporaryFolder folder;
  folder.write("a", "12345");
  CHECK(read_file(folder.path("a"), 5) == "12345");
  CHECK_FALSE(read_file(folder.path("a"), 4));
  CHECK_FALSE(read_file(folder.path("b"), 4));
  CHECK_FALSE(read_file(folder.path(), 4));
  REQUIRE(::mkfifo(folder.path("pipe").c_str(), 0600) == 0);
  CHECK_FALSE(read_file(folder.path("pipe"), 4));  // and does not wait for a writer
}

TEST_CASE("text enters the index unless its name or a secret in it keeps it out") {
  Made made;
  made.folder.write("a.c", calls("alpha"));
  made.folder.write("b.private", calls("beta"));
  made.folder.write(".env", calls("gamma"));
  made.folder.write("d.c", calls("delta") + "key = \"AKIA" + "ABCDEFGHIJKLMN12\"\n");
  made.folder.write("e.min.js", calls("epsilon"));
  made.folder.write("f.c", calls("zeta") + std::string(1, '\0'));
  made.folder.write("g.c", calls("kappa") + std::string(400'000, 'x'));
  made.folder.write("h.c", calls("theta") + "caf\xe9\n");
  const auto outcome = made.index();
  CHECK(outcome.faults.empty());
  REQUIRE(outcome.index);
  CHECK(knows(outcome.index, "alpha"));
  CHECK(knows(outcome.index, "theta"));
  for (const char* name : {"beta", "gamma", "delta", "epsilon", "zeta", "kappa"}) {
    INFO(name);
    CHECK_FALSE(knows(outcome.index, name));
    CHECK(read(made.store().path()).find(name) == std::string::npos);
  }
}

TEST_CASE("with git, what is tracked enters and nothing else; what is listed may be gone") {
  Made made;
  made.folder.write("a.c", calls("alpha"));
  made.folder.write("b.c", calls("beta"));
  using namespace std::string_literals;
  auto order = made.order("a.c\0gone.c\0sub/../\0"s);
  const auto outcome = index_workspace(std::move(order), kGoOn);
  CHECK(knows(outcome.index, "alpha"));
  CHECK_FALSE(knows(outcome.index, "beta"));
}

TEST_CASE("a .fimdignore counts in every folder and in those above the workspace, with git and without") {
  for (const bool git : {true, false}) {
    INFO(git);
    Made made;
    made.folder.write("work/sub/.fimdignore", "closed*.c\ninner/\n");
    made.folder.write("work/sub/open/.fimdignore", "!closed_no_more.c\n");
    made.folder.write(".fimdignore", "above.c\n");
    made.folder.write("work/a.c", calls("alpha"));
    made.folder.write("work/sub/closed.c", calls("beta"));
    made.folder.write("work/sub/open/closed_no_more.c", calls("gamma"));
    made.folder.write("work/sub/inner/deep/d.c", calls("delta"));
    made.folder.write("work/sub/above.c", calls("epsilon"));
    using namespace std::string_literals;
    auto order = made.order();
    order.folders = {{made.folder.path("work"), std::nullopt}};
    const auto listing = "a.c\0sub/closed.c\0sub/open/closed_no_more.c\0sub/inner/deep/d.c\0sub/above.c\0"s;
    if (git) order.folders.front().tracked = listing;
    const auto outcome = index_workspace(std::move(order), kGoOn);
    REQUIRE(outcome.index);
    CHECK(knows(outcome.index, "alpha"));
    CHECK_FALSE(knows(outcome.index, "beta"));
    CHECK(knows(outcome.index, "gamma"));
    CHECK_FALSE(knows(outcome.index, "delta"));
    CHECK_FALSE(knows(outcome.index, "epsilon"));
  }
}

TEST_CASE("an index that holds what an ignore file excludes by now is neither loaded nor kept in use") {
  Made made;
  made.folder.write("a.c", calls("alpha", 200));
  made.folder.write("sub/b.c", calls("beta", 1));  // far under a twentieth of all
  const auto first = made.index();
  REQUIRE(knows(first.index, "alpha"));
  const auto load = [&] {
    auto order = made.order();
    order.stage = IndexingStage::stored;
    return index_workspace(std::move(order), kGoOn);
  };
  const auto look = [&](const WorkspaceFiles& known) {
    auto order = made.order();
    order.known = known;
    return index_workspace(std::move(order), kGoOn);
  };
  made.folder.write("sub/.fimdignore", "other.c\n");
  CHECK(load().index);
  CHECK_FALSE(look(first.files).outlawed);
  made.folder.write("sub/.fimdignore", "b.c\n");
  const auto refused = load();
  CHECK_FALSE(refused.index);
  CHECK(refused.files.empty());
  CHECK(look(first.files).outlawed);
  const auto anew = look({});
  REQUIRE(anew.index);
  CHECK_FALSE(anew.outlawed);
  CHECK(read(made.store().path()).find("beta") == std::string::npos);
  CHECK(load().index);
}

TEST_CASE("files far over the limit are not read, and the newest come first") {
  Made made;
  made.folder.write("one_line.js", "x");
  fs::resize_file(made.folder.path("one_line.js"), 50'000'000);
  made.folder.write("huge.c", "x");
  fs::resize_file(made.folder.path("huge.c"), std::uintmax_t{1} << 40);  // a terabyte, sparse
  for (int i = 0; i < 20; ++i) made.folder.write("old" + std::to_string(i) + ".c", calls("old", 200));
  made.folder.write("new.c", calls("new", 200));
  const auto later = fs::last_write_time(made.folder.path("old0.c")) + 1h;
  fs::last_write_time(made.folder.path("new.c"), later);
  auto order = made.order();
  order.limits.bytes = fs::file_size(made.folder.path("new.c")) + 1'000;
  const auto outcome = index_workspace(std::move(order), kGoOn);
  CHECK(knows(outcome.index, "new"));
  CHECK_FALSE(knows(outcome.index, "old"));
  CHECK(outcome.index->source_bytes() < 20'000);
}

TEST_CASE("of a large workspace the files nearest to the open one come first, and are not stored") {
  Made made;
  std::string far;
  while (far.size() < 180'000) far += "  x = y;\n";
  for (int i = 0; i < 40; ++i) made.folder.write("far/f" + std::to_string(i) + ".c", far);
  made.folder.write("near/b.c", calls("near"));
  made.folder.write("far/other.py", calls("other"));
  const auto index = [&](const std::string& near) {
    auto order = made.order();
    order.stage = IndexingStage::nearest;
    order.near = made.folder.path(near);
    return index_workspace(std::move(order), kGoOn);
  };
  const auto first = index("near/a.c");
  CHECK(first.partial);
  CHECK(knows(first.index, "near"));
  CHECK(first.index->source_bytes() <= kNearestBytes);
  CHECK_FALSE(knows(first.index, "other"));
  CHECK(knows(index("x/a.py").index, "other"));
  CHECK_FALSE(fs::exists(made.store().path()));

  Made small;
  small.folder.write("a.c", calls("alpha"));
  auto order = small.order();
  order.stage = IndexingStage::nearest;
  CHECK_FALSE(index_workspace(std::move(order), kGoOn).partial);
  CHECK(fs::exists(small.store().path()));
}

TEST_CASE("the index is made anew when over a twentieth has changed, and not before") {
  Made made;
  for (int i = 0; i < 100; ++i) made.folder.write("f" + std::to_string(i) + ".c", calls("alpha", 20));
  const auto first = made.index();
  REQUIRE(first.index);
  const auto again = [&] {
    auto order = made.order();
    order.known = first.files;
    return index_workspace(std::move(order), kGoOn).index;
  };
  CHECK_FALSE(again());
  made.folder.write("f0.c", calls("beta", 21));
  CHECK_FALSE(again());
  for (int i = 1; i < 10; ++i) made.folder.write("f" + std::to_string(i) + ".c", calls("beta", 21));
  const auto anew = again();
  REQUIRE(anew);
  CHECK(knows(anew, "beta"));
}

TEST_CASE("nobody waits any more: the work stops before anything is made") {
  Made made;
  made.folder.write("a.c", calls("alpha"));
  const auto outcome = index_workspace(made.order(), [](const IndexingProgress&) { return false; });
  CHECK_FALSE(outcome.index);
  CHECK_FALSE(fs::exists(made.store().path()));
}

TEST_CASE("a stored index is private, and comes back") {
  Made made;
  made.folder.write("a.c", calls("alpha"));
  const auto outcome = made.index();
  CHECK(fs::status(made.store().path()).permissions() == fs::perms(0600));
  CHECK(fs::status(made.cache.path("fimd")).permissions() == fs::perms(0700));
  std::string fault;
  const auto stored = made.store().load(fault);
  REQUIRE(stored);
  CHECK(fault.empty());
  CHECK(stored->files == outcome.files);
  CHECK(knows(stored->index, "alpha"));
  CHECK_FALSE(made.store("other rules").load(fault));
  CHECK(fault.empty());
  CHECK_FALSE(IndexStore(made.cache.path("fimd"), {"/another"}, "rules").load(fault));
  CHECK(fault.empty());
}

TEST_CASE("a stored index that is cut, altered or foreign is refused with one line") {
  Made made;
  made.folder.write("a.c", calls("alpha"));
  made.index();
  const auto path = made.store().path();
  const auto whole = read(path);
  REQUIRE(200 < whole.size());
  const auto refused = [&](std::string_view bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
    std::string fault;
    return !made.store().load(fault) && !fault.empty();
  };
  for (std::size_t cut = 0; cut < whole.size(); cut += 7) {
    INFO(cut);
    CHECK(refused(std::string_view(whole).substr(0, cut)));
  }
  for (std::size_t at = 0; at < whole.size(); at += 3) {
    auto altered = whole;
    altered[at] = static_cast<char>(altered[at] ^ 0x10);
    INFO(at);
    CHECK(refused(altered));
  }
  CHECK(refused(whole + "x"));
  CHECK(refused("PK\x03\x04 something else altogether, long enough to hold a header"));
  std::ofstream(path, std::ios::binary) << whole;
  std::string fault;
  CHECK(made.store().load(fault));
}

TEST_CASE("what killed writers left is removed, and of the indexes the newest are kept") {
  Made made;
  made.folder.write("a.c", calls("alpha"));
  made.index();
  const auto left_behind = made.cache.path("fimd/workspace-0123456789abcdef.index.4194305");  // above any pid
  std::ofstream(left_behind) << "half an index";
  for (int i = 0; i < 20; ++i)
    std::ofstream(made.cache.path("fimd/workspace-" + std::to_string(i) + ".index")) << "old";
  made.index();
  CHECK_FALSE(fs::exists(left_behind));
  CHECK(fs::exists(made.store().path()));
  const auto kept = std::distance(fs::directory_iterator(made.cache.path("fimd")), fs::directory_iterator());
  CHECK(static_cast<std::size_t>(kept) == IndexStore::kMostIndexes);
}

TEST_CASE("a cache that cannot be written costs one line, not the index") {
  Made made;
  made.folder.write("a.c", calls("alpha"));
  made.cache.write("fimd", "a file where the folder should be");
  const auto outcome = made.index();
  CHECK(knows(outcome.index, "alpha"));
  REQUIRE(outcome.faults.size() == 1);
  CHECK(outcome.faults.front().find("not kept") != std::string::npos);
}

TEST_CASE("on its thread the work reports, can be given up, and gives the same") {
  Made made;
  made.folder.write("a.c", calls("alpha"));
  asio::io_context io(1);
  const auto run = [&](bool wanted) {
    int reports = 0;
    IndexingOutcome outcome;
    asio::co_spawn(io,
                   run_indexing(io, made.order(), [&](const IndexingProgress&) { return ++reports, wanted; }),
                   [&](std::exception_ptr fault, IndexingOutcome result) {
                     CHECK_FALSE(fault);
                     outcome = std::move(result);
                   });
    io.restart();
    io.run();
    CHECK(0 < reports);
    return outcome;
  };
  CHECK(knows(run(true).index, "alpha"));
  run(false);  // ends, with or without an index: it may have been nearly done
}
