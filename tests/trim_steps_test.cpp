// One table for each step of trim; the cases are shortened from real code. `^` marks the cursor.
#include "daemon/trim_steps.h"

#include <string>

#include "daemon/brackets.h"
#include "daemon/open_brackets.h"
#include "tests/support/catch.h"

namespace fimd {
namespace {

struct Cursor {
  explicit Cursor(std::string_view document, std::string_view language_id = "cpp")
      : prefix(document.substr(0, document.find('^'))),
        suffix(document.substr(document.find('^') + 1)),
        language(language_id) {}

  Surroundings around() const { return {prefix, suffix, language, 0, true}; }

  std::string prefix;
  std::string suffix;
  std::string language;
};

std::string kept(std::string_view text, std::size_t keep) {
  return std::string(text.substr(0, keep));
}

std::string unleaked(std::string_view document, std::string_view text) {
  const Cursor cursor(document);
  return without_leaks(text, cursor.prefix, cursor.suffix);
}

TEST_CASE("leaked tokens end the text") {
  CHECK(unleaked("int ^", "a = 1;[SUFFIX]\nint b;") == "a = 1;");
  CHECK(unleaked("int ^", "a = 1;<|fim_middle|>int b;") == "a = 1;");
  CHECK(unleaked("int ^", "<PRE> int b; <SUF>") == "");
  CHECK(unleaked("int ^", "a;<fim_suffix>") == "a;");
  CHECK(unleaked("int ^", "a;<｜fim▁hole｜>b") == "a;");
  CHECK(unleaked("int ^", "a;\n</s>") == "a;\n");
  CHECK(unleaked("int ^", "a;<|endoftext|><file_sep>") == "a;");
  CHECK(unleaked("int ^", "a;\n+++++ src/other.cpp\nint b;") == "a;\n");
}

TEST_CASE("what a model writes behind its middle marker is its answer") {
  CHECK(unleaked("int ^", "<|fim_middle|>a = 1;<|endoftext|>") == "a = 1;");
  CHECK(unleaked("int ^", "<fim_middle>a = 1;") == "a = 1;");
  CHECK(unleaked("int ^", " <MID>a = 1; <EOT>") == "a = 1; ");
  CHECK(unleaked("int ^", "<fim_prefix>int <fim_suffix>;\n<fim_middle>a = 1;") == "a = 1;");
  CHECK(unleaked("int ^", "<｜fim▁begin｜>int <｜fim▁hole｜>;<｜fim▁end｜>a") == "a");
  CHECK(unleaked("int ^", "[SUFFIX];\n[PREFIX]int a") == "");
}

TEST_CASE("markers of any chat template are known by their shape") {
  CHECK(unleaked("int ^", "a;<|eot_id|>") == "a;");
  CHECK(unleaked("int ^", "a;\n<|start_header_id|>user") == "a;\n");
  CHECK(unleaked("int ^", "a;<｜User｜>thanks") == "a;");
  CHECK(unleaked("int ^", "a;[/INST]") == "a;");
  CHECK(unleaked("int ^", "a;<end_of_turn>") == "a;");
  CHECK(unleaked("let f = ^", "g <| h |> i") == "g <| h |> i");
  CHECK(unleaked("x = ^", "a <| b<|c") == "a <| b<|c");
}

TEST_CASE("a document that speaks of the tokens keeps them") {
  CHECK(unleaked("enum { PREFIX, SUFFIX };\nx = ^", "parts[SUFFIX];") == "parts[SUFFIX];");
  CHECK(unleaked("// writes <fim_middle>\nput(^", "\"<fim_middle>\")") == "\"<fim_middle>\")");
  CHECK(unleaked("x = ^\nconst PREFIX = 0;", "row[PREFIX]") == "row[PREFIX]");
  CHECK(unleaked("puts(^", "\"</s>\")") == "\"</s>\")");
  CHECK(unleaked("<ul>^", "<li>a</li>") == "<li>a</li>");
}

std::string unfenced(std::string_view document, std::string_view text, std::string_view language = "cpp",
                     bool whole = true) {
  return std::string(without_fences(text, Cursor(document).prefix, language, whole));
}

TEST_CASE("fences around the answer vanish") {
  CHECK(unfenced("^", "```cpp\nint a;\n```\nThis declares a.") == "int a;\n");
  CHECK(unfenced("int x = ^", "```cpp\n1;\n```") == "1;\n");
  CHECK(unfenced("int x = ^", "```cpp\n1;") == "1;");
  CHECK(unfenced("^", "int a;\n```\n\nExplanation") == "int a;\n");
  CHECK(unfenced("\"\"\"\n```\nx\n```\n\"\"\"\ny = ^", "```python\n1\n```", "python") == "1\n");
  CHECK(unfenced("/*\n * The sum.\n ^", "```\n* Of all.\n") == "* Of all.\n");
  CHECK(unfenced("// The sum of ^", "```\nall prices.\n```") == "all prices.\n");
}

TEST_CASE("and so does what a model says about them") {
  CHECK(unfenced("^", "Here is the completed code:\n\n```cpp\nint a;\n```\n") == "int a;\n");
  CHECK(unfenced("return ^", "Sure! Here's the missing part.\n```\na + b;\n```") == "a + b;\n");
  CHECK(unfenced("^", "Certainly, the loop is missing.\nIt sums them up:\n```\nx();\n```\nDone.") ==
        "x();\n");
  CHECK(unfenced("^", "\n\nThe missing line:\n```python\nx = 1\n```\n", "python") == "x = 1\n");
  CHECK(unfenced("^", "Foo bar{1};\n```\nThis declares bar.") == "Foo bar{1};\n");
  CHECK(unfenced("^", "Here is the completed code:\n\nint a;\n") ==
        "Here is the completed code:\n\nint a;\n");
}

TEST_CASE("fences that are meant stay") {
  CHECK(unfenced("^", "Use:\n```\nmake\n```\n", "markdown") == "Use:\n```\nmake\n```\n");
  CHECK(unfenced("\"\"\"\n```\nx\n^", "```\n\"\"\"", "python") == "```\n\"\"\"");
  CHECK(unfenced("/**\n * ^", "```ts\n * f();", "typescript") == "```ts\n * f();");
  CHECK(unfenced("/**\n^", "For example:\n```\nf();\n```\n*/", "typescript") ==
        "For example:\n```\nf();\n```\n*/");
  CHECK(unfenced("s = ^", "`${a}`", "typescript") == "`${a}`");
}

TEST_CASE("as long as more may come, fences that may come are waited for") {
  CHECK(unfenced("^", "Here is the completed code:\n", "cpp", false) == "");
  CHECK(unfenced("^", "Here is the completed code:\n\nint a;\n", "cpp", false) ==
        "Here is the completed code:\n\nint a;\n");
  CHECK(unfenced("^", "```cpp\nint a;\n", "cpp", false) == "int a;\n");
  CHECK(unfenced("\"\"\"\n^", "```\nx = 1\n", "python", false) == "");
  CHECK(unfenced("\"\"\"\n^", "Adds.\n\n```\nx = 1\n", "python", false) == "Adds.\n\n");
}

TEST_CASE("bytes that no document holds end the text") {
  CHECK(unleaked("^", std::string("int a;\0int b;", 13)) == "int a;");
  CHECK(unleaked("^", "größe = 1;\xC3") == "größe = 1;");
  CHECK(unleaked("^", "a\xFF") == "a");
  CHECK(unleaked("^", "\xE2\x82\xAC \xF0\x9F\x98\x80 \xED\xA0\x80") == "€ 😀 ");
  CHECK(unleaked("^", "a;\r\nb;\r\n") == "a;\nb;\n");
  CHECK(unleaked("^", std::string(10'000'000, 'x')) == "");
  CHECK(unleaked("^", "int a;\n" + std::string(10'000'000, 'x')) == "int a;\n");
}

bool foreign(std::string_view document, std::string_view text, std::string_view language = "cpp") {
  return is_foreign(text, Cursor(document).prefix, language);
}

TEST_CASE("an answer in another language than the document's is none") {
  CHECK(foreign("int f() {\n  ^\n}", "Here is the code that you asked for:\n\nreturn 1;"));
  CHECK(foreign("  return ^;\n", "Sure, here is the product of both:"));
  CHECK(foreign("^", "I'm sorry, I can't help with that."));
  CHECK(foreign("x = 1\n^", "This function returns the area of a rectangle.", "python"));
  CHECK(foreign("^", "以下は長方形の面積を計算する関数です。"));
  CHECK(foreign("int f() {\n  ^\n}", "def area(width, height):\n    return width * height"));
  CHECK(foreign("^", "for name in names:\n    print(name)", "typescript"));
  CHECK(foreign("^", "except ValueError:\n    pass", "go"));
  CHECK(foreign("def f():\n    ^", "const area = width * height;\n", "python"));
  CHECK(foreign("^", "#include <vector>\n", "python"));
  CHECK(foreign("def f():\n    ^", "// the area\n", "python"));
  CHECK(foreign("int x = ^;\n", "def area(width, height):\n"));
  CHECK(foreign("f(\"a\", ^)", "This function returns the area."));
  CHECK(foreign("  ^\n", "from pathlib import Path\n"));
  CHECK(foreign("  ^\n", "if x is None:\n    return\n"));
  CHECK(foreign("def f():\n    ^", "if (x === null) {\n", "python"));
  CHECK(foreign("def f():\n    ^", "std::vector<int> v;\n", "python"));
  CHECK(foreign("x = 1\n^", "<div class=\"a\">\n", "python"));
  CHECK(foreign("int a;\n^", "#!/bin/bash\n"));
  CHECK(foreign("int a;\n^", "SELECT name FROM shapes;"));
  CHECK(foreign("const a = 1;\n^", "except ValueError:\n", "typescriptreact"));
}

TEST_CASE("what only looks foreign is not") {
  CHECK_FALSE(foreign("/*\n * Copyright.\n^\n */", "This program is free software."));
  CHECK_FALSE(foreign("def f():\n    \"\"\"\n    ^", "Return the area of a rectangle.", "python"));
  CHECK_FALSE(foreign("puts(\"^\")", "This function returns the area."));
  CHECK_FALSE(foreign("// ^", "This function returns the area."));
  CHECK_FALSE(foreign("^", "This is a paragraph of text.", "markdown"));
  CHECK_FALSE(foreign("<p>\n  ^", "Welcome to our web site!", "javascript"));
  CHECK_FALSE(foreign("const s = `\n^`", "Nothing to be done about it.", "typescript"));
  CHECK_FALSE(foreign("^", "for (const auto& x :\n     xs) {"));
  CHECK_FALSE(foreign("class A {\n ^", "public:\n  int a;"));
  CHECK_FALSE(foreign("^", "größe = länge;"));
  CHECK_FALSE(foreign("^", "變數一二三四五 = 1;", "typescript"));
  CHECK_FALSE(foreign("^", "public = True", "python"));
  CHECK_FALSE(foreign("^", "def area(): Int =", "scala"));
  CHECK_FALSE(foreign("switch (a) {\n  ^", "case for_each: case b:\n"));
  CHECK_FALSE(foreign("^", "Foo Bar Baz"));
  CHECK_FALSE(foreign("<p>Hi ^", "Welcome to our web site!", "javascript"));
  CHECK_FALSE(foreign("  {items}\n  ^", "Welcome to our web site!", "typescriptreact"));
  CHECK_FALSE(foreign("x = a ^", "// b", "python"));
  CHECK_FALSE(foreign("^", "#!/usr/bin/env python3\n", "python"));
  CHECK_FALSE(foreign("switch (a) {\n  ^", "default:"));
  CHECK_FALSE(foreign("^", "class A final : public B {\n"));
  CHECK_FALSE(foreign("x = a ? b^", "if c : d", "typescript"));
  CHECK_FALSE(foreign("^", "import foo from 'foo'", "typescript"));
}

std::string lead(std::string_view prefix, std::string_view text, bool whole = true) {
  return std::string(without_extra_lead(text, prefix, whole));
}

TEST_CASE("what stands before the cursor is not written again") {
  CHECK(lead("return ", " value;") == "value;");
  CHECK(lead("  const int count = ", "  const int count = 3;") == "3;");
  CHECK(lead("  const int count = ", "const int count = 3;") == "3;");
  CHECK(lead("a();\nfor (int i = 0; ", "a();\nfor (int i = 0; i < n;") == "i < n;");
  CHECK(lead("  a();\n  for (int i = 0; ", "a();\n  for (int i = 0; i < n;") == "i < n;");
  CHECK(lead("      P", "      Proto *p = ci_func(ci)->p;") == "roto *p = ci_func(ci)->p;");
  CHECK(lead("  if (", "if (a) {") == "a) {");
  CHECK(lead("    state->see", "seek = 0;") == "k = 0;");
  CHECK(lead("  &&L_OP_SELF,\n  &&L_OP_ADDI,\n  ", "  &&L_OP_SELF,\n  &&L_OP_ADDI,\n  &&L_OP_ADDK,") ==
        "&&L_OP_ADDK,");
  CHECK(lead("x = ", "x = x = 1") == "1");
  CHECK(lead("int a;\nint b;\n", "int a;\nint b;\n") == "");
}

TEST_CASE("an indentation or a newline too many goes") {
  CHECK(lead("if (a) {\n  ", "\n  b();") == "b();");
  CHECK(lead("b();\n    ", "    c();\n    d();") == "c();\n    d();");
  CHECK(lead("if x:\n    ", "    y()") == "y()");
  CHECK(lead("    if x:\n    ", "    y()") == "    y()");
  CHECK(lead("{\n    width: 199,\n    ", "    height: 115,") == "height: 115,");
  CHECK(lead("  f(a,\n  ", "    b)") == "    b)");
}

TEST_CASE("what only resembles the prefix stays") {
  CHECK(lead("}\n\n", "\nint main() {") == "\nint main() {");
  CHECK(lead("x = f(", "f(1))") == "f(1))");
  CHECK(lead("f(", "f(1))") == "f(1))");
  CHECK(lead("  - ", "- - a") == "- - a");
  CHECK(lead("0x00, 0x00, ", "0x00, 0x00, 0x01") == "0x00, 0x00, 0x01");
  CHECK(lead("break;\n", "break;\n") == "break;\n");
  CHECK(lead("int 12", "12;") == "12;");
}

TEST_CASE("as long as more may come, a prefix that may be repeated is waited for") {
  CHECK(lead("  a(b, c);\n  d(", "  a(b, c);\n", false) == "");
  CHECK(lead("  a(b, c);\n  d(", "  a(b, c);\n  d(e);\n", false) == "e);\n");
  CHECK(lead("  a(b, c);\n  d();\n  ", "a(b, c);\n  e();\n", false) == "a(b, c);\n  e();\n");
  CHECK(lead("    state->see", "se", false) == "");
  CHECK(lead("if (a) {\n  ", "\n", false) == "");
}

Lines wanted(std::string_view document, std::string_view language = "cpp") {
  const Cursor cursor(document, language);
  return lines_wanted(cursor.prefix, cursor.suffix, language);
}

TEST_CASE("a blank line or a block's start wants more than one line") {
  CHECK(wanted("int main() {\n  ^\n}\n") == Lines::multi);
  CHECK(wanted("int main() {^}\n") == Lines::multi);
  CHECK(wanted("def f(x):^\n", "python") == Lines::multi);
  CHECK(wanted("    a = 1\n^\n    b = 2\n", "python") == Lines::multi);
  CHECK(wanted("it('works', () => {^});\n", "typescript") == Lines::multi);
  CHECK(wanted("^") == Lines::multi);
  CHECK(wanted("foo(^);\n") == Lines::multi);
  CHECK(wanted("def f(x):\n^\n    return x\n", "python") == Lines::multi);
  CHECK(wanted("  EXPECT_EQ(\"a\"\n^\n            \"b\");\n") == Lines::multi);
  CHECK(wanted("    <Panel>\n^\n      <Title />\n    </Panel>\n", "typescriptreact") == Lines::multi);
  CHECK(wanted("const f = () => {\n^\n  return 1;\n};\n", "typescript") == Lines::multi);
}

TEST_CASE("elsewhere one line is wanted") {
  CHECK(wanted("int x = ^;\n") == Lines::single);
  CHECK(wanted("for (int i = 0; ^ ++i) {\n") == Lines::single);
  CHECK(wanted("int main() {^\n  return 0;\n}\n") == Lines::single);
  CHECK(wanted("class A:^\n    pass\n", "python") == Lines::single);
  CHECK(wanted("  return a^\n}\n") == Lines::single);
  CHECK(wanted("x = a[1:^]\n", "typescript") == Lines::single);
  CHECK(wanted("if (^) {\n}\n") == Lines::single);
  CHECK(wanted("if f(^):\n", "python") == Lines::single);
  CHECK(wanted("  x = 1;\n^\n    y = 2;\n") == Lines::single);
  CHECK(wanted("  foo(a,\n  ^\n      b);\n") == Lines::single);
}

TEST_CASE("the first line that is not blank") {
  CHECK(kept("a;\nb;", keep_first_line("a;\nb;")) == "a;");
  CHECK(kept("\n  a;\nb;", keep_first_line("\n  a;\nb;")) == "\n  a;");
  CHECK(keep_first_line("") == 0);
  CHECK(keep_first_line(" \n\n") == 3);
  CHECK(keep_first_line("a") == 1);
}

TEST_CASE("a brace on a line of its own belongs to the line above") {
  const auto head = [](std::string_view text) { return kept(text, keep_head(text)); };
  CHECK(head(")\n{\n  a();\n}") == ")\n{");
  CHECK(head("else\n  {\n    a();\n  }") == "else\n  {");
  CHECK(head("void)\n{") == "void)\n{");
  CHECK(head("a();\n{\n  b();\n}") == "a();");
  CHECK(head("if (a)\n  b();") == "if (a)");
  CHECK(head("a") == "a");
}

TEST_CASE("a line opens a block when it ends like one") {
  CHECK(opens_block("if (x) {  // why", "cpp"));
  CHECK(opens_block("const f = () =>", "typescript"));
  CHECK(opens_block("else:  # otherwise", "python"));
  CHECK(opens_block("  visitor.visit(", "cpp"));
  CHECK(opens_block("    Some(x) ->", "swift"));
  CHECK(opens_block("  <Panel size={2}>", "typescriptreact"));
  CHECK_FALSE(opens_block("  <Panel size={2} />", "typescriptreact"));
  CHECK_FALSE(opens_block("  <b>{name}</b>", "typescriptreact"));
  CHECK_FALSE(opens_block("  </Panel>", "typescriptreact"));
  CHECK_FALSE(opens_block("  return a >", "cpp"));
  CHECK_FALSE(opens_block("case 1:", "cpp"));
  CHECK_FALSE(opens_block("x = {}", "python"));
  CHECK_FALSE(opens_block("// if (x) {", "cpp"));
  CHECK_FALSE(opens_block("", "cpp"));
  CHECK_FALSE(opens_block("while True: pass", "python"));
}

std::string unlooped(std::string_view text, std::string_view document = "^") {
  const Cursor cursor(document);
  return kept(text, keep_before_repetition(text, cursor.prefix, cursor.suffix));
}

TEST_CASE("one turn of a loop stays") {
  CHECK(unlooped("next(it);\nnext(it);\nnext(it);\nnext(") == "next(it);");
  CHECK(unlooped("return x;\n  return x;\n  return x;", "  ^") == "return x;");
  CHECK(unlooped("a(1);\nb(2);\na(1);\nb(2);\na(1);\nb(2);\n") == "a(1);\nb(2);");
  CHECK(unlooped("int a1;\nint a2;\nint a3;\nint a4;\nint a5;\nint a6;\nint a7;\n") == "int a1;");
  CHECK(unlooped("x = very very very very very very very very very very very very") == "x = very");
  CHECK(unlooped("f(a, b), b), b), b), b), b), b), b), b), b), b), b), b), b), b)") == "f(a, b)");
  CHECK(unlooped("  //\n  //\n  //\n  //\n", "  // The span.\n^\n") == "  //");
  CHECK(unlooped("items(v1);\nitems(v1);\nitems(v1);\nitems(v", "^\nitems(v2);\nswap(v1, v2);\n") ==
        "items(v1);");
  CHECK(unlooped("f1();\nf2();\nf2();\nf2();\nf2();\nf2();\nf2();\n") == "f1();\nf2();");
}

TEST_CASE("a text that is one turn shows its loop early") {
  CHECK(unlooped("first(a, b); first(a, b); first(a, b); fir", "  ^") == "first(a, b);");
  CHECK(unlooped("m);m);m);m);m);", "    return reset(str^\n}\n") == "m);");
  CHECK(unlooped("L, 1, LUA_TFUNCTIONL, 1, LUA_TFUNCTIONL, 1, LUA_TFUNCTION", "f(^);") ==
        "L, 1, LUA_TFUNCTION");
  CHECK(unlooped("*p) { *p) { *p) { *p) {", "size (Proto ^\n") == "*p) {");
  CHECK(unlooped("truetruetruetrue", "handle={^} />") == "true");
  CHECK(unlooped("(slot)) (slot)) (slot))", "  if (isabstkey^\n") == "(slot))");
  CHECK(unlooped("} from \"./icons\";;;;;;;;;;;;;;;;;;;;", "import { A ^\n") == "} from \"./icons\";");
}

TEST_CASE("a turn that goes over line ends is one of lines") {
  const std::string once =
      "push(L, 1);  /* push a[up - 1] */\n  set(L, p, up - 1);  /* swap P (a[p]) with a[up - 1] */";
  const std::string last = once.substr(once.find('\n'));
  CHECK(unlooped(once + last + "\n", "  ^") == once);
  CHECK(unlooped(once + last + last + "\n", "  ^") == once);
  CHECK(unlooped(once + "\n  next(L);\n", "  ^") == once + "\n  next(L);\n");
}

TEST_CASE("a loop of tokens begins where its blanks repeat") {
  const auto said = [](const std::string& text, const std::string& turn) {
    std::string all = text;
    for (int i = 0; i < 30; ++i) all += turn;
    return unlooped(all);
  };
  CHECK(said("STRIP) || !STRIP", " ) || !STRIP") == "STRIP) || !STRIP");
  CHECK(said(", current()) << \"hmm\"),", " < \"hmm\"),") == ", current()) << \"hmm\"),");
  CHECK(said("node.type === ELEMENT &&", " &") == "node.type === ELEMENT &&");
  CHECK(said("elements, typename T", " typename T") == "elements, typename T");
  CHECK(said("i++", " +") == "i++");
  CHECK(said("very  odd", " odd") == "very  odd");
}

TEST_CASE("what only looks like a loop stays") {
  for (const auto* text :
       {"0, 0, 0,\n0, 0, 0,\n", "}\n}\n}\n}\n", "// ----------------------------------------------------\n",
        "a(1);\nb(2);\na(1);\nc(2);\na(1);\n", "case 1: return 1;\ncase 2: return 2;\ncase 3: return 3;\n",
        "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16"}) {
    CHECK(unlooped(text) == text);
  }
  // How many closers are too many, the document says.
  const auto* closers = ")) )) )) )) )) )) )) ))";
  CHECK(unlooped(closers) == closers);
  const auto* zeros = "f00, f00,\nf00, f00,\nf00, f00,\n";
  CHECK(unlooped(zeros, "f00, f00,\nf00, f00,\n^") == zeros);
  const auto* rows = "{1, 2},\n{1, 2},\n{1, 2},\n";
  CHECK(unlooped(rows, "{3, 4},\n{5, 6},\n^") == "{1, 2},");
  CHECK(unlooped("-1.5, 2.5,\n1.5, 2.5,\n-2.5, 3.5,\n4.5, 5.5,\n6.5, -1.5,\n7.5, 8.5,\n", "-3.5, 4.5,\n^") ==
        "-1.5, 2.5,\n1.5, 2.5,\n-2.5, 3.5,\n4.5, 5.5,\n6.5, -1.5,\n7.5, 8.5,\n");
  for (const auto* list :
       {"int, int, int, int", "%d %d %d %d %d %d %d", "\\t\\t\\t\\t", "0, 0, 0, 0, 0, 0, 0, 0"})
    CHECK(unlooped(list) == list);
  CHECK(unlooped("NONA, NONA, NONA, NONA, NONA, NONA,", "  NONA, ^\n") ==
        "NONA, NONA, NONA, NONA, NONA, NONA,");
  const auto* table = "{5, 0},\n{6, 0},\n{7, 0},\n{8, 0},\n{9, 0},\n{10, 0},\n";
  CHECK(unlooped(table, "{4, 0},\n^") == table);
}

std::string scoped(std::string_view document, std::string_view text, std::string_view language = "cpp",
                   std::string_view closers = "") {
  return kept(text, keep_scope(text, Cursor(document).prefix, language, closers));
}

TEST_CASE("the text ends where it leaves the cursor's block") {
  CHECK(scoped("int f() {\n  ^\n}", "a();\n}\n\nint g() {\n  b();") == "a();");
  CHECK(scoped("def f():\n    ^", "return 1\n\ndef g():\n    pass", "python") == "return 1\n");
  CHECK(scoped("if (x) {^\n}", "\n  a();\n}\nb();") == "\n  a();");
  CHECK(scoped("for x in y:\n        ^", "a()\n    b()", "python") == "a()");
  CHECK(scoped("  it('a', () => {\n    ^\n  });", "a();\n  });\n  it('b', () => {", "typescript") == "a();");
  CHECK(scoped("  \"\"\"Doc.\n\n  ^", "More.\n\nclass B:", "python") == "More.\n");
}

TEST_CASE("a text that begins with a line end has the block of its first line") {
  const auto* after = "class A:\n    def f(self):\n        return 1^\n";
  CHECK(scoped("def f():\n    return 1^", "\n\ndef g():\n    return 5\n\ndef h():\n    pass", "python") ==
        "\n\ndef g():\n    return 5\n");
  CHECK(scoped(after, "\n\n    def g(self):\n        a()\n\n        b()\n\n    def h(self):", "python") ==
        "\n\n    def g(self):\n        a()\n\n        b()\n");
  CHECK(scoped(after, "\n\nclass B:\n    def g(self):\n        a()\nx = 1", "python") ==
        "\n\nclass B:\n    def g(self):\n        a()");
  CHECK(scoped("    a = 1^", "\n    if a:\n        b()\n    else:\n        c()\n    d()", "python") ==
        "\n    if a:\n        b()\n    else:\n        c()");
  CHECK(scoped("        a = 1^", "\n    if a:\n        b()\n    c()", "python") ==
        "\n    if a:\n        b()");
  CHECK(scoped("    if a:^", "\n        b()\n        c()\n    d()", "python") ==
        "\n        b()\n        c()");
  CHECK(scoped("  a();\n}^", "\n\nint g()\n{\n  b();\n}\nint c;") == "\n\nint g()\n{\n  b();\n}");
  CHECK(scoped("  a();^", "\n  if (b) {\n    c();\n  }\n  d();") == "\n  if (b) {\n    c();\n  }");
}

TEST_CASE("below a statement that is whole nothing is deeper") {
  CHECK(scoped("  program.parse(^", "argc, argv);\n      .help(\"more\");") == "argc, argv);");
  CHECK(scoped("def f(a):\n    print(^", "a)\n        b()", "python") == "a)");
  CHECK(scoped("f(^", "{\n  a: 1,\n});", "typescript") == "{\n  a: 1,\n});");
  CHECK(scoped("items.each([&] { a(^", "1);\n  b();\n});") == "1);\n  b();");
  CHECK(scoped("  case 1: f(^", "a);\n    break;") == "a);\n    break;");
  CHECK(scoped("  if (^", "a)\n    b();") == "a)\n    b();");
}

TEST_CASE("a missing closer, and what belongs to the block, stays") {
  CHECK(scoped("main(void^", ")\n{\n\ta();\n}\nint g();", "c", "}") == ")\n{\n\ta();\n}");
  CHECK(scoped("int x = ^", "1;\n{\n  a();\n}", "c") == "1;");
  CHECK(scoped("int f() {\n  ^", "a();\n}\n\nint g() {", "cpp", "}") == "a();\n}\n");
  CHECK(scoped("if (x) ^", "{\n  a();\n} else {\n  b();\n}\nc();") == "{\n  a();\n} else {\n  b();\n}");
  CHECK(scoped("if x:^", "\n    a()\nelse:\n    b()\nc()", "python") == "\n    a()\nelse:\n    b()");
  CHECK(scoped("int f() {\n  ^", "#ifdef A\n#endif\nout:\n  a();") == "#ifdef A\n#endif\nout:\n  a();");
  CHECK(scoped("  ^", "f(a,\nb);\n  g();") == "f(a,\nb);\n  g();");
  CHECK(scoped("  ^", "x = '''\ntext\n'''\n  y()", "python") == "x = '''\ntext\n'''\n  y()");
}

std::string before_rest(std::string_view document, std::string_view text, std::string_view language = "cpp") {
  return kept(text, keep_before_rest(text, Cursor(document, language).around()));
}

TEST_CASE("the rest of the line is not written again") {
  CHECK(before_rest("foo(^, b);", "a, b);") == "a");
  CHECK(before_rest("foo(^, b);", "a, b); // done") == "a");
  CHECK(before_rest("foo(^);", "a, b);") == "a, b");
  CHECK(before_rest("int x = ^ + offset;", "base + off") == "base + off");
  CHECK(before_rest("int x = ^ + offset;", "base + offset;") == "base");
  CHECK(before_rest("#include ^.h>", "<vector.h>") == "<vector");
  CHECK(before_rest("std::vector<^> v;", "std::pair<int, int>") == "std::pair<int, int>");
  CHECK(before_rest("x = (^)", "foo(bar)") == "foo(bar)");
  CHECK(before_rest("#define F^a)", "OO(a)") == "OO(");
  CHECK(before_rest("+-----^--+", "----") == "----");
}

std::string before_lines(std::string_view document, std::string_view text, bool whole = true,
                         std::string_view language = "cpp") {
  return kept(text, keep_before_next_lines(text, Cursor(document, language).around(), whole));
}

TEST_CASE("the lines below are not written again") {
  const auto* document = "int f() {\n  ^\n  return total;\n}\n\nint g();\n";
  CHECK(before_lines(document, "total += 1;\n  return total;\n}\n") == "total += 1;");
  CHECK(before_lines(document, "total += 1;\n  return total;") == "total += 1;");
  CHECK(before_lines(document, "total += 1;\n  retur") == "total += 1;");
  CHECK(before_lines(document, "total += 1;\n  return total;\n  more();") == "total += 1;");
  CHECK(before_lines(document, "return total;\n}\n") == "");
}

TEST_CASE("nor in other words") {
  CHECK(before_lines("{\n  ^\n  return sum(first, last);\n}\n", "a();\n  return sum(begin, last);\n}\n") ==
        "a();");
  CHECK(before_lines("{\n\t^\n\tlistDelNode(server.clients, ln);\n\tfreeClient(c);\n}\n",
                     "c = ln->value;\n\tlistDelNode(server.clients, node);\n\tfreeClient(c);\n") ==
        "c = ln->value;");
  CHECK(before_lines("    ^\n    for item in self.items:\n        item.close()\n",
                     "self.closed = True\n    for entry in self.items:\n        item.close()\n", true,
                     "python") == "self.closed = True");
  CHECK(before_lines("  ^\n  expect(dummy).toBe(count)\n  expect(spy).toHaveBeenCalled()\n",
                     "n++\n  expect(dummy).toBe(value)\n  expect(spy).toHaveBeenCalled()", true,
                     "typescript") == "n++");
  CHECK(before_lines("  ^\n  uv__handle_init(loop, handle);\n  return 0;\n}\n",
                     "int err;\n  uv__handle_init(loop, timer);\n  return 0;\n}\n") == "int err;");
  // Another operator, another indentation, or a line after it that is another: no wording of it.
  for (const auto* text :
       {"a();\n  return sum(begin + last);\n}\n", "a();\n    return sum(begin, last);\n}\n",
        "a();\n  return sum(begin, last);\n  b();\n", "a();\n  return min(begin, end);\n}\n"}) {
    CHECK(before_lines("{\n  ^\n  return sum(first, last);\n}\n", text) == text);
  }
}

TEST_CASE("lines that only resemble those below stay") {
  const auto* break_below = "switch (x) {\n  case 1:\n    ^\n    break;\n  case 2:\n    b();\n    break;\n}";
  CHECK(before_lines(break_below, "if (y)\n      a();") == "if (y)\n      a();");
  CHECK(before_lines("if (a) {\n  ^\n}", "if (b) {\n    c();\n  }") == "if (b) {\n    c();\n  }");
  CHECK(before_lines("^\nb = 2;", "a = 1;\nc = 3;") == "a = 1;\nc = 3;");
  CHECK(before_lines("^\npoint.y = other.y;\n", "point.x = other.x;\npoint.z = other.z;") ==
        "point.x = other.x;\npoint.z = other.z;");
  CHECK(before_lines("{\n  ^\n  return total;\n}", "a();\n  return total;", false) == "a();");
  CHECK(before_lines("#undef HAS_BUILTIN\n^\n#undef HAS_CPP_ATTRIBUTE_NS\n", "#undef HAS_CPP_ATTRIBUTE") ==
        "#undef HAS_CPP_ATTRIBUTE");
  CHECK(before_lines("CHECK(a);\n^\nCHECK(begin(b));\n", "CHECK(c);\nCHECK(beg") == "CHECK(c);");
  CHECK(before_lines("{\n  return 1;\n  ^\n  return 1;\n}", "a();\n  return 1;\n  b();") ==
        "a();\n  return 1;\n  b();");
}

std::string balanced(std::string_view document, std::string_view text, std::string_view language = "cpp") {
  return kept(text, keep_balanced(text, Cursor(document, language).around(), 0));
}

TEST_CASE("a closer that the document has ends the text") {
  CHECK(balanced("f(^);", "a)") == "a");
  CHECK(balanced("int f() {\n  ^\n}\n", "a();\n}") == "a();");
  CHECK(balanced("x = [^\n]", "1, 2]", "python") == "1, 2");
  CHECK(balanced("f(a);\n^", "g(b);)") == "g(b);");
  CHECK(balanced("describe('a', () => {\n  ^\n});\n", "it();\n});", "typescript") == "it();");
}

TEST_CASE("a closer that the document lacks stays") {
  CHECK(balanced("f(^\n", "a);") == "a);");
  CHECK(balanced("int f(^;\nint g();\n", "void)") == "void)");
  CHECK(balanced("namespace n {\nint f() {\n  ^\n\nint g();\n}\n", "a();\n}") == "a();\n}");
  CHECK(balanced("if (ok^\n  a();\n}", ") {") == ") {");
  CHECK(balanced("expect(a^true);", ").toBe(") == ").toBe(");
  CHECK(balanced("puts(^", "\":)\");") == "\":)\");");
  CHECK(balanced("  // ^\n", "see (1) and 2)") == "see (1) and 2)");
}

std::string brackets_in(std::string_view source, std::string_view language = "typescript") {
  std::string kinds;
  for (const auto& bracket : scan_brackets(source, language).brackets) kinds += bracket.kind;
  return kinds;
}

TEST_CASE("the brackets of a regular expression are none") {
  CHECK(brackets_in("f(/[)\\]}]/)") == "()");
  CHECK(brackets_in("s.replace(/[)}]/g, \"\").trim();") == "()()");
  CHECK(brackets_in("a = /[/)]/.test(b)") == "()");
  CHECK(brackets_in("a = /\\/)/;\n") == "");
  CHECK(brackets_in("/^}$/.test(a);") == "()");
  CHECK(brackets_in("return /}/.test(a);") == "()");
  CHECK(brackets_in("a => /}/") == "");
  // What nothing closes on its line is a division, as are those behind a value.
  CHECK(brackets_in("f(/ (a)") == "(()");
  CHECK(brackets_in("f(/ (a)\n/ b)") == "(())");
  CHECK(brackets_in("(a) / (b / (c))") == "()(())");
  CHECK(brackets_in("f(/[ (a)") == "([()");
  CHECK(brackets_in("{a && <B c={d} />}</e>", "typescriptreact") == "{{}}");
  CHECK(brackets_in("f(/)/)", "cpp") == "())");
}

// The closers of the brackets open at the cursor, innermost first, "|" before each that the document lacks.
std::string open_at(std::string_view document, std::string_view language = "cpp", bool to_end = true) {
  const Cursor cursor(document, language);
  std::string open;
  for (const auto& bracket : open_brackets(cursor.prefix, cursor.suffix, language, to_end))
    open.append(bracket.closed ? "" : "|") += bracket.closer;
  return open;
}

TEST_CASE("the brackets that are open at the cursor") {
  CHECK(open_at("f(g[^])") == "])");
  CHECK(open_at("int f() {\n  if (a^\n}\n") == "|)}");
  CHECK(open_at("int f() {\n  g(^\n  h();\n}\n") == "|)}");
  CHECK(open_at("visit(\n    [&](int a^)\n    {\n      b(a);\n    });\n") == "))");
  CHECK(open_at("foo = bar(\n    ^\n)\n", "python") == ")");
  CHECK(open_at("{\n  f(^", "cpp", false) == ")}");
}

TEST_CASE("a closer further down than a bracket reaches is not its own") {
  CHECK(open_at("#if CHECK(4^\n  #define A B(\"x\")\n#endif\n)\n") == "|)");
  CHECK(open_at("#define CHECK(a^ \\\n  )\n") == ")");
  CHECK(open_at("  with raises(A, B^:\n    raise A\n  x = 1\n)\n", "python") == "|)");
  CHECK(open_at("  call(a,^\n       b);\n  c();\n") == ")");
  CHECK(open_at("  call(a,^\n  c();\n)\n") == "|)");
  CHECK(open_at("    s = {'a': ^\n    t = 1\n}\n", "python") == "|}");
  CHECK(open_at("namespace n {^\nint a;\n}\n") == "}");
}

std::string indented(std::string_view prefix, std::string_view text, Indentation indentation = {}) {
  return with_indentation(text, prefix, "", indentation, true);
}

TEST_CASE("indentation is the editor's or the document's") {
  CHECK(indented("if (a) {\n\tb();\n\t", "c {\n        d();\n    }") == "c {\n\t\td();\n\t}");
  CHECK(indented("if (a) {\n  b();\n  ", "c {\n\t\td();\n\t}") == "c {\n    d();\n  }");
  CHECK(indented("", "a:\n\tb()", {false, 4}) == "a:\n    b()");
  CHECK(indented("", "a:\n  b()\n    c()", {true, 4}) == "a:\n\tb()\n\t\tc()");
  CHECK(indented("int a;\n", "a:\n\tb()") == "a:\n\tb()");
  CHECK(indented("\ta\n\tb\n    c\n    d\n", "x\n    y\n") == "x\n    y\n");
  CHECK(indented("\ta\n", "/*\n * b\n */") == "/*\n * b\n */");
  CHECK(indented("\tif a:\n\t\t", "b()\n        c()") == "b()\n\t\tc()");
  CHECK(indented("\t\tif (a) {\n\t\t\t", "b {\n                c();\n            }") ==
        "b {\n\t\t\t\tc();\n\t\t\t}");
}

TEST_CASE("the lines below say how the document is indented where none above does") {
  const auto below = [](std::string_view text, std::string_view suffix, bool whole) {
    return with_indentation(text, "import a;\n", suffix, {}, whole);
  };
  CHECK(below("type A = {\n    b: c;\n};", "\nif (d) {\n\te();\n}\n", true) == "type A = {\n\tb: c;\n};");
  CHECK(below("type A = {\n\tb: c;\n};", "\nif (d) {\n  e();\n}\n", true) == "type A = {\n  b: c;\n};");
  CHECK(below("type A = {\n    b: c;\n};", "\nint f;\n", true) == "type A = {\n    b: c;\n};");
  // How many spaces are a step, the lines that are yet to come may say.
  CHECK(below("type A = {\n    b: c;\n", "\nif (d) {\n\te();\n}\n", false) == "type A = {\n");
  CHECK(below("type A = {\n\tb: c;\n", "\nif (d) {\n  e();\n}\n", false) == "type A = {\n  b: c;\n");
}

std::string first_block_of(std::string_view prefix, std::string_view text) {
  return kept(text, keep_first_block(text, prefix));
}

TEST_CASE("the first block ends at a blank line that is not inside a deeper one") {
  CHECK(first_block_of("int f() {\n  ", "a();\n  b();\n\n  c();\n}") == "a();\n  b();");
  CHECK(first_block_of("int f() {\n  ", "if (a) {\n    b();\n\n    c();\n  }\n\n  d();") ==
        "if (a) {\n    b();\n\n    c();\n  }");
  CHECK(first_block_of("", "def f():\n    a()\n\n    b()\n\ndef g():\n    c()") ==
        "def f():\n    a()\n\n    b()");
  CHECK(first_block_of("    return 1", "\n\ndef g():\n    a()\n\n    b()\n\ndef h():") ==
        "\n\ndef g():\n    a()\n\n    b()");
  CHECK(first_block_of("int f() {", "\n  a();\n\n}") == "\n  a();\n\n}");
  CHECK(first_block_of("  ", "a();\n\n\n\n  b();") == "a();");
  CHECK(first_block_of("  ", "\n  a();\n  b();") == "\n  a();\n  b();");
  CHECK(first_block_of("  x = f(", "a,\n\n    b);\n\n  c();") == "a,\n\n    b);");
}

bool repeats(std::string_view document, std::string_view text) {
  const Cursor cursor(document);
  return repeats_next_line(text, cursor.prefix, cursor.suffix);
}

TEST_CASE("the next line is no suggestion") {
  CHECK(repeats("  ^\n  return x;\n", "return x;"));
  CHECK(repeats("^\n\n#include <b>\n", "#include <b>"));
  CHECK(repeats("  ret^\n  return x;\n", "urn x;"));
  CHECK(repeats("int f() {^\n  return x;\n}\n", "\n  return x;"));
  CHECK(repeats("#pragma once^\n\n#include <b>\n", "\n\n#include <b>"));
  CHECK_FALSE(repeats("  ^\n  return x;\n", "return y;"));
  CHECK_FALSE(repeats("  if (a) {\n    b();\n  ^\n}\n", "}"));
  CHECK_FALSE(repeats("^", "a"));
}

std::size_t contained(std::string_view document, std::string_view text) {
  return contained_closers(text, Cursor(document).around());
}

TEST_CASE("closers that the editor typed ahead are covered") {
  CHECK(contained("if (^)", "x) {") == 1);
  CHECK(contained("f(g(^))", "1), 2);") == 2);
  CHECK(contained("puts(\"^\")", "hi\");") == 2);
  CHECK(contained("it('a', () => {^})", "\n  b();\n});") == 2);
  CHECK(contained("f(^);", "{\n  a: 1,\n});") == 2);
  CHECK(contained("f({^);", "\n  a: 1,\n});") == 2);
  CHECK(contained("f(\"a^\")", "b\", \"c") == 0);
  CHECK(contained("f(^)", "g(1)") == 0);
  CHECK(contained("f(^) + 1", "a)") == 0);
  CHECK(contained("expect(a^)", ").toBe(1") == 0);
}

}  // namespace
}  // namespace fimd
