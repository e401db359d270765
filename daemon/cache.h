// Completions by the place they were made for. Whatever the user does next that agrees with a kept text
// (types it, deletes back into it, accepts a word or a line of it, undoes) is answered from here at once,
// without a request.
//
// A radix trie. Its keys are the document, the hash of the lines above and the bytes of the line before the
// cursor; a key that is a prefix of the question answers it if what was typed since agrees with the text and
// some of the text is left. A text of several lines can be reached at the start of each of its lines too,
// since the hash of the lines above changes there. All these points share one text.
//
// Texts are as the model sent them: the caller trims what it serves. Memory is bounded; the text that was not
// served for the longest time goes first.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "daemon/radix_trie.h"

namespace fimd {

struct CachePlace {
  std::uint64_t document = 0;
  std::uint64_t above = 0;  // chain() over the lines above
  std::string_view line;    // bytes of the current line up to the cursor
};

class Cache {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using TextId = std::uint64_t;  // never 0, never used again

  struct Limits {
    std::size_t bytes = 4 * 1024 * 1024;  // everything the cache has allocated, by its own count
    std::size_t texts = 4096;
    std::chrono::seconds lifetime = std::chrono::minutes(5);
    std::chrono::seconds nothing_lifetime{20};  // of an empty answer
  };
  // A longer line is not kept, a longer text not further than this.
  static constexpr std::size_t kMaxLineBytes = 4096;
  static constexpr std::size_t kMaxTextBytes = 16 * 1024;
  static constexpr std::size_t kMaxLines = 200;

  enum class Origin { request, speculation };
  // `running`: more may arrive. `whole`: the model had no more to say. `cut`: stopped by a length, an error
  // or by us.
  enum class Ending { running, whole, cut };

  struct Hit {
    TextId id = 0;
    std::string_view text;  // what is left of it; valid until the cache is next changed
    // What of the text stands before the cursor already: so many bytes; so many lines, from so many bytes
    // into the first one on. A document may hold more bytes than that: "\r\n", blanks at the ends of lines.
    std::size_t typed = 0;
    std::size_t lines = 0, column = 0;
    Ending ending = Ending::running;
    Origin origin = Origin::request;
    std::chrono::steady_clock::duration age{0};  // since put()
  };
  struct Found {
    std::vector<Hit> hits;  // best first, none starts with another
    // Nothing is to be shown at this very place and nobody need be asked: the model had nothing to say a
    // moment ago, or the user dismissed what was shown.
    bool silent = false;
  };
  struct Size {
    std::size_t texts = 0;
    std::size_t nodes = 0;
    std::size_t bytes = 0;
  };

  Cache();
  explicit Cache(Limits limits);
  ~Cache();
  Cache(const Cache&) = delete;
  Cache& operator=(const Cache&) = delete;

  // A text that is about to arrive for the cursor at `place` before `suffix`. `append` and `finish` are
  // no-ops on a text that has left the cache meanwhile. A text that ends empty stands for "nothing to say
  // here" when it is whole and is dropped when it was cut.
  TextId put(const CachePlace& place, std::string_view suffix, Origin origin, Time now);
  void append(TextId id, std::string_view bytes);
  void finish(TextId id, Ending ending, Time now);

  // What fits here: first the text served last, if it still fits (what is on the screen must not change),
  // then by the length of the key, the newest first. Changes nothing: report what was used with served().
  Found find(const CachePlace& place, std::string_view suffix, Time now, std::size_t wanted = 1) const;
  void served(TextId id);

  // Nothing is served at this place again until the text around it changes: not after typing and deleting
  // back either. For an explicit invocation the caller looks at `hits`, which are found regardless.
  void dismiss(const CachePlace& place, std::string_view suffix, Time now);

  void forget(std::uint64_t document);
  Size size() const;

 private:
  using Texts = std::list<CachedText>;  // the one served last comes first

  CachedText& add_text(const CachePlace& place, std::string_view suffix, Time now);
  void add_point(CachedText& text);
  void split_lines(CachedText& text);
  void erase(Texts::iterator text);
  void evict();

  Limits limits_;
  RadixTrie trie_;
  Texts texts_;
  std::unordered_map<TextId, Texts::iterator> by_id_;
  std::size_t text_bytes_ = 0;
  TextId last_id_ = 0;
  TextId last_served_ = 0;
};

}  // namespace fimd
