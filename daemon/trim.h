// From what a model wrote to what may be inserted at the cursor, or nothing. A pure function of the text and
// what stands around it; no parser, no failure, time linear in at most kTrimWindow bytes on each side. The
// eight steps and their order are in trim_steps.h.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace fimd {

// How far trim looks before and after the cursor, and the longest text it accepts.
constexpr std::size_t kTrimWindow = 32 * 1024;

// What a press of the Tab key inserts. Width 0: not known; then the document before the cursor decides.
struct Indentation {
  bool tabs = false;
  int width = 0;
};

struct TrimContext {
  std::string_view prefix;    // the document before the cursor, or a window of it that starts at a line start
  std::string_view suffix;    // the document from the cursor on
  std::string_view language;  // LSP languageId
  Indentation indentation;
  // How many bytes at the end of `prefix` were typed, or accepted, out of the text that `generated` goes on
  // with. The decisions that were made before them (one line or more, which block) stand, so that a
  // suggestion that is typed through never changes.
  std::size_t typed = 0;
};

enum class Lines { single, multi };

// Whether one line or a block is wanted at the cursor: before the model is asked, this sets the budget and
// the stop.
Lines lines_wanted(std::string_view prefix, std::string_view suffix, std::string_view language);

// `generated` without what no document should hold: leaked tokens, fences, NULs, broken UTF-8, CR, foreign
// indentation, a repeated prefix. The form in which the cache stores text; cleaning twice changes nothing.
// `whole`: the text has ended. Otherwise what its next lines could still change is left out: the whole lines
// of the result are the first lines of the whole text's.
std::string clean(std::string_view generated, const TrimContext& context, bool whole = true);

struct Trimmed {
  std::string text;  // "\n" line ends, valid UTF-8, no trailing blanks, at least two bytes
  std::size_t replaces =
      0;  // bytes after the cursor, on its line, that the text contains: the range must cover them
  bool operator==(const Trimmed&) const = default;
};

// All of `generated` that may be inserted; nothing when none of it helps. With `typed` set, `generated` is
// the rest.
std::optional<Trimmed> trim(std::string_view generated, const TrimContext& context);

// Its first block: up to the first blank line that is not inside a deeper block, or all of it. What to show
// first; the rest waits in the cache.
Trimmed first_block(Trimmed trimmed, std::string_view prefix);

// What a text that is still arriving is good for. Only whole lines are looked at, and only what no longer
// text can take back is answered.
struct Progress {
  std::optional<Trimmed> ready;  // the first line, or the first block, is whole: show it
  bool finished = false;         // all that can still come would be trimmed away: cut the transfer
};
Progress progress(std::string_view so_far, const TrimContext& context);

}  // namespace fimd
