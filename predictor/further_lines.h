// Goes on from a predicted line into the lines that follow it in the same document, indented as they are
// there.
#pragma once

#include <cstddef>
#include <string>

#include "predictor/candidate.h"
#include "predictor/document_index.h"
#include "predictor/query.h"

namespace fimd {

// The first line included. On the repositories that the gate was trained on, of what was longer one in ten
// was right to its end; the next lines come when these are accepted.
constexpr std::size_t kMaxLines = 4;
// So many tokens must the places have in common with the cursor, all places together.
constexpr std::size_t kFurtherTokens = 12;
// So many of the places must go on like this, through the last line.
constexpr double kFurtherShare = 0.8;

// What to add to `first`, a candidate of this document that ends a line: whole lines, each with a line break
// before it and the cursor's indentation plus what it has there beyond its first line's. They end before a
// blank line, before the document's next line, and where too few places go on alike.
std::string further_lines(const Query& query, const Candidate& first, const DocumentIndex& document);

// What to insert at the end of a line that opens a block, for below() it: whole lines as above, the first of
// which `first` says.
std::string lines_below(const Query& below, const Candidate& first, const DocumentIndex& document);

}  // namespace fimd
