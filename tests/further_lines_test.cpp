#include "predictor/further_lines.h"

#include <algorithm>
#include <string>

#include "predictor/predictor.h"
#include "tests/support/catch.h"

using namespace fimd;

namespace {

// What several lines are predicted to be at the ^ of `document`; they start with the line that is predicted
// when one is wanted, if one is.
std::string lines_at(const std::string& document) {
  const std::size_t cursor = document.find('^');
  REQUIRE(cursor != std::string::npos);
  PredictionQuery query{"a", std::string_view(document).substr(0, cursor),
                        std::string_view(document).substr(cursor + 1), true};
  Predictor predictor;
  while (predictor.read(query)) {
  }
  const auto lines = predictor.predict(query);
  query.multi_line = false;
  const auto line = predictor.predict(query);
  CHECK((!line || line->text.find('\n') == std::string::npos));
  if (lines && line && line->shown) CHECK(lines->text.starts_with(line->text));
  return lines ? lines->text : std::string();
}

std::string twice(const std::string& text) {
  return text + text;
}

bool is_one_line(const std::string& text) {
  return !text.empty() && text.find('\n') == std::string::npos;
}

}  // namespace

TEST_CASE("Python goes on with four spaces, at the cursor's depth") {
  const std::string first = "for row in read_rows(path, limit, strict):\n";
  const std::string block = first +
                            "    if row.empty():\n"
                            "        count += 1\n"
                            "        continue\n"
                            "    total += row.value\n\n";
  CHECK(lines_at(twice(block) + first + "    ^") ==
        "if row.empty():\n        count += 1\n        continue\n    total += row.value");
  CHECK(lines_at(twice(block) + "def f():\n    " + first + "        ^") ==
        "if row.empty():\n            count += 1\n            continue\n        total += row.value");
}

TEST_CASE("C++ goes on with two spaces, and on into less depth as well") {
  const std::string first = "void add(const Row& row, int limit, int step) {\n";
  const std::string block = first +
                            "  for (int i = 0; i < limit; i += step) {\n"
                            "    sum += row[i];\n"
                            "  }\n"
                            "}\n";
  CHECK(lines_at(twice(block) + first + "  ^") ==
        "for (int i = 0; i < limit; i += step) {\n    sum += row[i];\n  }\n}");
  CHECK(lines_at(twice(block) + "struct S {\n  " + first + "    ^") ==
        "for (int i = 0; i < limit; i += step) {\n      sum += row[i];\n    }\n  }");
  CHECK(lines_at(twice(block) + first + "^") ==
        "for (int i = 0; i < limit; i += step) {\n  sum += row[i];\n}");
}

TEST_CASE("TypeScript with tabs and CRLF goes on with tabs and LF") {
  const std::string first = "export function send(client: Client, body: Body) {\r\n";
  const std::string block = first +
                            "\tif (!body) {\r\n"
                            "\t\treturn null;\r\n"
                            "\t}\r\n"
                            "\treturn client.send(body);\r\n"
                            "}\r\n";
  CHECK(lines_at(twice(block) + first + "\t^") ==
        "if (!body) {\n\t\treturn null;\n\t}\n\treturn client.send(body);");
  CHECK(lines_at(twice(block) + "\t" + first + "\t\t^") ==
        "if (!body) {\n\t\t\treturn null;\n\t\t}\n\t\treturn client.send(body);");
}

TEST_CASE("below a line that opens a block, the block is said, indented") {
  const std::string first = "def send(client, body, limit, strict):";
  const std::string block = first + "\n    if body:\n        client.go(body)\n    return limit\n\n";
  const std::string said = "\n    if body:\n        client.go(body)\n    return limit";
  CHECK(lines_at(block + first + "^") == said);
  CHECK(lines_at(block + first + "  ^") == said);
  CHECK(lines_at(block + "class C:\n    " + first + "^") ==
        "\n        if body:\n            client.go(body)\n        return limit");
  CHECK(lines_at(block + first + "^\n    if body:\n") == "");
  CHECK(lines_at(block + first + "^  # why") == "");
  CHECK(lines_at(block + "def get():^") == "");
}

