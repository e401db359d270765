// trim as a whole: tables of documents with `^` for the cursor, and properties that hold for every insertion.
#include "daemon/trim.h"

#include <chrono>
#include <string>
#include <vector>

#include "tests/support/catch.h"

namespace fimd {
namespace {

TrimContext context_at(std::string_view document, std::size_t cursor, std::string_view language = "cpp") {
  TrimContext context;
  context.prefix = document.substr(0, cursor);
  context.suffix = document.substr(cursor);
  context.language = language;
  return context;
}

// What is inserted, with "~n" behind it when it replaces n bytes; "-" for nothing.
std::string trimmed(std::string_view marked, std::string_view generated, std::string_view language = "cpp") {
  std::string document(marked);
  const auto cursor = document.find('^');
  document.erase(cursor, 1);
  const auto result = trim(generated, context_at(document, cursor, language));
  if (!result) return "-";
  return result->text + (result->replaces > 0 ? "~" + std::to_string(result->replaces) : "");
}

TEST_CASE("a part of a line") {
  CHECK(trimmed("  int x = ^;\n", "compute(a, b);\n  int y = 0;") == "compute(a, b)");
  CHECK(trimmed("for (int i = 0; ^) {\n", "i < n; ++i) {\n  f(i);\n}") == "i < n; ++i");
  CHECK(trimmed("  return a^\n}\n", " + b;\n}\n\nint g() {") == " + b;");
  CHECK(trimmed("if (^)\n", "ready) {\n  go();\n}\n") == "ready) {\n  go();\n}~1");
  CHECK(trimmed("foo(^)\n", "a, b);") == "a, b);~1");
  CHECK(trimmed("print(\"^\")\n", "hello\")", "python") == "hello");
  CHECK(trimmed("const f = (a) => ^\n", "{\n  return a;\n};\nconst g = 1;", "typescript") ==
        "{\n  return a;\n};");
}

TEST_CASE("a regular expression keeps its brackets") {
  CHECK(trimmed("text.split(^)\n", "/[)\\]}]/", "typescript") == "/[)\\]}]/");
  CHECK(trimmed("text.split(^)\n", "/[)\\]}]/)", "typescript") == "/[)\\]}]/");
  CHECK(trimmed("  return text^\n}\n", ".replace(/[)}]/g, \"\").trim();", "typescript") ==
        ".replace(/[)}]/g, \"\").trim();");
  CHECK(trimmed("  const ends = ^\n}\n", "/^}$/.test(line);", "typescript") == "/^}$/.test(line);");
  CHECK(trimmed("  return ^\n}\n", "/^}$/.test(line);", "typescript") == "/^}$/.test(line);");
}

TEST_CASE("a block") {
  CHECK(trimmed("int f() {\n  ^\n}\n", "a();\n  b();\n}\n\nint g() {\n}") == "a();\n  b();");
  CHECK(trimmed("int f() {\n  ^\n", "a();\n}\n\nint g() {") == "a();\n}");
  CHECK(trimmed("int f() {^}\n", "\n  a();\n}\n\nint g();") == "\n  a();\n}~1");
  CHECK(trimmed("def f(x):\n    ^\n\nf(1)\n", "y = x\n    return y\n\nf(1)\nf(2)", "python") ==
        "y = x\n    return y");
  CHECK(trimmed("it('a', () => {\n  ^\n});\n", "b();\n});\n\nit('c', () => {", "typescript") == "b();");
  CHECK(trimmed("int a;\r\n^\r\nint c;\r\n", "int b;\r\nint c;\r\n") == "int b;");
}

TEST_CASE("what cannot be inserted is nothing") {
  for (const auto* generated : {"", " \n\t\n ", "\0", "[SUFFIX]", "```\n```", "int b;", ";", "\xFF\xFE"}) {
    CHECK(trimmed("int a;\n^\nint b;\n", generated) == "-");
  }
  CHECK(trimmed("#include <map>\n^", "#include <map>\n") == "-");
  CHECK(trimmed("int main() {\n  ^\n}\n", "}\n") == "-");
}

TEST_CASE("a huge answer, a huge document and a huge line take no longer than others") {
  const std::string huge(10'000'000, 'x');
  const std::string brackets(10'000'000, '(');
  const std::string quotes(10'000'000, '\'');
  const auto start = std::chrono::steady_clock::now();
  for (const auto* text : {&huge, &brackets, &quotes}) {
    CHECK(trimmed("int a;\n^\n", *text) == "-");
    CHECK(trim("b", context_at(*text, text->size() / 2)) == std::nullopt);
    CHECK(trim(" + b;\n", context_at(*text, text->size()))->text == " + b;");
    CHECK(trim("int a;\n" + *text, context_at("", 0))->text == "int a;");
  }
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(10));
}

TEST_CASE("a line that opens a block brings the block") {
  CHECK(trimmed("  ^\n}\n", "if (a) {\n    b();\n  }\n}\n") == "if (a) {\n    b();\n  }");
  CHECK(trimmed("  for (^\n", "auto& x : xs) {\n    f(x);\n  }\n  g();") ==
        "auto& x : xs) {\n    f(x);\n  }");
  CHECK(trimmed("    for^\n", " key in table:\n        use(key)\n    done()", "python") ==
        " key in table:\n        use(key)");
  CHECK(trimmed("def f():\n    return 1^\n", "\n\ndef g():\n    return 5\n\ndef h():\n    pass\n",
                "python") == "\n\ndef g():\n    return 5");
  CHECK(trimmed("class A:\n    def f(self):\n        pass^\n",
                "\n\n    def g(self):\n        a()\n\n        b()\n\n    def h(self):\n",
                "python") == "\n\n    def g(self):\n        a()\n\n        b()");
  CHECK(trimmed("def f():\n    a = 1^\n", "\n    if a:\n        b()\n    c()\n", "python") ==
        "\n    if a:\n        b()");
  CHECK(trimmed("  items.map(item =>^\n", " {\n    return item.id\n  })\n  next()", "typescript") ==
        " {\n    return item.id\n  })");
  CHECK(trimmed("int main(void) ^\n", "{\n\treturn 0;\n}\n", "c") == "{\n\treturn 0;\n}");
  CHECK(trimmed("int main(void^)\n", ")\n{\n\treturn 0;\n}\n", "c") == ")\n{\n\treturn 0;\n}~1");
  CHECK(trimmed("int\nmain(^\n", "void)\n{\n\treturn 0;\n}\n\nint g;", "c") == "void)\n{\n\treturn 0;\n}");
  // More code on the line, or a body below it, wants the line only.
  CHECK(trimmed("int main(void^)\n{\n\treturn 0;\n}\n", ")\n{\n\treturn 0;\n}\n", "c") == "-");
  CHECK(trimmed("  if (^ && ready) {\n    go();\n  }\n", "valid) {\n    stop();\n  }") == "valid");
  CHECK(trimmed("  while^\n    step();\n", " (a) {\n    b();\n  }") == " (a) {");
}

TEST_CASE("blanks at the end go, and a single byte is no suggestion") {
  CHECK(trimmed("  int a = ^\n", "1;  ") == "1;");
  CHECK(trimmed("  ^\n", "a();\t\n  b();\n\n\n") == "a();\t\n  b();");
  CHECK(trimmed("  f(a)^\n", ";") == "-");
  CHECK(trimmed("x = ^\n", "1", "python") == "-");
  CHECK(trimmed("x = ^\n", "é", "python") == "é");
  CHECK(trimmed("  return^\n", " ;\n  ") == " ;");
}

TEST_CASE("CRLF, tabs and characters of any width") {
  CHECK(trimmed("if (a) {\r\n\t^\r\n}\r\n", "b();\r\n\tc();\r\n}\r\n") == "b();\n\tc();");
  CHECK(trimmed("void f()\r\n{\r\n    g(^)\r\n}\r\n", "1);\r\n}") == "1);~1");
  CHECK(trimmed("func main() {\n\tx := 1\n\t^\n}\n", "if x {\n        y()\n    }", "go") ==
        "if x {\n\t\ty()\n\t}");
  CHECK(trimmed("s = \"^\"\n", "Grüße\"", "python") == "Grüße");
  CHECK(trimmed("s = \"^\"\n", "🎉🎉\"", "python") == "🎉🎉");
  CHECK(trimmed("# ^\n", "日本語\xE3\x81", "python") == "日本語");
  CHECK(trimmed("a = ^ # größe\n", "länge # größe", "python") == "länge");
}

struct Insertion {
  const char* document;
  const char* generated;
  const char* language;
};

// Shortened from the sources of ninja, tmux, rxjs, a Rust list and Python's library.
const std::vector<Insertion> kInsertions = {
    {"bool CanonicalizePath(string* path) {\n  ^\n  return true;\n}\n",
     "if (path->empty())\n    return false;\n  size_t len = path->size();\n  return true;\n}\n\nint main() {",
     "cpp"},
    {"int\nmain(void)\n{\n\t^\n\treturn (0);\n}\n",
     "struct client\t*c;\n\n\tif ((c = find()) == NULL) {\n\t\terrno = ENOENT;\n\t\treturn "
     "(-1);\n\t}\n\treturn (0);\n}\n",
     "c"},
    {"export function first<T>(^): T {\n}\n",
     "source: Observable<T>, defaultValue?: T): T {\n  return source;", "typescript"},
    {"class Queue:\n    def put(self, item):\n        ^\n\n    def get(self):\n        pass\n",
     "with self.lock:\n            self.items.append(item)\n            self.ready.notify()\n\n    def "
     "get(self):\n        pass\n",
     "python"},
    {"  source.subscribe(^);\n", "{\n    next: (value) => emit(value),\n    error: (e) => fail(e),\n  });\n",
     "typescript"},
    {"impl Entry {\n    fn is_last(&self) -> bool ^\n}\n", "{ false }\n}", "rust"},
    {"        if self.ptr == end ^\n    }\n}\n", "{ return None; }", "rust"},
    {"struct Iter<'a, T> {\n    marker: PhantomData<&'a List^>,\n}\n", "<T>", "rust"},
    {"  const words = text.split(^);\n", "/[)\\]}]/", "typescript"},
    {"  return text^\n}\n", ".replace(/[)}]/g, \"\").trim();", "typescript"},
    {"def f():\n    return 1^\n", "\n\ndef g():\n    a()\n\n    return 5\n\ndef h():\n    pass\n", "python"},
    {"while (^\n", "(entry = readdir(dir)) != NULL) {\n\tputs(entry->d_name);\n}\nclosedir(dir);", "c"},
};

// The second time in a document that is longer than trim looks.
TEST_CASE("typing through a suggestion never changes it") {
  const auto more =
      GENERATE(std::string(), std::string(kTrimWindow / 4, '\n') + std::string(kTrimWindow, 'x'));
  for (const auto& insertion : kInsertions) {
    auto document = insertion.document + more;
    const auto cursor = document.find('^');
    document.erase(cursor, 1);
    auto context = context_at(document, cursor, insertion.language);
    const auto generated = clean(insertion.generated, context);
    const auto whole = trim(generated, context);
    REQUIRE(whole);
    for (std::size_t typed = 1; typed + 2 < whole->text.size(); ++typed) {
      auto edited = document;
      edited.insert(cursor, whole->text.substr(0, typed));
      auto now = context_at(edited, cursor + typed, insertion.language);
      now.typed = typed;
      const auto rest = trim(generated.substr(typed), now);
      REQUIRE(rest);
      CHECK(rest->text == whole->text.substr(typed));
      CHECK(rest->replaces == whole->replaces);
    }
  }
}

TEST_CASE("an answer that still arrives never contradicts the whole one") {
  for (const auto& insertion : kInsertions) {
    std::string document(insertion.document);
    const auto cursor = document.find('^');
    document.erase(cursor, 1);
    const auto context = context_at(document, cursor, insertion.language);
    const std::string_view generated = insertion.generated;
    const auto whole = trim(generated, context);
    for (std::size_t size = 0; size < generated.size(); ++size) {
      const auto state = progress(generated.substr(0, size), context);
      if (state.ready) CHECK(whole->text.starts_with(state.ready->text));
      if (state.finished) CHECK(state.ready == whole);
    }
  }
}

// What models make of an insertion: the whole lines that are shown while it arrives are the whole text's.
TEST_CASE("what is clean of a part stays when more arrives") {
  for (const auto& insertion : kInsertions) {
    std::string document(insertion.document);
    const auto cursor = document.find('^');
    document.erase(cursor, 1);
    const auto context = context_at(document, cursor, insertion.language);
    const std::string said = insertion.generated;
    const auto line = document.substr(0, cursor).substr(document.substr(0, cursor).rfind('\n') + 1);
    const std::string above = document.substr(0, cursor);
    for (const auto& text : {said, "```\n" + said + "\n```\nThat is all.",
                             "Here is the missing code:\n\n```cpp\n" + said + "\n```\n",
                             "Sure! It is this.\nIt goes there:\n```\n" + said, line + said, above + said,
                             above.substr(above.find_first_not_of(" \t\n")) + said, "\n" + said,
                             "<fim_middle>" + said + "<fim_suffix>}\n", said + "\n+++++ other.c\nint a;\n"}) {
      const auto whole = clean(text, context);
      for (std::size_t size = 0; size < text.size(); ++size) {
        const auto part = clean(text.substr(0, size), context, false);
        INFO(text.substr(0, size));
        CHECK(whole.starts_with(part.substr(0, part.rfind('\n') + 1)));
      }
    }
  }
}

TEST_CASE("blanks of Unicode are no suggestion") {
  for (const auto* text : {"\u00A0", "\u200B", "\u3000\u3000", "\uFEFF", " \u2003 \n\u2009", "\u2060\n"})
    CHECK(trimmed("int a;\n^\nint b;\n", text) == "-");
}

TEST_CASE("after a single line each line that follows is shown in its turn") {
  const std::string_view text = "o(a);\n  bar(b);\n  baz(c);\n}\nint g();\n";
  const auto shown_after = [&](std::size_t typed) {
    const auto document = "int f() {\n  fo" + std::string(text.substr(0, typed)) + "\n}\n";
    auto context = context_at(document, 14 + typed);
    context.typed = typed;
    const auto trimmed = trim(text.substr(typed), context);
    return trimmed ? trimmed->text : "nothing";
  };
  CHECK(shown_after(0) == "o(a);");
  CHECK(shown_after(4) == ";");
  CHECK(shown_after(5) == "\n  bar(b);");
  CHECK(shown_after(8) == "bar(b);");
  CHECK(shown_after(15) == "\n  baz(c);");
  CHECK(shown_after(25) == "nothing");
}

TEST_CASE("a transfer is cut when nothing useful can come") {
  const std::string block = "int f() {\n  \n}\n";
  const auto in_block = context_at(block, 12);
  CHECK_FALSE(progress("a();\n  b();\n", in_block).finished);
  CHECK(progress("a();\n  b();\n}\n", in_block).finished);
  CHECK(progress("a();\n}\n", in_block).ready->text == "a();");
  const std::string line = "  return a\n}\n";
  CHECK_FALSE(progress(" + b", context_at(line, 10)).finished);
  CHECK_FALSE(progress(" + b;\n", context_at(line, 10)).finished);
  CHECK(progress(" + b;\n}\n", context_at(line, 10)).finished);
  const std::string mid_line = "  f(a, b);\n}\n";
  CHECK(progress("c, \n", context_at(mid_line, 4)).finished);
  CHECK(progress(" + b;\n  more", context_at(line, 10)).ready->text == " + b;");
}

TEST_CASE("the first block is shown before the next is there") {
  const std::string document = "int f() {\n  \n}\n";
  const auto context = context_at(document, 12);
  const auto* text = "a();\n  b();\n\n  c();\n";
  CHECK(progress(text, context).ready->text == "a();\n  b();");
  CHECK_FALSE(progress(text, context).finished);
  const auto first = [](std::string whole, std::string_view prefix) {
    return first_block({std::move(whole), 1}, prefix);
  };
  CHECK(first("a();\n  if (b) {\n    c();\n\n    d();\n  }\n\n  e();", "int f() {\n  ") ==
        Trimmed{"a();\n  if (b) {\n    c();\n\n    d();\n  }", 0});
  CHECK(first("a();", "") == Trimmed{"a();", 1});
  CHECK(first("def f():\n    a()\n\n    b()\n\ndef g():", "") == Trimmed{"def f():\n    a()\n\n    b()", 0});
}

TEST_CASE("cleaning twice changes nothing") {
  for (const auto& insertion : kInsertions) {
    const std::string_view document = insertion.document;
    const auto cursor = document.find('^');
    TrimContext context;
    context.prefix = document.substr(0, cursor);
    context.suffix = document.substr(cursor + 1);
    context.language = insertion.language;
    const auto once = clean(insertion.generated, context);
    CHECK(clean(once, context) == once);
  }
}

}  // namespace
}  // namespace fimd
