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

// Nobody sees an answer between two keys of a run: it takes as long as three of them. So the first key after
// a pause asks at once, and within a run a short wait drops the questions that an accident of the fingers
// makes pointless. Fetches are joined, so that waiting for 75 ms saves no calls: it only makes the answer
// late.
constexpr std::chrono::milliseconds kPause{250};  // runs of keys have gaps of 208-403 ms at p90
constexpr std::chrono::milliseconds kWaitInRun{25};

// After three suggestions rejected in a row each wait grows by this for the third and every further one, and
// shrinks back over ten minutes.
constexpr int kRejectionsInARow = 3;
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

  // The document was edited. Edits within kOneKey are one key (an editor adds the closing bracket on its
  // own).
  static constexpr std::chrono::milliseconds kOneKey{10};
  void edited(Time now);
  // The last key came after a pause.
  bool after_pause() const { return after_pause_; }
  // What became of a suggestion that was on the screen.
  void accepted();
  void rejected(Time now);

  // For a request that arrives now. An invoked one (the user asked) is never silent and never waits.
  Decision decide(const CursorLine& line, bool invoked, Time now) const;

 private:
  std::chrono::milliseconds wait_in_run(Time now) const;

  std::optional<Time> last_edit_;
  bool after_pause_ = true;  // the last key was the first one after a pause
  int rejections_ = 0;       // in a row
  Time last_rejection_;
};

}  // namespace fimd
