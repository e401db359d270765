#include "daemon/documents.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "daemon/uri.h"

namespace fimd {
namespace {

// The protocol counts rangeLength in the position encoding; several editors count characters of their own
// instead. Only a number that is wrong in every unit proves that the texts differ.
bool length_fits(std::uint32_t length, std::string_view replaced) {
  const auto counts = [&](PositionEncoding encoding) { return length_in(encoding, replaced) == length; };
  return counts(PositionEncoding::utf16) || counts(PositionEncoding::utf8) || counts(PositionEncoding::utf32);
}

// Where the new text of the change begins; nothing when the change cannot have been made to this text.
std::optional<Offset> apply(Text& text, const ContentChange& change, PositionEncoding encoding) {
  Offset begin = text.offset_at(change.range->start, encoding);
  Offset end = text.offset_at(change.range->end, encoding);
  if (begin > end) std::swap(begin, end);
  const std::string_view replaced = text.view().substr(begin, end - begin);
  if (change.rangeLength && !length_fits(*change.rangeLength, replaced)) return std::nullopt;
  text.replace(begin, end, change.text);
  return begin;
}

// What is new in `now`: all but its longest head and tail that `was` has too.
std::pair<Offset, Offset> changed_part(std::string_view was, std::string_view now) {
  const auto shorter = std::min(was.size(), now.size());
  const auto head =
      std::mismatch(was.begin(), was.begin() + static_cast<std::ptrdiff_t>(shorter), now.begin());
  const auto begin = static_cast<Offset>(head.first - was.begin());
  const auto room = static_cast<std::ptrdiff_t>(shorter - begin);
  const auto tail = std::mismatch(was.rbegin(), was.rbegin() + room, now.rbegin());
  return {begin, now.size() - static_cast<Offset>(tail.first - was.rbegin())};
}

}  // namespace

std::optional<std::string> Documents::open(DidOpenParams params) {
  Document& document = documents_[uri_key(params.uri)];
  document =
      Document{std::move(params.uri), std::move(params.languageId), params.version, ++clock_, false, nullptr};
  return set_text(document, std::move(params.text));
}

std::optional<std::string> Documents::change(DidChangeParams params, PositionEncoding encoding,
                                             const EditListener& listener) {
  const auto [entry, unknown] = documents_.try_emplace(uri_key(params.uri));
  Document& document = entry->second;
  document.version = params.version;
  document.touched = ++clock_;
  std::optional<std::string> reason;
  if (unknown) {
    document.uri = std::move(params.uri);
    reason = document.uri + ": changed before it was opened; ignored until its whole text comes";
  }
  for (ContentChange& change : params.contentChanges) {
    std::optional<std::string> fault = change.range ? edit(document, change, encoding, listener)
                                                    : replace(document, std::move(change.text), listener);
    if (!change.range || fault) reason = std::move(fault);
  }
  return reason;
}

void Documents::close(std::string_view uri) {
  documents_.erase(uri_key(uri));
}

std::optional<Snapshot> Documents::snapshot(std::string_view uri) const {
  const auto entry = documents_.find(uri_key(uri));
  if (entry == documents_.end() || !entry->second.text) return std::nullopt;
  const Document& document = entry->second;
  return Snapshot{document.uri, document.languageId, document.version, document.text};
}

std::vector<Snapshot> Documents::recent() const {
  std::vector<const Document*> held;
  for (const auto& [key, document] : documents_) {
    if (document.text) held.push_back(&document);
  }
  std::sort(held.begin(), held.end(), [](auto* a, auto* b) { return a->touched > b->touched; });
  std::vector<Snapshot> snapshots;
  snapshots.reserve(held.size());
  for (const Document* document : held) {
    snapshots.push_back(Snapshot{document->uri, document->languageId, document->version, document->text});
  }
  return snapshots;
}

std::optional<std::string> Documents::set_text(Document& document, std::string text) {
  if (text.size() > max_bytes_) return drop_too_large(document);
  document.text = std::make_shared<Text>(std::move(text));
  document.too_large = false;
  return std::nullopt;
}

std::optional<std::string> Documents::replace(Document& document, std::string text,
                                              const EditListener& listener) {
  const auto was = document.text;
  auto fault = set_text(document, std::move(text));
  if (fault || !was || !listener) return fault;
  const auto part = changed_part(was->view(), document.text->view());
  listener({document.uri, *document.text, part.first, part.second});
  return std::nullopt;
}

// In place when no snapshot holds the text, else on a copy of it.
std::optional<std::string> Documents::edit(Document& document, const ContentChange& change,
                                           PositionEncoding encoding, const EditListener& listener) {
  if (!document.text) return std::nullopt;
  if (document.text.use_count() > 1) document.text = std::make_shared<Text>(*document.text);
  const auto begin = apply(*document.text, change, encoding);
  if (!begin) {
    document.text = nullptr;
    return document.uri + ": an edit does not fit its text; ignored until its whole text comes";
  }
  if (document.text->size() > max_bytes_) return drop_too_large(document);
  if (listener) listener({document.uri, *document.text, *begin, *begin + change.text.size()});
  return std::nullopt;
}

std::optional<std::string> Documents::drop_too_large(Document& document) {
  document.text = nullptr;
  if (std::exchange(document.too_large, true)) return std::nullopt;
  return fmt::format("{}: larger than {} bytes; no completions in it", document.uri, max_bytes_);
}

}  // namespace fimd
