// What is asked of an index: the tokens before the cursor and the part of a token that is already typed.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "predictor/tokens.h"

namespace fimd {

constexpr std::size_t kMaxContextTokens = 32;

struct Query {
  // The last complete tokens before the cursor, nearest first, at most kMaxContextTokens; kTextEnd stands
  // before the first line of the document.
  std::vector<std::string_view> context;
  std::vector<TokenId> context_ids;  // token_hash of each
  // The start of the next token: blanks, a word that may go on, or empty when the next token has not begun.
  std::string_view partial;
  std::string_view line;  // the current line up to the cursor, without its indentation
  std::string_view indent;
};

// Views into `prefix`, the document's text before the cursor. Reads only the last few lines of it.
Query make_query(std::string_view prefix);

}  // namespace fimd
