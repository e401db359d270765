#include "daemon/typed_lines.h"

#include "tests/support/catch.h"

using namespace fimd;

namespace {

// A document that is edited, and the lines that were handed on.
class Typist {
 public:
  explicit Typist(std::string text) : text_(std::move(text)) {}

  void type(std::size_t line, std::size_t column, std::string_view typed,
            std::string_view uri = "file:///a") {
    const auto at = text_.line_start(line) + column;
    text_.replace(at, at, typed);
    lines_.edited({uri, text_, at, at + typed.size()},
                  [this](std::string_view left) { left_ += std::string(left) + "|"; });
  }

  std::string left() { return std::exchange(left_, ""); }

 private:
  Text text_;
  TypedLines lines_;
  std::string left_;
};

}  // namespace

TEST_CASE("a line is handed on once, when it is left") {
  Typist typist("\nold\n");
  typist.type(0, 0, "i");
  typist.type(0, 1, "nt a");
  CHECK(typist.left().empty());
  typist.type(0, 5, ";\n  ");
  CHECK(typist.left() == "int a;|");
  typist.type(1, 2, "b");
  CHECK(typist.left().empty());
  typist.type(2, 3, "er");  // elsewhere in the document
  CHECK(typist.left() == "  b|");
  typist.type(2, 5, "!", "file:///b");  // another document
  CHECK(typist.left() == "older|");
}

TEST_CASE("lines that come together are handed on together; blank lines and whole files are not") {
  Typist typist("");
  typist.type(0, 0, "one\n\n  \ntwo\nthree");
  CHECK(typist.left() == "one|two|");
  typist.type(4, 5, "\n");
  CHECK(typist.left() == "three|");
  typist.type(5, 0, std::string(5'000, 'x') + "\nrest\n");
  CHECK(typist.left().empty());
  typist.type(7, 0, "a");
  CHECK(typist.left().empty());
}
