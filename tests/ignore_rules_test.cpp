#include "daemon/ignore_rules.h"

#include "tests/support/catch.h"

using namespace fimd;

namespace {

bool excludes(std::string_view lines, std::string_view path) {
  return IgnoreRules(lines).excludes(path).has_value();
}

}  // namespace

TEST_CASE("a pattern without a slash matches at every depth") {
  CHECK(excludes("*.log", "a.log"));
  CHECK(excludes("*.log", "a/b/c.log"));
  CHECK_FALSE(excludes("*.log", "a.log.txt"));
  CHECK(excludes("*", "a/b"));
  CHECK(excludes("build", "x/build/y.o"));
  CHECK_FALSE(excludes("build", "builds/y.o"));
}

TEST_CASE("a pattern with a slash starts at the root") {
  CHECK(excludes("/a", "a"));
  CHECK_FALSE(excludes("/a", "b/a"));
  CHECK(excludes("src/*.c", "src/a.c"));
  CHECK_FALSE(excludes("src/*.c", "src/x/a.c"));
  CHECK_FALSE(excludes("src/*.c", "x/src/a.c"));
}

TEST_CASE("a trailing slash means folders") {
  CHECK(excludes("out/", "out/a"));
  CHECK(excludes("out/", "x/out/y/a"));
  CHECK_FALSE(excludes("out/", "x/out"));
}

TEST_CASE("two stars are any number of folders") {
  CHECK(excludes("**/a", "a"));
  CHECK(excludes("**/a/b", "x/y/a/b"));
  CHECK(excludes("a/**", "a/b/c"));
  CHECK_FALSE(excludes("a/**", "a"));
  CHECK(excludes("a/**/b", "a/b"));
  CHECK(excludes("a/**/b", "a/x/y/b"));
  CHECK_FALSE(excludes("a/**/b", "c/a/b"));
  CHECK(excludes("**", "a"));
}

TEST_CASE("wildcards and sets stay inside one part") {
  CHECK(excludes("a?c", "abc"));
  CHECK_FALSE(excludes("a?c", "a/c"));
  CHECK_FALSE(excludes("/a*c", "ab/c"));
  CHECK(excludes("[a-c]x", "bx"));
  CHECK_FALSE(excludes("[!a-c]x", "bx"));
  CHECK_FALSE(excludes("[^a-c]x", "Bx"));
  CHECK(excludes("[]-]x", "]x"));
  CHECK(excludes("[a-]x", "-x"));
  CHECK(excludes("a[b", "a[b"));  // never closed: a letter
  CHECK(excludes("\\*", "*"));
  CHECK_FALSE(excludes("\\*", "a"));
  CHECK(excludes("\\!a", "!a"));
  CHECK(excludes("*a*b*c*", "xxaxxbxxcxx"));
  CHECK_FALSE(excludes("*a*b*c*", "xxaxxcxxbxx"));
}

TEST_CASE("the last line that matches decides, but nothing comes back from an excluded folder") {
  CHECK_FALSE(excludes("*.log\n!a.log", "a.log"));
  CHECK(excludes("!a.log\n*.log", "a.log"));
  CHECK(excludes("dir/\n!dir/a", "dir/a"));
  CHECK_FALSE(excludes("dir/*\n!dir/a", "dir/a"));
}

TEST_CASE("case, comments, blanks and line ends") {
  CHECK(excludes("*.PEM", "a.pem"));
  CHECK(excludes("*.pem", "A.PEM"));
  CHECK_FALSE(excludes("# a\n\n   \n", "a"));
  CHECK(excludes("a.log  \r\n", "a.log"));
  CHECK_FALSE(excludes("/\n!\n!/", "a"));
  CHECK(excludes("a", "./x//a"));
  CHECK_FALSE(excludes("a", ""));
}

TEST_CASE("names() looks at the file alone and tells the line") {
  CHECK_FALSE(IgnoreRules("credentials*").names("credentials-service/main.go"));
  CHECK(IgnoreRules("a\n*.go # x\n*.go").names("a/main.go") == "*.go");
}

TEST_CASE("many stars cost little") {
  std::string pattern;
  for (int i = 0; i < 200; ++i) pattern += "*a";
  CHECK_FALSE(excludes(pattern, std::string(2000, 'a') + "b"));
}
