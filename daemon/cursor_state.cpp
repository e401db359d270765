#include "daemon/cursor_state.h"

#include <algorithm>
#include <functional>

#include "daemon/line_hash.h"
#include "daemon/uri.h"

namespace fimd {
namespace {

// Of a line that is too long for the cache its last piece, or two, are the line, and what is before them
// counts to what is above. Typing on from piece to piece asks once more.
constexpr std::size_t kLinePiece = Cache::kMaxLineBytes / 2;

}  // namespace

CachePlace CursorState::place() const {
  const auto at = text->line_of(cursor);
  const auto start = text->line_start(at);
  CachePlace place{document, text->hash_above(at), text->view().substr(start, cursor - start)};
  if (Cache::kMaxLineBytes < place.line.size()) {
    const auto known = place.line.size() / kLinePiece * kLinePiece - kLinePiece;
    place.above = chain(place.above, place.line.substr(0, known));
    place.line.remove_prefix(known);
  }
  return place;
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

TrimContext CursorState::trim_context(const Cache::Hit& hit) const {
  const auto at = text->line_of(cursor);
  if (hit.lines == 0 || at < hit.lines) return trim_context(hit.typed);
  const auto first = at - hit.lines;
  return trim_context(cursor - text->line_start(first) - std::min(hit.column, text->line(first).size()));
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
