#include "lambda/model_answer.h"

#include <algorithm>
#include <limits>

namespace fimd {

ModelAnswer::ModelAnswer(int n) : n_(static_cast<std::size_t>(std::max(n, 1))) {}

std::vector<Delta> ModelAnswer::take(const ModelPiece& piece) {
  std::vector<Delta> deltas;
  const bool one = n_ == 1;
  for (const ModelText& part : piece.texts) {
    const auto index = one ? 0 : part.index;
    if (n_ <= index) continue;
    ModelText& text = texts_[index];
    text.text += part.text;
    if (!part.finish_reason.empty()) text.finish_reason = part.finish_reason;
    Delta delta{.text = part.text, .index = index, .finish_reason = one ? "" : part.finish_reason};
    if (!delta.text.empty() || !delta.finish_reason.empty()) deltas.push_back(std::move(delta));
    if (one) break;
  }
  if (!piece.model.empty()) model_ = piece.model;
  if (piece.usage) take_usage(piece);
  return deltas;
}

void ModelAnswer::take_usage(const ModelPiece& piece) {
  if (piece.texts.size() != 1) {
    usage_of_all_ = piece.usage;
    return;
  }
  const auto index = n_ == 1 ? 0 : piece.texts.front().index;
  if (index < n_) usages_[index] = *piece.usage;
}

bool ModelAnswer::over() const {
  const auto ended = [](const auto& entry) { return !entry.second.finish_reason.empty(); };
  return begun() && std::ranges::all_of(texts_, ended);
}

std::size_t ModelAnswer::bytes() const {
  std::size_t sum = 0;
  for (const auto& [index, text] : texts_) sum += text.text.size();
  return sum;
}

// The prompt is the same for all of them.
std::optional<Usage> ModelAnswer::usage() const {
  if (usage_of_all_ || usages_.empty()) return usage_of_all_;
  Usage sum;
  for (const auto& [index, usage] : usages_) {
    sum.prompt_tokens = std::max(sum.prompt_tokens, usage.prompt_tokens);
    sum.cached_tokens = std::max(sum.cached_tokens, usage.cached_tokens);
    const auto room = std::numeric_limits<int>::max() - sum.completion_tokens;
    sum.completion_tokens += std::min(usage.completion_tokens, room);
  }
  return sum;
}

Completion ModelAnswer::completion() const {
  Completion completion;
  completion.model = model_;
  completion.usage = usage();
  for (const auto& [index, text] : texts_) {
    auto& others = completion.alternatives;
    if (completion.completion.empty()) {
      completion.completion = text.text;
    } else if (!text.text.empty() && text.text != completion.completion &&
               std::ranges::find(others, text.text) == others.end()) {
      others.push_back(text.text);
    }
    if (completion.finish_reason.empty() || text.finish_reason == "length")
      completion.finish_reason = text.finish_reason;
  }
  return completion;
}

}  // namespace fimd
