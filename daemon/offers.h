// The suggestions that editors are believed to show, and what becomes of them. Pure: the clock is a
// parameter.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "daemon/cursor_state.h"
#include "daemon/spot.h"
#include "daemon/stats.h"
#include "daemon/trigger.h"

namespace fimd {

struct Suggestion {
  std::string id;            // never used again
  std::string text;          // to insert at the cursor; never empty
  std::size_t replaces = 0;  // bytes after the cursor, on its line, that `text` contains
  std::string source;        // "model", "cache" or "local"
};

// 84 % of the suggestions that people accept were visible for longer than this.
constexpr std::chrono::milliseconds kTimeToRead{300};

// The share that people accept: 18 % in a recorded session of 92 minutes, rounded up.
constexpr double kUsualAcceptance = 0.2;

// Keeps the last suggestion of each document. An editor may say what became of it; where it does not, the
// text of the next request tells: it stands before the cursor, or the user went another way. Either way it
// counts once in the stats, and tells the trigger.
class Offers {
 public:
  using Time = std::chrono::steady_clock::time_point;

  Offers(Stats& stats, Trigger& trigger) : stats_(stats), trigger_(trigger) {}

  // The first one shows; an editor may turn to those beside it, by whose ids it is known then. The documents
  // that had none for the longest time are forgotten: those of fim/complete are never closed.
  void offer(const CursorState& state, const std::vector<Suggestion>& suggestions, Time now);
  // A request at this place: what became of the document's last suggestion?
  void follow(const CursorState& state, Time now);
  // The document has changed, which may be without a request: how much more of the suggestion is typed?
  void edited(std::uint64_t document, const Text& text);
  void forget(std::uint64_t document) { offers_.erase(document); }

  struct Open {
    std::string_view rest;  // what is not typed of it yet; valid until the next call of anything but this
    std::string_view source;
    std::size_t typed = 0;  // bytes before the cursor that were typed of it, as TrimContext wants them
  };
  // The document's last suggestion if it still agrees with the text, some of it is left, and nobody turned it
  // down.
  std::optional<Open> open_at(const CursorState& state) const;

  void shown(std::string_view id);
  // What shows was accepted. The editor may know it by an earlier id than the last one, which it has not
  // drawn yet: the document's offer is settled by it.
  void accepted(std::string_view id);
  void partly_accepted(std::string_view id);
  // Where it was turned down: where the text now agrees with it up to, which may be a few keys further on
  // than the suggestion that the editor still shows. Nothing when the id is not of the offer that stands
  // there.
  std::optional<CursorState> dismissed(std::string_view id, Time now);

  // Of the last suggestions that could be read, the share that was accepted; at first what is usual.
  double acceptance() const { return acceptance_; }

 private:
  struct Offer {
    Suggestion suggestion;
    CursorState state;  // of the last request that agreed with it
    Spot spot;          // where it was made
    Time since;
    std::size_t begun;  // bytes before the spot that were typed of what the suggestion is the rest of
    std::string typed;  // of it, since that request
    bool dismissed = false;
    std::deque<std::string> ids;  // of the suggestions that led here, or stand beside those

    bool is_known_as(std::string_view id) const;
  };
  void count_accepted(std::string_view id);
  bool first_time(std::string_view what, std::string_view id);
  void judge(double accepted);

  Stats& stats_;
  Trigger& trigger_;
  std::unordered_map<std::uint64_t, Offer> offers_;  // by document
  std::uint64_t last_document_ = 0;                  // of the last offer
  std::unordered_set<std::string> counted_;
  double acceptance_ = kUsualAcceptance;
};

}  // namespace fimd
