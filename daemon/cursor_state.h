// Where a cursor stands in which text. Pure.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "daemon/cache.h"
#include "daemon/text.h"
#include "daemon/trigger.h"
#include "daemon/trim.h"

namespace fimd {

struct CursorState {
  std::uint64_t document = 0;  // names an open document, see document_id()
  std::shared_ptr<const Text> text;
  Offset cursor = 0;
  std::string language;  // LSP languageId
  Indentation indentation;

  std::string_view prefix() const { return text->view().substr(0, cursor); }
  std::string_view suffix() const { return text->view().substr(cursor); }
  CachePlace place() const;
  CursorLine line() const;
  // `typed`: see TrimContext.
  TrimContext trim_context(std::size_t typed) const;
  TrimContext trim_context(const Cache::Hit& hit) const;
  // The state after `inserted` has taken the place of `replaced` bytes after the cursor.
  CursorState after(std::string_view inserted, std::size_t replaced) const;
};

// The same for every spelling of a URI.
std::uint64_t document_id(std::string_view uri);

}  // namespace fimd
