#include "predictor/document_index.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "predictor/normal_text.h"
#include "predictor/session_index.h"
#include "predictor/workspace_index.h"
#include "tests/support/catch.h"

using namespace fimd;

namespace {

std::vector<std::string> texts_of(const Suffixes& all) {
  std::vector<std::string> texts;
  for (const std::uint32_t start : all.starts) texts.emplace_back(suffix_at(all.text, start));
  return texts;
}

std::vector<std::string> built_at_once(const std::string& text) {
  WorkspaceIndex::Builder builder;
  builder.add(text);
  const auto index = std::move(builder).build();
  return texts_of(index.suffixes());
}

std::string random_lines(std::mt19937& random, std::size_t count) {
  constexpr std::string_view kBytes("ab (;\xc3\xa9\0", 8);
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    for (auto n = random() % 60; n > 0; --n) text += kBytes[random() % kBytes.size()];
    text += random() % 9 == 0 ? "\r\n" : random() % 9 == 0 ? "\r" : "\n";
  }
  return text;
}

// As normal text has it; empty if there is none.
std::string last_line(const std::string& lines) {
  std::string normal;
  append_normal(normal, lines);
  if (normal.empty()) return normal;
  const std::size_t start = normal.rfind('\n', normal.size() - 2);
  return normal.substr(start == std::string::npos ? 0 : start + 1);
}

}  // namespace

TEST_CASE("after any edits a document's index is that of its text") {
  std::mt19937 random(11);
  DocumentIndex index;
  std::string text;
  for (int edit = 0; edit < 300; ++edit) {
    const std::size_t from = text.empty() ? 0 : random() % text.size();
    const std::size_t line = from == 0 ? 0 : text.find_last_of("\r\n", from - 1) + 1;
    text.replace(line, random() % 3 == 0 ? random() % 300 : 0, random_lines(random, random() % 4));
    while (!text.empty() && text.back() != '\n' && text.back() != '\r') text.pop_back();
    const std::size_t at = text.empty() ? 0 : text.find_last_of("\r\n", random() % text.size()) + 1;
    while (index.update(std::string_view(text).substr(0, at), std::string_view(text).substr(at))) {
    }
    REQUIRE(texts_of(index.suffixes()) == built_at_once(text));
    // The cursor moves, and the last line before it is at hand.
    const std::size_t there = text.empty() ? 0 : text.find_last_of("\r\n", random() % text.size()) + 1;
    REQUIRE_FALSE(
        index.update(std::string_view(text).substr(0, there), std::string_view(text).substr(there)));
    REQUIRE(index.suffixes().text.substr(0, index.here()).ends_with(last_line(text.substr(0, there))));
    REQUIRE((index.here() == 0) == last_line(text.substr(0, there)).empty());
  }
}

TEST_CASE("a large document is read in parts, one that is too large not at all") {
  std::mt19937 random(5);
  const std::string text = random_lines(random, 2'000);
  DocumentIndex index;
  int parts = 1;
  while (index.update(text, "")) ++parts;
  CHECK(parts > 2);
  CHECK(texts_of(index.suffixes()) == built_at_once(text));
  CHECK_FALSE(index.update(std::string(kMaxIndexedBytes + 1, '\n'), ""));
  CHECK(index.suffixes().starts.empty());
}

TEST_CASE("the session's index is that of the lines typed, the oldest of which go") {
  std::mt19937 random(2);
  SessionIndex session;
  std::string text;
  for (int i = 0; i < 200; ++i) {
    const std::string line = random_lines(random, 1);
    session.add(line);
    text += line;
  }
  CHECK(texts_of(session.suffixes()) == built_at_once(text));
  for (int i = 0; i < 3'000; ++i) session.add(std::string(200, 'x') + std::to_string(i));
  CHECK(session.suffixes().text.size() <= kMaxSessionBytes);
  CHECK(session.suffixes().with("a").starts.empty());
}
