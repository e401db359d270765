#include "daemon/documents.h"

#include "tests/support/catch.h"

using namespace fimd;

namespace {

constexpr auto kUtf16 = PositionEncoding::utf16;
const std::string kUri = "file:///a.py";

ContentChange replace(Position start, Position end, std::string text,
                      std::optional<std::uint32_t> length = {}) {
  return ContentChange{Range{start, end}, length, std::move(text)};
}

ContentChange whole(std::string text) {
  return ContentChange{std::nullopt, std::nullopt, std::move(text)};
}

Documents opened(std::string text, std::size_t max_bytes = kMaxDocumentBytes) {
  Documents documents(max_bytes);
  documents.open({kUri, "python", 1, std::move(text)});
  return documents;
}

std::string text_of(const Documents& documents, std::string_view uri = kUri) {
  const auto snapshot = documents.snapshot(uri);
  return snapshot ? std::string(snapshot->text->view()) : "(none)";
}

// The text after the changes, or "(none)" when the document was dropped.
std::string changed(std::string before, std::vector<ContentChange> changes,
                    PositionEncoding encoding = kUtf16) {
  Documents documents = opened(std::move(before));
  const auto reason = documents.change({kUri, 2, std::move(changes)}, encoding);
  const std::string after = text_of(documents);
  CHECK(reason.has_value() == (after == "(none)"));
  return after;
}

}  // namespace

TEST_CASE("changes are made in order, each to the text the one before left") {
  CHECK(changed("ab\ncd", {replace({0, 1}, {1, 1}, "X")}) == "aXd");
  CHECK(changed("ab", {replace({0, 2}, {0, 2}, "\nc"), replace({1, 1}, {1, 1}, "d")}) == "ab\ncd");
  CHECK(changed("ab", {whole("xy\n"), replace({1, 0}, {1, 0}, "z")}) == "xy\nz");
  CHECK(changed("ab", {}) == "ab");
}

TEST_CASE("ranges are clamped and swapped") {
  CHECK(changed("ab\ncd", {replace({1, 1}, {0, 1}, "-")}) == "a-d");
  CHECK(changed("ab", {replace({7, 7}, {9, 9}, "c")}) == "abc");
  CHECK(changed("ab\r\ncd", {replace({0, 9}, {0, 9}, "c")}) == "abc\r\ncd");
  CHECK(changed("\xF0\x9F\x9A\x80", {replace({0, 1}, {0, 2}, "x")}) == "x");
}

TEST_CASE("rangeLength is checked when it is sent") {
  const std::string rocket = "\xF0\x9F\x9A\x80";
  CHECK(changed("a\r\nb", {replace({0, 1}, {1, 0}, "", 2)}) == "ab");
  CHECK(changed("a\nb", {replace({0, 1}, {1, 0}, "", 2)}) == "(none)");
  CHECK(changed("ab", {replace({0, 0}, {0, 9}, "", 9)}) == "(none)");
  CHECK(changed(rocket, {replace({0, 0}, {0, 2}, "", 2)}) == "");
  CHECK(changed(rocket, {replace({0, 0}, {0, 2}, "", 1)}) == "");  // some editors count characters
  CHECK(changed(rocket, {replace({0, 0}, {0, 2}, "", 3)}) == "(none)");
  CHECK(changed("ab", {replace({0, 0}, {0, 1}, "", 2), whole("fresh")}) == "fresh");
}

TEST_CASE("a document out of sync is ignored until its whole text comes") {
  Documents documents;
  const auto edit = [&] { return documents.change({kUri, 2, {replace({0, 0}, {0, 0}, "x")}}, kUtf16); };
  const auto reason = edit();
  REQUIRE(reason);
  CHECK(reason->find(kUri) == 0);
  CHECK_FALSE(edit());  // said once
  CHECK(text_of(documents) == "(none)");
  CHECK(documents.recent().empty());

  CHECK_FALSE(documents.change({kUri, 3, {whole("ab")}}, kUtf16));
  CHECK(text_of(documents) == "ab");
  CHECK_FALSE(edit());
  CHECK(text_of(documents) == "xab");

  documents.close(kUri);
  CHECK(text_of(documents) == "(none)");
  CHECK(edit());
  documents.open({kUri, "python", 1, "again"});
  CHECK(text_of(documents) == "again");
}

TEST_CASE("reasons never quote the text") {
  Documents documents = opened("hunter2");
  const auto reason = documents.change({kUri, 2, {replace({0, 0}, {0, 1}, "swordfish", 5)}}, kUtf16);
  REQUIRE(reason);
  CHECK(reason->find("hunter2") == std::string::npos);
  CHECK(reason->find("swordfish") == std::string::npos);
}

TEST_CASE("a document over the limit is dropped and said so once") {
  Documents documents = opened("12345678", 8);
  CHECK(text_of(documents) == "12345678");
  const auto grow = [&] { return documents.change({kUri, 2, {replace({0, 0}, {0, 0}, "9")}}, kUtf16); };
  CHECK(grow());
  CHECK_FALSE(grow());
  CHECK_FALSE(documents.change({kUri, 2, {whole("123456789")}}, kUtf16));
  CHECK(text_of(documents) == "(none)");
  CHECK_FALSE(documents.change({kUri, 2, {whole("1234")}}, kUtf16));
  CHECK(text_of(documents) == "1234");
  CHECK(documents.open({kUri, "python", 3, "123456789"}));
}

TEST_CASE("a snapshot sees one text") {
  Documents documents = opened("before");
  const auto first = documents.snapshot(kUri);
  documents.change({kUri, 2, {replace({0, 0}, {0, 6}, "after")}}, kUtf16);
  const auto second = documents.snapshot(kUri);
  documents.close(kUri);
  CHECK(first->text->view() == "before");
  CHECK(first->version == 1);
  CHECK(first->languageId == "python");
  CHECK(second->text->view() == "after");
  CHECK(second->version == 2);
}

TEST_CASE("a text nobody holds is edited in place") {
  Documents documents = opened(std::string(1000, 'a'));
  const Text* text = documents.snapshot(kUri)->text.get();
  documents.change({kUri, 2, {replace({0, 0}, {0, 1}, "b")}}, kUtf16);
  CHECK(documents.snapshot(kUri)->text.get() == text);
}

TEST_CASE("documents are found under every spelling and keep the client's") {
  Documents documents;
  documents.open({"file:///c%3A/a.py", "python", 1, "x"});
  REQUIRE(documents.snapshot("file:///C:/a.py"));
  CHECK(documents.snapshot("file:///C:/a.py")->uri == "file:///c%3A/a.py");
}

TEST_CASE("recent documents come newest first") {
  Documents documents;
  for (const std::string name : {"a", "b", "c"}) documents.open({"file:///" + name, "", 1, name});
  documents.change({"file:///a", 2, {}}, kUtf16);
  std::string order;
  for (const Snapshot& snapshot : documents.recent()) order += snapshot.text->view();
  CHECK(order == "acb");
}
