// Open documents: their text, kept up to date edit by edit, and the snapshots that requests work on. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "daemon/text.h"
#include "protocol/lsp.h"

namespace fimd {

// A document as one request sees it. Edits that come later do not alter it.
struct Snapshot {
  std::string uri;  // as the client wrote it
  std::string languageId;
  std::int64_t version = 0;
  std::shared_ptr<const Text> text;
};

// One change that was made: the bytes [begin, end) of the document are new; begin == end for a deletion.
struct Edit {
  std::string_view uri;  // as the client wrote it
  const Text& text;      // the document after it
  Offset begin = 0;
  Offset end = 0;
};
using EditListener = std::function<void(const Edit&)>;

constexpr std::size_t kMaxDocumentBytes = 10'000'000;

// The open documents by URI. A document that is out of sync with the editor (an edit before it was opened, a
// rangeLength that cannot be) is dropped until its whole text comes again; one over the size limit likewise.
// open() and change() return the one line to log when that happens, which never quotes the text.
class Documents {
 public:
  explicit Documents(std::size_t max_bytes = kMaxDocumentBytes) : max_bytes_(max_bytes) {}

  std::optional<std::string> open(DidOpenParams params);
  // `listener`, if any, hears of every edit; a change of the whole text counts as the one edit that makes it.
  std::optional<std::string> change(DidChangeParams params, PositionEncoding encoding,
                                    const EditListener& listener = nullptr);
  void close(std::string_view uri);

  // Nothing for a document that is not open, out of sync or too large.
  std::optional<Snapshot> snapshot(std::string_view uri) const;
  // All that snapshot() would give, the most recently opened or changed first.
  std::vector<Snapshot> recent() const;

 private:
  struct Document {
    std::string uri;
    std::string languageId;
    std::int64_t version = 0;
    std::uint64_t touched = 0;   // rises with every open and change of any document
    bool too_large = false;      // said once, until it fits again
    std::shared_ptr<Text> text;  // null: dropped, and said so
  };

  std::optional<std::string> set_text(Document& document, std::string text);
  std::optional<std::string> edit(Document& document, const ContentChange& change, PositionEncoding encoding,
                                  const EditListener& listener);
  std::optional<std::string> replace(Document& document, std::string text, const EditListener& listener);
  std::optional<std::string> drop_too_large(Document& document);

  std::size_t max_bytes_;
  std::uint64_t clock_ = 0;
  std::unordered_map<std::string, Document> documents_;  // by uri_key
};

}  // namespace fimd
