#include "predictor/predictor.h"

#include <algorithm>
#include <array>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include "tests/support/catch.h"

using namespace fimd;

namespace {

// What is predicted at the ^ of `document`; empty for nothing.
std::string at_cursor(const std::string& document, const std::vector<std::string_view>& others = {}) {
  const std::size_t cursor = document.find('^');
  REQUIRE(cursor != std::string::npos);
  const auto prediction = predict(std::string_view(document).substr(0, cursor),
                                  std::string_view(document).substr(cursor + 1), others);
  if (!prediction) return {};
  CHECK(prediction->probability > 0.0);
  CHECK(prediction->probability <= 1.0);
  CHECK_FALSE(prediction->text.empty());
  return prediction->text;
}

// The same of a predictor that has learnt before; what is not likely enough to be shown is marked by a ?.
std::string said_by(Predictor& predictor, const std::string& document, std::string_view name = "a") {
  const std::size_t cursor = document.find('^');
  REQUIRE(cursor != std::string::npos);
  const auto prediction = predictor.predict(
      {name, std::string_view(document).substr(0, cursor), std::string_view(document).substr(cursor + 1)});
  if (!prediction) return {};
  return (prediction->shown ? "" : "?") + prediction->text;
}

// Valid UTF-8 without control characters but tabs and line ends, that ends with none of them.
bool is_shown_text(const std::string& text) {
  // A JSON encoder throws at what is no UTF-8.
  const auto control = [](char c) { return (c >= 0 && c < ' ' && c != '\t' && c != '\n') || c == '\x7f'; };
  return nlohmann::json(text).dump() != "" && std::none_of(text.begin(), text.end(), control) &&
         text.find_last_not_of(" \t\n") == text.size() - 1;
}

}  // namespace

TEST_CASE("a line goes on as it did before") {
  const std::string loop = "for (int i = 0; i < n; ++i) {\n  sum += values[i];\n}\n";
  CHECK(at_cursor(loop + "for (int ^") == "i = 0; i < n; ++i) {");
  CHECK(at_cursor(loop + "    for (int i = 0; i ^") == "< n; ++i) {");
  CHECK(at_cursor(loop + "for (int i = 0; i < n; ++i) {\n      ^") == "sum += values[i];");
  CHECK(at_cursor(loop + "  sum += val^") == "ues[i];");
}

TEST_CASE("other texts and the text after the cursor are sources too") {
  const std::string other = "const reply = await client.send(request);\n";
  CHECK(at_cursor("const reply = await ^", {other}) == "client.send(request);");
  CHECK(at_cursor("const reply = await ^\n}\n" + other) == "client.send(request);");
}

TEST_CASE("line ends of every kind, tabs and blank lines make no difference") {
  CHECK(at_cursor("open(path)\r\nread(path)\r\n\r\nopen(path)\r\n\tre^") == "ad(path)");
  CHECK(at_cursor("open(path)\rread(path)\r\ropen(path)\r   ^") == "read(path)");
}

TEST_CASE("nothing is said when nothing is likely") {
  CHECK(at_cursor("^") == "");
  CHECK(at_cursor("alpha beta\n^") == "");
  CHECK(at_cursor("call(a)\ncall(b)\ncall(c)\ncall(^") == "");
  CHECK(at_cursor("value = 1;\n  value = 1;^") == "");
}

TEST_CASE("a prediction fits what stands after the cursor") {
  const std::string call = "print(format(name, value))\n";
  CHECK(at_cursor(call + "print(format(na^))") == "me, value");
  CHECK(at_cursor(call + "print(format(^, value))") == "name");
  CHECK(at_cursor(call + "print(for^ other words") == "");
  CHECK(at_cursor("begin();\nfinish();\nbegin();\nfin^\nfinish();\n") == "");
}

