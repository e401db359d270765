#include "daemon/offers.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace fimd {
namespace {

// Ids are never used again, so an old set may go.
constexpr std::size_t kRememberedIds = 10'000;
// An editor is behind by a key or two.
constexpr std::size_t kIdsOfOffer = 16;
// Each holds its document's text.
constexpr std::size_t kDocuments = 64;
// About the last ten verdicts count.
constexpr double kVerdictWeight = 0.1;
constexpr std::size_t kShortestAccept = 4;

}  // namespace

bool Offers::Offer::is_known_as(std::string_view id) const {
  return std::ranges::find(ids, id) != ids.end();
}

void Offers::offer(const CursorState& state, const std::vector<Suggestion>& suggestions, Time now) {
  const auto& suggestion = suggestions.front();
  ++stats_.offered;
  last_document_ = state.document;
  const auto open = open_at(state);
  const auto begun = open && suggestion.text.starts_with(open->rest) ? open->typed : 0;
  auto& offer = offers_[state.document];
  auto ids = std::move(offer.ids);
  for (const auto& each : suggestions) ids.push_back(each.id);
  while (kIdsOfOffer < ids.size()) ids.pop_front();
  offer = {suggestion, state, spot_at(*state.text, state.cursor), now, begun, {}, false, std::move(ids)};
  const auto since = [](const auto& entry) { return entry.second.since; };
  if (kDocuments < offers_.size()) offers_.erase(std::ranges::min_element(offers_, {}, since));
}

void Offers::edited(std::uint64_t document, const Text& text) {
  const auto entry = offers_.find(document);
  if (entry == offers_.end()) return;
  auto& offer = entry->second;
  offer.typed.clear();
  const auto& asked = offer.state;
  const auto known = typed_since(offer.spot, *asked.text, asked.cursor);
  if (!known || text.size() <= asked.text->size() || typed_since(offer.spot, text, asked.cursor) != known)
    return;
  const auto rest = std::string_view(offer.suggestion.text).substr(known->size());
  const auto added = text.view().substr(asked.cursor, text.size() - asked.text->size());
  offer.typed = std::string(rest.begin(), std::ranges::mismatch(rest, added).in1);
}

void Offers::follow(const CursorState& state, Time now) {
  const auto entry = offers_.find(state.document);
  if (entry == offers_.end()) return;
  auto& offer = entry->second;
  const auto typed = typed_since(offer.spot, *state.text, state.cursor);
  if (typed && typed->size() < offer.suggestion.text.size() && agree(*typed, offer.suggestion.text)) {
    offer.state = state;
    offer.typed.clear();
    return;
  }
  if (typed && typed->starts_with(offer.suggestion.text)) {
    // Each key offers what is left: the last few characters were typed.
    if (kShortestAccept <= offer.suggestion.text.size()) count_accepted(offer.suggestion.id);
  } else if (kTimeToRead <= now - offer.since && first_time("rejected", offer.suggestion.id)) {
    ++stats_.rejected;
    judge(0);
    trigger_.rejected(now);
  }
  offers_.erase(entry);
}

std::optional<Offers::Open> Offers::open_at(const CursorState& state) const {
  const auto entry = offers_.find(state.document);
  if (entry == offers_.end() || entry->second.dismissed) return std::nullopt;
  const auto& suggestion = entry->second.suggestion;
  const auto& spot = entry->second.spot;
  const auto typed = typed_since(spot, *state.text, state.cursor);
  if (!typed || !suggestion.text.starts_with(*typed) || typed->size() == suggestion.text.size())
    return std::nullopt;
  const auto begin = state.text->line_start(spot.line) + spot.before.size();
  return Open{std::string_view(suggestion.text).substr(typed->size()), suggestion.source,
              entry->second.begun + state.cursor - begin};
}

bool Offers::first_time(std::string_view what, std::string_view id) {
  if (kRememberedIds < counted_.size()) counted_.clear();
  return counted_.insert(fmt::format("{} {}", what, id)).second;
}

void Offers::judge(double accepted) {
  acceptance_ += kVerdictWeight * (accepted - acceptance_);
}

void Offers::shown(std::string_view id) {
  stats_.shown += first_time("shown", id);
}

void Offers::accepted(std::string_view id) {
  count_accepted(id);
  const auto is_of = [&](const auto& entry) { return entry.second.is_known_as(id); };
  const auto offer = std::ranges::find_if(offers_, is_of);
  offers_.erase(offer != offers_.end() ? offer->first : last_document_);
}

void Offers::count_accepted(std::string_view id) {
  if (!first_time("accepted", id)) return;
  ++stats_.accepted;
  judge(1);
  trigger_.accepted();
}

void Offers::partly_accepted(std::string_view id) {
  stats_.partly_accepted += first_time("partly", id);
}

std::optional<CursorState> Offers::dismissed(std::string_view id, Time now) {
  for (auto& [document, offer] : offers_) {
    if (!offer.is_known_as(id)) continue;
    if (!first_time("rejected", offer.suggestion.id)) continue;
    ++stats_.dismissed;
    offer.dismissed = true;
    judge(0);
    trigger_.rejected(now);
    return offer.typed.empty() ? offer.state : offer.state.after(offer.typed, 0);
  }
  return std::nullopt;
}

}  // namespace fimd
