#include "daemon/uri.h"

#include "tests/support/catch.h"

using namespace fimd;

TEST_CASE("percent escapes are decoded once") {
  CHECK(percent_decoded("") == "");
  CHECK(percent_decoded("a%20b") == "a b");
  CHECK(percent_decoded("%c3%A9") == "\xC3\xA9");
  CHECK(percent_decoded("%2541") == "%41");
  CHECK(percent_decoded("100%") == "100%");
  CHECK(percent_decoded("%4") == "%4");
  CHECK(percent_decoded("%zz%41") == "%zzA");
}

TEST_CASE("spellings of one document share a key") {
  CHECK(uri_key("file:///c%3A/a.py") == uri_key("file:///C:/a.py"));
  CHECK(uri_key("file:///c%3a/a%20b.py") == uri_key("FILE:///c:/a b.py"));
  CHECK(uri_key("untitled:Untitled-1") == "untitled:Untitled-1");
  CHECK(uri_key("file:///a/B.py") != uri_key("file:///a/b.py"));
  CHECK(uri_key("file:///C/a.py") != uri_key("file:///c/a.py"));
  CHECK(uri_key("") == "");
}

TEST_CASE("the path of a URI") {
  CHECK(uri_path("file:///home/me/a%20b.py") == "/home/me/a b.py");
  CHECK(uri_path("file:///C%3A/src/a.py") == "c:/src/a.py");
  CHECK(uri_path("file://server/share/a.py") == "/share/a.py");
  CHECK(uri_path("file://server") == "");
  CHECK(uri_path("untitled:Untitled-1") == "Untitled-1");
  CHECK(uri_path("vscode-vfs://github/o/r/.env?x=1#y") == "/o/r/.env?x=1#y");
  CHECK(uri_path("file:///src/c#/a.cs") == "/src/c#/a.cs");
  CHECK(uri_path("C:\\Users\\me\\.env") == "c:/Users/me/.env");
  CHECK(uri_path("src/a.py") == "src/a.py");
  CHECK(uri_path("") == "");
}

TEST_CASE("the path as the file system takes it") {
  CHECK(normal_path("/a//b/./c/../d.py") == "/a/b/d.py");
  CHECK(normal_path("a/../b/.env") == "b/.env");
  CHECK(normal_path("../a//b") == "../a/b");
  CHECK(normal_path("/a/b/..") == "/a");
  CHECK(normal_path("/.a/..b/c") == "/.a/..b/c");
  CHECK(normal_path("c:/a//b") == "c:/a/b");
  CHECK(normal_path("") == "");
}