TEST_CASE("broken text is normal input") {
  const std::string nul = std::string("a") + '\0' + "b c delta\n";
  CHECK(at_cursor(nul + "b c^") == " delta");
  CHECK(at_cursor("x = \xff\xfe y\nx = ^") == "");
  CHECK(at_cursor("x = \x01 y\nx =^") == "");
  CHECK(at_cursor(std::string(100'000, '(') + "^") != "(");
  CHECK(at_cursor(std::string(300'000, 'a') + "\n" + std::string(300'000, 'a') + "^").size() <= 256);
}

TEST_CASE("whatever the bytes are, what is said is text that an editor can show") {
  std::mt19937 random(5);
  constexpr std::array<std::string_view, 20> kParts = {"a",
                                                       "b(",
                                                       ")",
                                                       " ",
                                                       "\t",
                                                       "\n",
                                                       "\r\n",
                                                       "\r",
                                                       "\xff",
                                                       "\xc3\xa9",
                                                       "\xc3",
                                                       "\xf0\x9f\x98\x80",
                                                       "\xed\xa0\x80",
                                                       "\xe0\x80\x80",
                                                       "\xc2\x85",
                                                       "\x01",
                                                       "\x7f",
                                                       "{\n",
                                                       "}\n",
                                                       "word"};
  // A few lines over and over, in any order and with any line ends.
  std::vector<std::string> lines = {"word(a, other) {", "  other = word(b);", "}"};
  for (int i = 0; i < 2; ++i) {
    lines.emplace_back("  word(");
    for (int n = 0; n < 6; ++n) lines.back() += kParts[random() % kParts.size()];
  }
  lines[0] += '\0';
  const auto random_text = [&] {
    std::string text;
    for (auto n = random() % 40; n > 0; --n)
      text += std::string(random() % 3, ' ') + lines[random() % lines.size()] +
              (random() % 9 == 0 ? "\r\n" : "\n");
    return text;
  };
  Predictor predictor;
  std::size_t said = 0, blocks = 0;
  for (int round = 0; round < 3'000; ++round) {
    if (round % 100 == 0) {
      WorkspaceIndex::Builder builder;
      builder.add(random_text());
      predictor.set_workspace(std::make_shared<const WorkspaceIndex>(std::move(builder).build()));
    }
    if (round % 7 == 0) predictor.typed(random_text());
    const std::string text = random_text();
    std::size_t cursor = text.size() - random() % (text.size() / 2 + 1);
    if (random() % 4 != 0) cursor = std::min(text.find_first_of("\r\n", cursor), text.size());
    const bool multi_line = random() % 2 == 0;
    const auto prediction =
        predictor.predict({random() % 2 == 0 ? "a" : "b", std::string_view(text).substr(0, cursor),
                           std::string_view(text).substr(cursor), multi_line});
    if (!prediction) continue;
    ++said;
    REQUIRE(is_shown_text(prediction->text));
    const bool block = prediction->text.find('\n') != std::string::npos;
    REQUIRE((multi_line || !block));
    blocks += block ? 1 : 0;
  }
  CHECK(said > 100);
  CHECK(blocks > 20);
}

TEST_CASE("a line of 50 MB is not read, and costs no memory") {
  const std::string line = "begin(" + std::string(50'000'000, 'x') + ");\n";
  const std::string small = "finish(name);\nfinish(name);\n";
  Predictor predictor;
  predictor.typed(line);
  for (const bool multi_line : {false, true}) {
    CHECK_FALSE(predictor.predict({"a", std::string_view(line).substr(0, 10'000'000),
                                   std::string_view(line).substr(10'000'000), multi_line}));
    CHECK_FALSE(predictor.predict({"a", line, "", multi_line}));
    CHECK_FALSE(predictor.predict({"a", "", line, multi_line}));
    predictor.predict({"a", line + small + "finish(", "", multi_line});
  }
  CHECK(predictor.resident_bytes() < 100'000);
  CHECK_FALSE(predict(line, line, std::vector<std::string_view>{line}));
  const auto prediction = predict(small + "finish(", "\n" + line, std::vector<std::string_view>{line});
  REQUIRE(prediction);
  CHECK(prediction->text == "name);");
}

TEST_CASE("many tiny texts are read once each") {
  const std::vector<std::string_view> others(20'000, "tiny = text\n");
  CHECK(at_cursor("tiny ^", others) == "= text");
}

TEST_CASE("what was typed is said in every document") {
  Predictor predictor;
  CHECK(said_by(predictor, "status = read_^") == "");
  for (int i = 0; i < 3; ++i) predictor.typed("  status = read_status(device);");
  CHECK(said_by(predictor, "status = read_^") == "status(device);");
  CHECK(said_by(predictor, "status = read_^", "b") == "status(device);");
}

TEST_CASE("a document is read as it is now, and its lines are said in it alone") {
  Predictor predictor;
  const std::string rows = "total = count(rows);\n", lines = "total = count(lines);\n";
  CHECK(said_by(predictor, rows + rows + rows + "total = co^") == "unt(rows);");
  CHECK(said_by(predictor, lines + lines + lines + "total = co^") == "unt(lines);");
  CHECK(said_by(predictor, "total = co^", "b") == "");
  CHECK(said_by(predictor, "total = co^") == "");
}

TEST_CASE("the workspace is said until another one takes its place") {
  WorkspaceIndex::Builder builder;
  for (int i = 0; i < 6; ++i) builder.add("def close_all(handles):\n    pass\n");
  Predictor predictor;
  predictor.set_workspace(std::make_shared<const WorkspaceIndex>(std::move(builder).build()));
  CHECK(said_by(predictor, "def close_^").starts_with("all(handles)"));
  predictor.set_workspace(nullptr);
  CHECK(said_by(predictor, "def close_^") == "");
}

TEST_CASE("what is not likely is said as such") {
  Predictor predictor;
  for (const std::string_view name : {"alpha", "beta", "gamma", "delta"})
    predictor.typed("call(" + std::string(name) + ")");
  CHECK_FALSE(said_by(predictor, "other(^").starts_with("alpha"));
  predictor.typed("call(delta)");
  CHECK(said_by(predictor, "call(de^") == "lta)");
}

TEST_CASE("a large document is read in parts, and forgotten when it is closed") {
  std::string text;
  for (int i = 0; i < 2'000; ++i) text += "value_" + std::to_string(i) + " = next();\n";
  Predictor predictor;
  const PredictionQuery all{"a", text, ""};
  REQUIRE(predictor.read(all));
  while (predictor.read(all)) {
  }
  CHECK(said_by(predictor, text + "value_1999 = ^") == "next();");
  const std::size_t bytes = predictor.resident_bytes();
  predictor.forget("a");
  CHECK(predictor.resident_bytes() < bytes / 10);
}
