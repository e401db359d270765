// A document that somebody edits at random: types along a text that is to become, strays from it, deletes,
// pastes, undoes, moves about, and has an editor that closes brackets.
#pragma once

#include <cstddef>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace fimd::test {

using Random = std::mt19937;

// The variant of a text that a document is written in.
struct Style {
  bool crlf = false;
  bool tabs = false;
};
std::string in_style(std::string text, const Style& style);
std::string without_returns(std::string text);

class RandomEditing {
 public:
  // `target`: with "\n" and spaces. Starts empty.
  RandomEditing(std::string_view target, const Style& style);

  const std::string& text() const { return text_; }
  std::size_t cursor() const { return cursor_; }
  int line() const;
  int column() const;  // in UTF-8 bytes
  std::string_view prefix() const { return std::string_view(text_).substr(0, cursor_); }
  std::string_view suffix() const { return std::string_view(text_).substr(cursor_); }
  std::string line_before() const;  // the cursor's line, up to the cursor and from it on
  std::string line_after() const;

  void edit(Random& random);
  // Puts `inserted` in the place of `replaced` bytes after the cursor, as accepting a suggestion does.
  void accept(std::string_view inserted, std::size_t replaced);

 private:
  struct State {
    std::string text;
    std::size_t cursor;
  };
  bool on_track() const;
  void type(std::string_view typed);
  void type_on(Random& random);
  void delete_back(std::size_t characters);
  void paste(std::size_t lines);
  void undo();
  void go_to_end_of(std::size_t line);

  std::string target_;
  std::string text_;
  std::size_t cursor_ = 0;
  std::vector<State> history_;
};

}  // namespace fimd::test
