#include "daemon/cursor_state.h"

#include <algorithm>
#include <functional>

#include "daemon/uri.h"

namespace fimd {

CachePlace CursorState::place() const {
  const auto at = text->line_of(cursor);
  const auto start = text->line_start(at);
  return {document, text->hash_above(at), text->view().substr(start, cursor - start)};
}

CursorLine CursorState::line() const {
  const auto at = text->line_of(cursor);
  const auto whole = text->line(at);
  const auto column = std::min(cursor - text->line_start(at), whole.size());
  return {whole.substr(0, column), whole.substr(column), language};
}

TrimContext CursorState::trim_context(std::size_t typed) const {
  TrimContext context;
  context.prefix = prefix();
  context.suffix = suffix();
  context.language = language;
  context.indentation = indentation;
  context.typed = typed;
  return context;
}

CursorState CursorState::after(std::string_view inserted, std::size_t replaced) const {
  CursorState next = *this;
  auto changed = std::make_shared<Text>(*text);
  changed->replace(cursor, cursor + replaced, inserted);
  next.text = std::move(changed);
  next.cursor += inserted.size();
  return next;
}

std::uint64_t document_id(std::string_view uri) {
  return std::hash<std::string>()(uri_key(uri));
}

}  // namespace fimd
