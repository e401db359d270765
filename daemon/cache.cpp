#include "daemon/cache.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "daemon/line_hash.h"
#include "daemon/suffix.h"
#include "daemon/tokens.h"

namespace fimd {
namespace {

constexpr std::size_t kIndexEntry = 64;  // of by_id_, with its share of the buckets

std::string as_bytes(std::uint64_t number) {
  std::string bytes(sizeof number, '\0');
  std::memcpy(bytes.data(), &number, sizeof number);
  return bytes;
}

// Starts with as_bytes(document): all keys of a document share one edge.
std::string key_of(std::uint64_t document, std::uint64_t above, std::string_view line) {
  return as_bytes(document).append(as_bytes(above)).append(line);
}

bool has_whole_line(std::string_view text) {
  const auto end = text.rfind('\n');
  return end != std::string_view::npos && !trim_both(text.substr(0, end)).empty();
}

// The same again, or the beginning of it, cut off.
bool says_no_more(const Cache::Hit& hit, const Cache::Hit& other) {
  return other.text.starts_with(hit.text) &&
         (hit.text.size() == other.text.size() || hit.ending != Cache::Ending::whole);
}

bool is_known(const std::vector<Cache::Hit>& hits, const Cache::Hit& hit) {
  return std::ranges::any_of(
      hits, [&](const Cache::Hit& known) { return says_no_more(hit, known) || says_no_more(known, hit); });
}

// At most `room` bytes from the front, without cutting a UTF-8 character.
std::string_view utf8_prefix(std::string_view text, std::size_t room) {
  while (room > 0 && room < text.size() && (text[room] & 0xC0) == 0x80) --room;
  return text.substr(0, room);
}

}  // namespace

struct CachedText {
  Cache::TextId id = 0;
  std::uint64_t document = 0;
  std::string bytes;
  SuffixAnchor anchor;
  Cache::Origin origin = Cache::Origin::request;
  Cache::Ending ending = Cache::Ending::running;
  bool dismissal = false;  // no text at all: the mark that dismiss() leaves
  Cache::Time made;
  Cache::Time expires;
  std::vector<RadixTrie::Node*> nodes;  // one for each of its points
  // How far the text has been cut into lines: `above` is the hash of the lines before `line_start`; `head` is
  // what stood before the cursor, as long as that is the first line.
  std::uint64_t above = 0;
  std::string head;
  std::size_t line_start = 0;

  // Not a text but a mark: nothing is to be shown here.
  bool is_silence() const { return bytes.empty() && ending == Cache::Ending::whole; }
};

namespace {

std::size_t cost(const CachedText& text) {
  return sizeof text + 2 * sizeof(void*) + kAllocationOverhead + kIndexEntry + allocated_bytes(text.bytes) +
         allocated_bytes(text.head) + allocated_bytes(text.nodes) + allocated_bytes(text.anchor.tokens);
}

Cache::Hit hit_of(const CachedText& text, std::string_view rest, Cache::Time now) {
  Cache::Hit hit;
  hit.id = text.id;
  hit.text = rest;
  hit.typed = text.bytes.size() - rest.size();
  hit.lines =
      static_cast<std::size_t>(std::ranges::count(std::string_view(text.bytes).substr(0, hit.typed), '\n'));
  hit.column = text.head.size();
  hit.ending = text.ending;
  hit.origin = text.origin;
  hit.age = now - text.made;
  return hit;
}

}  // namespace

Cache::Cache() : Cache(Limits{}) {}
Cache::Cache(Limits limits) : limits_(limits) {}
Cache::~Cache() = default;

Cache::TextId Cache::put(const CachePlace& place, std::string_view suffix, Origin origin, Time now) {
  if (place.line.size() > kMaxLineBytes) return ++last_id_;
  CachedText& text = add_text(place, suffix, now);
  text.origin = origin;
  evict();
  return last_id_;
}

CachedText& Cache::add_text(const CachePlace& place, std::string_view suffix, Time now) {
  while (!texts_.empty() && texts_.back().expires <= now) erase(std::prev(texts_.end()));
  CachedText& text = texts_.emplace_front();
  text.id = ++last_id_;
  text.document = place.document;
  text.above = place.above;
  text.head = place.line;
  text.anchor = suffix_anchor(suffix);
  text.made = now;
  text.expires = now + limits_.lifetime;
  by_id_.emplace(text.id, texts_.begin());
  text_bytes_ += cost(text);
  add_point(text);
  return text;
}

void Cache::add_point(CachedText& text) {
  text_bytes_ -= cost(text);
  const auto key = key_of(text.document, text.above, text.line_start == 0 ? text.head : "");
  text.nodes.push_back(&trie_.add(key, {&text, text.line_start}));
  text_bytes_ += cost(text);
}

void Cache::append(TextId id, std::string_view bytes) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end() || found->second->ending != Ending::running) return;
  CachedText& text = *found->second;
  const auto fitting = utf8_prefix(bytes, kMaxTextBytes - text.bytes.size());
  text_bytes_ -= cost(text);
  text.bytes += fitting;
  text_bytes_ += cost(text);
  if (fitting.size() < bytes.size()) text.ending = Ending::cut;
  split_lines(text);
  evict();
}

