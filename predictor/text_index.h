// A text that grows at its end, indexed by its tokens: every earlier place where the same tokens stood is
// found by walking a chain of places from the newest to the oldest, as a compressor's match finder does.
// Appending costs a constant per token, so it may be done between two keys. Used for texts of up to a few
// megabytes: what was typed in this session, and the current file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "predictor/query.h"
#include "predictor/tokens.h"

namespace fimd {

// A place in an index where the text goes on after the same tokens that stand before the cursor.
struct Match {
  std::uint32_t position = 0;  // of the token that follows (or, with a partial token, that begins with it)
  std::uint32_t length = 0;    // how many tokens before it are the same, 1 to kMaxContextTokens
};

class TextIndex {
 public:
  TextIndex();

  // Adds whole lines and a text end behind them. Indentation, trailing blanks and blank lines leave no token.
  void append(std::string_view text);

  // The newest matches, newest first. Gives up after kMaxMatches, and after looking at eight times as many
  // places.
  std::vector<Match> matches(const Query& query) const;

  const std::vector<TokenId>& ids() const { return ids_; }
  // The bytes from the token at `first` up to the token at `last`, of one line: no line end between them.
  std::string_view text(std::uint32_t first, std::uint32_t last) const;

  std::size_t bytes() const { return text_.size(); }
  std::size_t resident_bytes() const;

 private:
  void append_line(std::string_view line);
  void add(TokenId id, std::size_t start);
  std::uint32_t common_context(const Query& query, std::uint32_t position) const;

  std::string text_;
  std::vector<TokenId> ids_;
  std::vector<std::uint32_t>
      starts_;  // of each token in text_; of a line end: where the line's last token ends
  std::vector<std::uint32_t> previous_;  // the place before it in its chain; itself at the end of the chain
  std::vector<std::uint32_t> newest_;    // by hash: the head of the chain
};

constexpr std::size_t kMaxMatches = 256;

}  // namespace fimd