TEST_CASE("lines end where the document's next line begins, and at a blank one") {
  const std::string first = "void add(const Row& row, int limit, int step) {\n";
  const std::string block = first + "  start(row);\n  sum(row, limit);\n  done();\n}\n\n";
  CHECK(lines_at(twice(block) + first + "  ^\n  done();\n}\n") == "start(row);\n  sum(row, limit);");
  const std::string gap = first + "  start(row);\n\n  sum(row, limit);\n";
  CHECK(lines_at(twice(gap) + first + "  ^") == "start(row);");
  const std::string wide = first + "  start(row);\r\n\r\n  sum(row, limit);\r\n";
  CHECK(lines_at(twice(wide) + first + "  ^") == "start(row);");
}

TEST_CASE("one line is said where the indentation of the next is not known") {
  const std::string first = "def send(client, body, limit, strict, name):\n";
  const std::string spaces = first + "    if body:\n        go(body)\n\n";
  const std::string wide = first + "  if body:\n      go(body)\n\n";
  CHECK(lines_at(twice(spaces) + first + "\t^") == "if body:");  // tabs at the cursor
  const std::string flat = first + "    if body:\n    go(body)\n\n";
  CHECK(lines_at(spaces + "a\n" + flat + "b\n" + first + "    ^") == "if body:");
  CHECK(lines_at(spaces + "a\n" + wide + "b\n" + first + "    ^") == "if body:\n        go(body)");
  const std::string aligned = first + "\tif body:\n\t    go(body)\n\n";
  CHECK(lines_at(twice(aligned) + first + "\t^") == "if body:");
}

TEST_CASE("one line is said when the places have little in common with the cursor, or differ") {
  const std::string block = "send():\nif body:\n    go(body)\n\n";
  CHECK(is_one_line(lines_at(block + "a\n" + block + "b\nsend():\n^")));
  CHECK(lines_at(block + "a\n" + block + "b\n" + block + "c\nsend():\n^") == "if body:\n    go(body)");
  const std::string first = "def send(client, body, limit, strict, name):\n    if body:\n";
  const std::string text = first + "        go(body)\n\n" + first + "        stop(name)\n\n";
  CHECK(lines_at(text + "def send(client, body, limit, strict, name):\n    ^") == "if body:");
}

TEST_CASE("no more than kMaxLines lines are said") {
  std::string block = "begin(alpha, beta, gamma, delta, epsilon);\n";
  for (char c = 'a'; c < 'n'; ++c) block += std::string(3, c) + "();\n";
  const std::string lines = lines_at(twice(block) + "begin(alpha, beta, gamma, delta, epsilon);\n^");
  CHECK(std::count(lines.begin(), lines.end(), '\n') == kMaxLines - 1);
}

TEST_CASE("what was typed a moment ago gives its further lines as well") {
  const std::string first = "def send(client, body, limit, strict, name):\n";
  const std::string text = twice(first + "    if body:\n        go(body)\n\n") + first + "    ";
  Predictor predictor;
  for (int i = 0; i < 2; ++i) {
    predictor.typed("def send(client, body, limit, strict, name):");
    predictor.typed("    if body:");
    predictor.typed("        go(body)");
  }
  const auto prediction = predictor.predict({"a", text, "", true});
  REQUIRE(prediction);
  CHECK(prediction->text == "if body:\n        go(body)");
}

TEST_CASE("further lines are those of the document as it is now") {
  const std::string first = "void add(const Row& row, int limit, int step) {\n";
  const std::string old = first + "  start(row);\n  sum(row, limit);\n}\n\n";
  const std::string now = first + "  start(row);\n  product(row, limit);\n}\n\n";
  Predictor predictor;
  for (const std::string& block : {old, now, now}) {
    const std::string text = twice(block) + first + "  ";
    const auto prediction = predictor.predict({"a", text, "", true});
    REQUIRE(prediction);
    CHECK(prediction->text == block.substr(first.size() + 2, block.find("}") - first.size() - 3) + "\n}");
  }
}

TEST_CASE("broken text is never said in further lines") {
  const std::string first = "begin(alpha, beta, gamma, delta, epsilon);\n";
  for (const char* bad : {"x = \xff\xfe;", "x = \x01;", "x = \x7f\xc3;"}) {
    const std::string block = first + "first_call();\n" + bad + "\nlast_call();\n\n";
    CHECK(lines_at(twice(block) + first + "^") == "first_call();");
  }
}
