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

std::string unleaked(std::string_view document, std::string_view text, std::string_view language = "cpp") {
  const Cursor cursor(document, language);
  return without_leaks(text, {cursor.prefix, cursor.suffix, cursor.language, {}, 0});
}

TEST_CASE("leaked tokens end the text") {
  CHECK(unleaked("int ^", "a = 1;[SUFFIX]\nint b;") == "a = 1;");
  CHECK(unleaked("int ^", "a = 1;<|fim_middle|>int b;") == "a = 1;");
  CHECK(unleaked("int ^", "<PRE> int b; <SUF>") == "");
  CHECK(unleaked("int ^", "a;<fim_suffix>") == "a;");
  CHECK(unleaked("int ^", "a;<｜fim▁hole｜>b") == "a;");
  CHECK(unleaked("int ^", "a;\n</s>") == "a;\n");
  CHECK(unleaked("int ^", "a;<|endoftext|><file_sep>") == "a;");
  CHECK(unleaked("int ^", "a;\n+++++ src/other.cpp\nint b;") == "a;");
}

TEST_CASE("a document that speaks of the tokens keeps them") {
  CHECK(unleaked("enum { PREFIX, SUFFIX };\nx = ^", "parts[SUFFIX];") == "parts[SUFFIX];");
  CHECK(unleaked("// writes <fim_middle>\nput(^", "\"<fim_middle>\")") == "\"<fim_middle>\")");
  CHECK(unleaked("x = ^\nconst PREFIX = 0;", "row[PREFIX]", "typescript") == "row[PREFIX]");
  CHECK(unleaked("puts(^", "\"</s>\")") == "\"</s>\")");
  CHECK(unleaked("<ul>^", "<li>a</li>", "html") == "<li>a</li>");
}

TEST_CASE("fences around the answer vanish") {
  CHECK(unleaked("^", "```cpp\nint a;\n```\nThis declares a.") == "int a;\n");
  CHECK(unleaked("int x = ^", "```cpp\n1;\n```") == "1;\n");
  CHECK(unleaked("^", "int a;\n```\n\nExplanation") == "int a;\n");
  CHECK(unleaked("^", "Use:\n```\nmake\n```\n", "markdown") == "Use:\n```\nmake\n```\n");
  CHECK(unleaked("\"\"\"\n```\nx\n^", "```\n\"\"\"", "python") == "```\n\"\"\"");
  CHECK(unleaked(" * ^", "```ts\n * f();", "typescript") == "```ts\n * f();");
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
}

TEST_CASE("what stands before the cursor is not written again") {
  const auto lead = [](std::string_view prefix, std::string_view text) {
    return std::string(without_extra_lead(text, prefix));
  };
  CHECK(lead("return ", " value;") == "value;");
  CHECK(lead("  const int count = ", "  const int count = 3;") == "3;");
  CHECK(lead("a();\nfor (int i = 0; ", "a();\nfor (int i = 0; i < n;") == "i < n;");
  CHECK(lead("if (a) {\n  ", "\n  b();") == "b();");
  CHECK(lead("b();\n    ", "    c();\n    d();") == "c();\n    d();");
  CHECK(lead("}\n\n", "\nint main() {") == "\nint main() {");
  CHECK(lead("x = f(", "f(1))") == "f(1))");
  CHECK(lead("if x:\n    ", "    y()") == "y()");
  CHECK(lead("    if x:\n    ", "    y()") == "    y()");
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
}

TEST_CASE("the first line that is not blank") {
  CHECK(kept("a;\nb;", keep_first_line("a;\nb;")) == "a;");
  CHECK(kept("\n  a;\nb;", keep_first_line("\n  a;\nb;")) == "\n  a;");
  CHECK(keep_first_line("") == 0);
  CHECK(keep_first_line(" \n\n") == 3);
  CHECK(keep_first_line("a") == 1);
  CHECK(opens_block("if (x) {  // why", "cpp"));
  CHECK(opens_block("const f = () =>", "typescript"));
  CHECK(opens_block("else:  # otherwise", "python"));
  CHECK_FALSE(opens_block("case 1:", "cpp"));
  CHECK_FALSE(opens_block("x = {}", "python"));
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

TEST_CASE("a missing closer, and what belongs to the block, stays") {
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
  return with_indentation(text, prefix, indentation);
}

TEST_CASE("indentation is the editor's or the document's") {
  CHECK(indented("if (a) {\n\tb();\n\t", "c {\n        d();\n    }") == "c {\n\t\td();\n\t}");
  CHECK(indented("if (a) {\n  b();\n  ", "c {\n\t\td();\n\t}") == "c {\n    d();\n  }");
  CHECK(indented("", "a:\n\tb()", {false, 4}) == "a:\n    b()");
  CHECK(indented("", "a:\n  b()\n    c()", {true, 4}) == "a:\n\tb()\n\t\tc()");
  CHECK(indented("int a;\n", "a:\n\tb()") == "a:\n\tb()");
  CHECK(indented("\ta\n\tb\n    c\n    d\n", "x\n    y\n") == "x\n    y\n");
  CHECK(indented("\ta\n", "/*\n * b\n */") == "/*\n * b\n */");
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
  CHECK(contained("f(^)", "g(1)") == 0);
  CHECK(contained("f(^) + 1", "a)") == 0);
  CHECK(contained("expect(a^)", ").toBe(1") == 0);
}

}  // namespace
}  // namespace fimd
