#include "predictor/workspace_index.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "predictor/normal_text.h"
#include "tests/support/catch.h"

using namespace fimd;

namespace {

WorkspaceIndex index_of(const std::vector<std::string>& texts) {
  WorkspaceIndex::Builder builder;
  for (const std::string& text : texts) builder.add(text);
  return std::move(builder).build();
}

std::vector<std::string> found(const WorkspaceIndex& index, std::string_view pattern) {
  const Suffixes all = index.suffixes().with(pattern);
  std::vector<std::string> suffixes;
  for (const std::uint32_t start : all.starts) suffixes.emplace_back(suffix_at(all.text, start));
  return suffixes;
}

// Text of a few letters, blanks and line ends, NULs and broken UTF-8 among them, with much repetition.
std::string random_text(std::mt19937& random, std::size_t bytes) {
  constexpr std::string_view kBytes("ab  (\n\t\0\xc3\xa9x\r", 13);
  std::string text;
  while (text.size() < bytes) {
    if (!text.empty() && random() % 3 == 0) {
      const std::size_t from = random() % text.size();
      text += std::string(text, from, random() % 600);
    } else {
      text += kBytes[random() % kBytes.size()];
    }
  }
  return text;
}

}  // namespace

TEST_CASE("normal text has no indentation, no trailing blanks and no blank lines") {
  std::string out;
  append_normal(out, "  a  b \t\r\n\n\t\n\tc\rd");
  append_normal(out, std::string_view("x\0y", 3));
  append_normal(out, std::string(kMaxLineBytes + 1, 'z') + "\nw");
  CHECK(out == "a  b\nc\nd\nx\x01y\nw\n");
}

TEST_CASE("every token start is a place to look up") {
  const auto index = index_of({"  call(a, b);\n", "call(c);"});
  CHECK(found(index, "call(") == std::vector<std::string>{"call(a, b);\n", "call(c);\n"});
  CHECK(found(index, " b") == std::vector<std::string>{" b);\n"});
  CHECK(found(index, "all").empty());
  CHECK(index.source_bytes() == 22);
}

TEST_CASE("suffixes are in the order of their bytes, and those of equal bytes in that of their places") {
  std::mt19937 random(7);
  for (int round = 0; round < 60; ++round) {
    const auto index = index_of({random_text(random, 20 << (round % 8)), random_text(random, 700), ""});
    const Suffixes all = index.suffixes();
    const auto in_order = [&](std::uint32_t a, std::uint32_t b) {
      return std::pair(suffix_at(all.text, a), a) < std::pair(suffix_at(all.text, b), b);
    };
    REQUIRE(std::is_sorted(all.starts.begin(), all.starts.end(), in_order));
  }
}

TEST_CASE("an image gives the index back") {
  std::mt19937 random(3);
  for (const std::size_t bytes : {0, 1, 30, 5'000}) {
    const auto index = index_of({random_text(random, bytes), random_text(random, bytes)});
    const auto loaded = WorkspaceIndex::load(index.image());
    REQUIRE(loaded);
    CHECK(loaded->suffixes().text == index.suffixes().text);
    CHECK(std::ranges::equal(loaded->suffixes().starts, index.suffixes().starts));
    CHECK(loaded->source_bytes() == index.source_bytes());
  }
}

TEST_CASE("an image that is not whole is refused") {
  const std::string image = index_of({"int main() { return 0; }\n", "void f();\n"}).image();
  for (std::size_t size = 0; size < image.size(); ++size)
    REQUIRE_FALSE(WorkspaceIndex::load(std::string_view(image).substr(0, size)));
  for (std::size_t at = 0; at < image.size(); ++at) {
    for (const int bit : {1, 16, 128}) {
      std::string altered = image;
      altered[at] = static_cast<char>(altered[at] ^ bit);
      REQUIRE_FALSE(WorkspaceIndex::load(altered));
    }
  }
  CHECK_FALSE(WorkspaceIndex::load(image + "x"));
  CHECK_FALSE(WorkspaceIndex::load(std::string(10'000, '\xff')));
  CHECK_FALSE(WorkspaceIndex::load("#!/bin/sh\n" + std::string(100, '\n')));
}

TEST_CASE("an index of huge lines and of many tiny texts") {
  CHECK(index_of({std::string(50'000'000, 'x')}).suffixes().starts.empty());
  CHECK(index_of({std::string(1'000'000, '\n') + "a"}).suffixes().starts.size() == 1);
  WorkspaceIndex::Builder builder;
  for (int i = 0; i < 200'000; ++i) builder.add("tiny = text\n");
  CHECK(std::move(builder).build().suffixes().with("tiny =").starts.size() == 200'000);
}
