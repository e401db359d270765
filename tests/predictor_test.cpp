#include "predictor/predictor.h"

#include <memory>
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