void Cache::split_lines(CachedText& text) {
  const std::string_view bytes = text.bytes;
  auto end = bytes.find('\n', text.line_start);
  while (end != std::string_view::npos && text.nodes.size() < kMaxLines) {
    const auto head = text.line_start == 0 ? text.head : std::string();
    text.above = chain(text.above, head + std::string(bytes.substr(text.line_start, end - text.line_start)));
    text.line_start = end + 1;
    add_point(text);
    end = bytes.find('\n', text.line_start);
  }
}

void Cache::finish(TextId id, Ending ending, Time now) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return;
  CachedText& text = *found->second;
  if (text.bytes.empty() && ending == Ending::cut) return erase(found->second);
  if (text.ending == Ending::running) text.ending = ending;
  text.expires = now + (text.bytes.empty() ? limits_.nothing_lifetime : limits_.lifetime);
}

void Cache::served(TextId id) {
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return;
  texts_.splice(texts_.begin(), texts_, found->second);
  last_served_ = id;
}

void Cache::dismiss(const CachePlace& place, std::string_view suffix, Time now) {
  if (place.line.size() > kMaxLineBytes) return;
  CachedText& mark = add_text(place, suffix, now);
  mark.dismissal = true;
  mark.ending = Ending::whole;
  evict();
}

Cache::Found Cache::find(const CachePlace& place, std::string_view suffix, Time now,
                         std::size_t wanted) const {
  if (place.line.size() > kMaxLineBytes) return {};
  Found found;
  bool nothing_to_say = false;
  std::vector<Hit> hits;
  const auto anchor = suffix_anchor(suffix);
  const auto key = key_of(place.document, place.above, place.line);
  trie_.walk(key, [&](const TextPoint& point, std::string_view typed) {
    const CachedText& text = *point.text;
    if (text.expires <= now || !same_place(text.anchor, anchor)) return;
    if (text.is_silence()) {
      (text.dismissal ? found.silent : nothing_to_say) |= typed.empty();
      return;
    }
    auto rest = std::string_view(text.bytes).substr(point.offset);
    if (!rest.starts_with(typed) || rest.size() == typed.size()) return;
    rest.remove_prefix(typed.size());
    if (text.ending == Ending::running && !has_whole_line(rest)) return;
    hits.push_back(hit_of(text, rest, now));
  });
  std::reverse(hits.begin(), hits.end());
  std::stable_partition(hits.begin(), hits.end(), [&](const Hit& hit) { return hit.id == last_served_; });
  found.silent |= nothing_to_say && hits.empty();
  for (const auto& hit : hits)
    if (found.hits.size() < wanted && !is_known(found.hits, hit)) found.hits.push_back(hit);
  return found;
}

void Cache::forget(std::uint64_t document) {
  for (auto text = texts_.begin(); text != texts_.end();) {
    const auto next = std::next(text);
    if (text->document == document) erase(text);
    text = next;
  }
}

void Cache::erase(Texts::iterator text) {
  for (auto* node : text->nodes) trie_.remove(*node, &*text);
  text_bytes_ -= cost(*text);
  by_id_.erase(text->id);
  texts_.erase(text);
}

void Cache::evict() {
  while (size().bytes > limits_.bytes || texts_.size() > limits_.texts) erase(std::prev(texts_.end()));
}

Cache::Size Cache::size() const {
  return {texts_.size(), trie_.nodes(), trie_.bytes() + text_bytes_};
}

}  // namespace fimd
