#include "tests/support/random_editing.h"

#include <algorithm>
#include <array>

#include "daemon/brackets.h"
#include "daemon/tokens.h"

namespace fimd::test {
namespace {

std::size_t character_bytes(char first) {
  const auto byte = static_cast<unsigned char>(first);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

std::string replaced(std::string text, std::string_view what, std::string_view with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
  return text;
}

}  // namespace

std::string in_style(std::string text, const Style& style) {
  if (style.tabs) text = replaced(std::move(text), "  ", "\t");
  return style.crlf ? replaced(std::move(text), "\n", "\r\n") : text;
}

std::string without_returns(std::string text) {
  std::erase(text, '\r');
  return text;
}

RandomEditing::RandomEditing(std::string_view target, const Style& style)
    : target_(in_style(std::string(target), style)) {}

int RandomEditing::line() const {
  return static_cast<int>(std::ranges::count(prefix(), '\n'));
}

int RandomEditing::column() const {
  return static_cast<int>(line_before().size());
}

std::string RandomEditing::line_before() const {
  return std::string(prefix().substr(prefix().rfind('\n') + 1));
}

std::string RandomEditing::line_after() const {
  auto rest = suffix();
  return std::string(next_line(rest));
}

bool RandomEditing::on_track() const {
  return target_.starts_with(prefix()) && cursor_ < target_.size();
}

void RandomEditing::edit(Random& random) {
  constexpr std::array<std::string_view, 6> kStray = {"x", "é", "€", "🎉", "(", " "};
  history_.push_back({text_, cursor_});
  const auto choice = random() % 100;
  if (choice < 6) {
    type(kStray[random() % kStray.size()]);
  } else if (choice < 16) {
    delete_back(1 + random() % 4);
  } else if (choice < 22) {
    undo();
  } else if (choice < 25) {
    go_to_end_of(random() % (1 + static_cast<std::size_t>(std::ranges::count(text_, '\n'))));
  } else if (choice < 28 && on_track()) {
    paste(1 + random() % 3);
  } else if (on_track()) {
    type_on(random);
  } else if (target_.starts_with(text_)) {
    cursor_ = text_.size();
  } else {
    delete_back(1 + random() % 3);
  }
}

void RandomEditing::type(std::string_view typed) {
  text_.insert(cursor_, typed);
  cursor_ += typed.size();
}

void RandomEditing::type_on(Random& random) {
  const char next = target_[cursor_];
  // Typed over what the editor closed.
  if (is_closer(next) && suffix().starts_with(next)) {
    ++cursor_;
    return;
  }
  type(target_.substr(cursor_, next == '\r' ? 2 : character_bytes(next)));
  if (is_opener(next) && line_after().empty() && random() % 2 == 0) text_.insert(cursor_, 1, closer_of(next));
  // Editors indent a new line at once.
  while (cursor_ < target_.size() && trim_both(line_before()).empty() &&
         (target_[cursor_] == ' ' || target_[cursor_] == '\t'))
    type(target_.substr(cursor_, 1));
}

void RandomEditing::delete_back(std::size_t characters) {
  for (; characters > 0 && cursor_ > 0; --characters) {
    std::size_t bytes = prefix().ends_with("\r\n") ? 2 : 1;
    while (bytes < cursor_ && continues_character(text_[cursor_ - bytes])) ++bytes;
    cursor_ -= bytes;
    text_.erase(cursor_, bytes);
  }
}

void RandomEditing::paste(std::size_t lines) {
  auto end = cursor_;
  for (; lines > 0 && end < target_.size(); --lines)
    end = std::min(target_.find('\n', end), target_.size() - 1) + 1;
  type(target_.substr(cursor_, end - cursor_));
}

void RandomEditing::undo() {
  if (history_.size() < 2) return;
  history_.pop_back();
  text_ = history_.back().text;
  cursor_ = history_.back().cursor;
  history_.pop_back();
}

void RandomEditing::go_to_end_of(std::size_t line) {
  std::size_t end = 0;
  for (; line > 0; --line) end = text_.find('\n', end) + 1;
  cursor_ = std::min(text_.find('\n', end), text_.size());
  if (cursor_ > 0 && cursor_ < text_.size() && text_[cursor_ - 1] == '\r') --cursor_;
}

void RandomEditing::accept(std::string_view inserted, std::size_t replaced) {
  history_.push_back({text_, cursor_});
  text_.replace(cursor_, replaced, inserted);
  cursor_ += inserted.size();
}

}  // namespace fimd::test
