// Whether the model is to be asked for the cursor's place at once, in a moment, or not at all. Pure: the
// clock is a parameter. What the cache can serve is served without coming here; excluded documents are the
// caller's business.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace fimd {

// Why the model is not asked.
enum class Silence {
  none,
  mid_word,           // inside a word
  text_after_cursor,  // more than closers, quotes and one of `: { ; ,` on the rest of the line
  line_complete,      // right after `)`, `]`, `}` or `;` at the end of a complete line
};
std::string_view name_of(Silence silence);  // for the log and the status

// The cursor's line, without its line end.
struct CursorLine {
  std::string_view before;
  std::string_view after;
  std::string_view language;  // LSP languageId
};

// The first reason for silence that the line gives. A line is complete when no bracket or string is open in
// it and it is not the head of a block or of a definition, whose body is the very thing to suggest.
Silence silence_at(const CursorLine& line);

// A key asks at once, the first after a pause as any in a run: fetches are joined, so that a wait saves no
// calls but makes each answer late, and one that is longer than the gap to the next key asks never. Measured
// with `scripts/bench replay`: 25 ms that grew to 190 ms took 5 of 35 keys with the right text.
constexpr std::chrono::milliseconds kPause{250};  // runs of keys have gaps of 208-403 ms at p90

// Who deletes goes on deleting, or types something else: what was there is in the cache, and nothing else is
// worth a call until the hand rests. Saves an eighth of the calls in a text that is much rewritten.
constexpr std::chrono::milliseconds kDeleting = kPause;

// After three suggestions rejected in a row a key in a run waits: for the third and every further one longer,
// and ever less over ten minutes. 76 ms at the most: people's keys are 92-135 ms apart at p50.
constexpr int kRejectionsInARow = 3;
constexpr std::chrono::milliseconds kRejectedWait{10};
constexpr double kRejectedGrowth = 1.5;
constexpr int kMaxGrowths = 5;
constexpr std::chrono::minutes kRejectionsForgotten{10};

// The rhythm of one user's keys.
class Trigger {
 public:
  using Time = std::chrono::steady_clock::time_point;

  struct Decision {
    Silence silence = Silence::none;
    std::chrono::milliseconds wait{0};  // 0: ask now; meaningless in silence
  };

  // The document was edited; `deletion`: nothing was inserted. Edits within kOneKey are one key (an editor
  // adds the closing bracket on its own).
  static constexpr std::chrono::milliseconds kOneKey{10};
  void edited(Time now, bool deletion = false);
  // The last key came after a pause.
  bool after_pause() const { return after_pause_; }
  // What became of a suggestion that was on the screen.
  void accepted();
  void rejected(Time now);

  // Whether text after the cursor is a reason for silence; at first it is.
  void set_mid_line(bool asks) { mid_line_ = asks; }
  Silence silence_for(const CursorLine& line) const;

  // For a request that arrives now. An invoked one (the user asked) is never silent and never waits.
  Decision decide(const CursorLine& line, bool invoked, Time now) const;

 private:
  std::chrono::milliseconds wait_in_run(Time now) const;

  bool mid_line_ = false;
  std::optional<Time> last_edit_;
  bool after_pause_ = true;  // the last key was the first one after a pause
  bool deleted_ = false;     // the last edit only deleted
  int rejections_ = 0;       // in a row
  Time last_rejection_;
};

}  // namespace fimd
