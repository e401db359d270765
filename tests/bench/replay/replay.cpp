#include "tests/bench/replay/replay.h"

#include <algorithm>

namespace fimd::bench {
namespace {

bool agrees(std::string_view suggestion, std::string_view truth) {
  return !truth.empty() && (truth.starts_with(suggestion) || suggestion.starts_with(truth));
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\n") == std::string_view::npos;
}

// The step that turns `from` into `to`.
Step difference(std::string_view from, std::string_view to) {
  const auto shorter = std::min(from.size(), to.size());
  const auto front = static_cast<std::size_t>(
      std::mismatch(from.begin(), from.begin() + shorter, to.begin()).first - from.begin());
  std::size_t back = 0;
  while (back < shorter - front && from[from.size() - 1 - back] == to[to.size() - 1 - back]) ++back;
  Step step;
  step.patches.push_back(
      {front, from.size() - back - front, std::string(to.substr(front, to.size() - back - front))});
  return step;
}

class Player {
 public:
  Player(const Recording& recording, Policy& policy, Typing typing)
      : recording_(recording), policy_(policy), typing_(typing), text_(recording.start) {
    score_.policy = policy.name();
  }

  Score play() {
    while (at_ < recording_.steps.size()) {
      const auto& step = recording_.steps[at_];
      now_ += step.gap;
      step.apply_to(text_);
      if (step.is_key) {
        key(step, false);
      } else {
        policy_.edit(step);
        screen_.clear();
      }
      ++at_;
    }
    const auto& calls = policy_.calls();
    score_.calls = static_cast<int>(calls.size());
    score_.calls_never_shown = static_cast<int>(
        std::count_if(calls.begin(), calls.end(), [](const Call& call) { return !call.shown; }));
    score_.prompt_reuse = policy_.prompt_reuse();
    score_.processor_seconds = policy_.processor_seconds();
    return score_;
  }

 private:
  // The key that leads to step `at_` by way of `change`; then what the person accepts of what they see.
  void key(const Step& change, bool accepts) {
    const auto& step = recording_.steps[at_];
    const double until = now_ + (at_ + 1 < recording_.steps.size() ? recording_.steps[at_ + 1].gap : 10);
    auto shown = policy_.ask(change, {at_, text_, step.cursor, now_, until}, accepts);
    if (shown && is_blank(shown->text)) shown.reset();  // nobody sees blanks
    ++score_.keys;
    judge(shown, step, accepts);
    watch(shown, change);
    if (!typing_.accepts || !shown || shown->text.size() < kAcceptedBytes) return;
    if (const auto target = step_after_accepting(shown->text)) accept(*target, shown->at);
  }

  void judge(const std::optional<Shown>& shown, const Step& step, bool accepts) {
    if (!shown) return;
    const bool in_time = shown->at - now_ <= kPrompt, instant = shown->at - now_ <= kInstant;
    const bool right = agrees(shown->text, step.truth);
    ++score_.answers;
    score_.any_prompt += in_time;
    score_.right_prompt += in_time && right;
    score_.right += right;
    score_.instant += instant;
    score_.answers_after_accept += accepts;
    score_.instant_after_accept += accepts && instant;
  }

  // What was on the screen before this key must go on there if the key agreed with it.
  void watch(const std::optional<Shown>& shown, const Step& change) {
    const auto& patch = change.patches.front();
    const bool fits =
        patch.deleted == 0 && screen_.size() > patch.inserted.size() && screen_.starts_with(patch.inserted);
    if (fits) {
      const auto rest = std::string_view(screen_).substr(patch.inserted.size());
      score_.flickers += shown && !shown->text.starts_with(rest);
      score_.vanished += !shown;
    }
    screen_ = shown ? shown->text : "";
  }

  // The step whose document is this one with `suggestion` accepted, if the recording comes by there.
  std::optional<std::size_t> step_after_accepting(const std::string& suggestion) {
    const auto& here = recording_.steps[at_];
    if (!here.truth.starts_with(suggestion)) return std::nullopt;
    const auto wanted = text_.substr(0, here.cursor) + suggestion;
    after_ = text_;
    for (auto i = at_ + 1; i < recording_.steps.size() && recording_.steps[i].is_key; ++i) {
      recording_.steps[i].apply_to(after_);
      if (recording_.steps[i].cursor == wanted.size() && after_.starts_with(wanted)) return i;
    }
    return std::nullopt;
  }

  void accept(std::size_t target, double shown_at) {
    const auto change = difference(text_, after_);
    ++score_.accepted;
    score_.keys_saved += static_cast<int>(target - at_) - 1;
    text_ = after_;
    at_ = target;
    now_ = shown_at + kLook;
    screen_.clear();
    key(change, true);
  }

  const Recording& recording_;
  Policy& policy_;
  Typing typing_;
  std::string text_, after_;
  std::string screen_;
  std::size_t at_ = 0;
  double now_ = 0;
  Score score_;
};

}  // namespace

Score& Score::operator+=(const Score& more) {
  // A share of several runs is that of all their calls.
  if (more.prompt_reuse)
    prompt_reuse = (prompt_reuse.value_or(0) * calls + *more.prompt_reuse * more.calls) /
                   std::max(calls + more.calls, 1);
  if (more.processor_seconds) processor_seconds = processor_seconds.value_or(0) + *more.processor_seconds;
  policy = more.policy;
  for (const auto count :
       {&Score::keys, &Score::calls, &Score::calls_never_shown, &Score::any_prompt, &Score::right_prompt,
        &Score::right, &Score::answers, &Score::instant, &Score::flickers, &Score::vanished, &Score::accepted,
        &Score::keys_saved, &Score::answers_after_accept, &Score::instant_after_accept})
    this->*count += more.*count;
  return *this;
}

Score replay(const Recording& recording, Policy& policy, Typing typing) {
  return Player(recording, policy, typing).play();
}

}  // namespace fimd::bench
