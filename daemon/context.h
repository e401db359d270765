// What a model should know beyond the document: similar places in other files, and what was edited lately.
// Pure.
//
// Never hand a file that privacy excludes to anything here: what goes in may be sent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "daemon/text.h"

namespace fimd {

// A piece of a file as the model sees it.
struct Snippet {
  std::string path;
  std::string text;  // whole lines
  bool operator==(const Snippet&) const = default;
};

// An open document, or one edited lately.
struct SourceFile {
  std::string_view path;  // relative to the workspace; names the file to the model
  std::string_view text;
  std::string_view language;  // LSP languageId
  std::uint64_t version = 0;  // changes when the text does
};

// Finds the windows of other files that share most words with the text around the cursor (Jaccard similarity
// of the sets of identifiers, without the words that every file of the language has). Keeps the words of each
// file until its version changes, so that a query mostly compares sets.
class SimilarCode {
 public:
  static constexpr std::size_t kWindowLines = 60;
  static constexpr std::size_t kMostFiles = 20;
  static constexpr std::size_t kMostSnippets = 4;
  static constexpr std::size_t kLargestFile = 100'000;  // of a larger one, its first bytes
  static constexpr std::size_t kReadBytes = 8 * 1024;   // about 0.25 ms of reading

  // The best window of each of the best files, most similar first. `files`: in the order of their last use;
  // only those of the document's language count, and the document itself is left out by its path. Reads about
  // kReadBytes of new text and compares for about 2 ms; files that are not read to their end take no part.
  std::vector<Snippet> find(const SourceFile& document, std::size_t cursor,
                            const std::vector<SourceFile>& files);

  // A file took no part because it was not read to its end.
  bool behind() const { return behind_; }
  // Reads about `bytes` more of the first kMostFiles of them. False when these are all read.
  bool read_on(const std::vector<SourceFile>& files, std::size_t bytes = 4 * kReadBytes);

  // The document was closed.
  void forget(std::string_view path);

 private:
  using Words = std::vector<std::uint32_t>;  // hashes, sorted, each once
  struct Window {
    std::size_t begin = 0;  // bytes
    std::size_t end = 0;
    std::size_t words = 0;
  };
  struct Posting {  // this word is in that window
    std::uint32_t word;
    std::uint32_t window;
    auto operator<=>(const Posting&) const = default;
  };
  struct Read {
    std::uint64_t version = 0;
    std::size_t bytes = 0;  // how far
    std::vector<Window> windows;
    std::vector<Posting> postings;  // sorted
    std::size_t half_begin = 0;     // of the last half window, which the next window begins with
    Words half;
  };

  struct Found {
    double similarity;
    Snippet snippet;
  };

  static void read_half(const SourceFile& file, Read& read);
  static void add_window(Read& read, std::size_t begin, const Words& words);
  static std::optional<Found> best_of(const SourceFile& file, const Read& read, const Words& words,
                                      std::size_t& work);
  const Read* known(const SourceFile& file, std::size_t& budget);

  std::unordered_map<std::string, Read> files_;  // by path
  bool behind_ = false;
};

// The regions that were edited last, in all documents.
class RecentEdits {
 public:
  static constexpr std::size_t kMostEdits = 8;
  static constexpr std::size_t kRegionLines = 10;
  static constexpr std::size_t kNearLines = 100;  // an edit this near is in the prompt anyway

  // `text` is the document after the edit, `line` the first line that it touched. Edits near each other are
  // one.
  void edited(std::string_view path, const Text& text, std::size_t line);
  void forget(std::string_view path);

  // The regions outside of the cursor's surroundings, oldest first.
  std::vector<Snippet> away_from(std::string_view path, std::size_t line) const;

 private:
  struct Edit {
    std::string path;
    std::size_t line;
    std::string region;
  };
  std::deque<Edit> edits_;  // oldest first
};

}  // namespace fimd
