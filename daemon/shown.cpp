#include "daemon/shown.h"

namespace fimd {

Fate fate_of(const Shown& shown, const Text& text, Offset cursor, Shown::Time now) {
  const auto typed = typed_since(shown.spot, text, cursor);
  if (typed && typed->starts_with(shown.text)) return Fate::accepted;
  if (typed && agree(*typed, shown.text)) return Fate::open;
  return now - shown.since < kTimeToRead ? Fate::unseen : Fate::rejected;
}

}  // namespace fimd
