#include "daemon/offers.h"

#include "tests/support/catch.h"

using namespace fimd;
using namespace std::chrono_literals;

namespace {

// One document and its user.
struct Desk {
  Stats stats;
  Trigger trigger;
  Offers offers{stats, trigger};
  Offers::Time now = Offers::Time() + 1h;

  static CursorState at(std::string_view text) {
    CursorState state;
    state.document = 1;
    state.text = std::make_shared<Text>(std::string(text));
    state.cursor = text.size();
    return state;
  }
  void offer(std::string_view text, std::string id, std::string rest) {
    Suggestion suggestion;
    suggestion.id = std::move(id);
    suggestion.text = std::move(rest);
    offers.offer(at(text), suggestion, now);
  }
  void follow(std::string_view text) {
    now += 1s;
    offers.follow(at(text), now);
  }
};

}  // namespace

TEST_CASE("offers: an acceptance that the editor reports counts once") {
  Desk desk;
  desk.offer("return w", "1.1", "idth * height");
  desk.offers.accepted("1.1");
  desk.offers.accepted("1.1");
  desk.follow("return width * height");
  CHECK(desk.stats.accepted == 1);
  CHECK(desk.stats.rejected == 0);
}

TEST_CASE("offers: an acceptance by the id before the last one counts once") {
  Desk desk;
  desk.offer("return w", "1.1", "idth * height");
  desk.offers.partly_accepted("1.1");
  desk.follow("return width");
  desk.offer("return width", "1.2", " * height");  // on its way when the editor accepts
  desk.offers.accepted("1.1");
  desk.follow("return width * height");
  CHECK(desk.stats.accepted == 1);
  CHECK(desk.stats.partly_accepted == 1);
}

TEST_CASE("offers: what the editor does not report, the text tells") {
  Desk desk;
  desk.offer("return w", "1.1", "idth * height");
  desk.follow("return width * height");
  CHECK(desk.stats.accepted == 1);
  desk.offer("return ", "2.1", "width");
  desk.follow("return x");
  CHECK(desk.stats.rejected == 1);
}
