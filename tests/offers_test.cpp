#include "daemon/offers.h"

#include <algorithm>
#include <memory>

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
    offers.offer(at(text), {suggestion}, now);
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

TEST_CASE("offers: a dismissal by any id that led to the last one holds where the cursor is") {
  struct Case {
    std::string_view dismissed;
    std::string_view asked;  // a request on its way whose answer was not offered yet
    std::string_view place;  // dismissed there; empty: nowhere
  };
  for (const auto& [dismissed, asked, place] : std::vector<Case>{
           {"1.2", "", "return wi"},
           {"1.1", "", "return wi"},
           {"1.2", "return wid", "return wid"},
           {"1.1", "return wid", "return wid"},
           {"1.1", "return w", ""},  // deleted back: what shows then is offered anew
           {"1.1", "return wx", ""},
           {"1.1", "return width * height", ""},
           {"9.9", "", ""},
       }) {
    Desk desk;
    desk.offer("return w", "1.1", "idth * height");
    desk.follow("return wi");
    desk.offer("return wi", "1.2", "dth * height");
    if (!asked.empty()) desk.follow(asked);
    const auto state = desk.offers.dismissed(dismissed, desk.now);
    INFO(dismissed << " " << asked);
    CHECK((state ? state->prefix() : "") == place);
    CHECK(desk.stats.dismissed == !place.empty());
    CHECK_FALSE(desk.offers.dismissed(dismissed, desk.now));
    desk.follow("return x");
    CHECK(desk.stats.dismissed + desk.stats.rejected + desk.stats.accepted == 1);
  }
}

TEST_CASE("offers: a dismissal holds where the text is, without a request there") {
  const auto dismissed_after = [](std::string_view text) {
    Desk desk;
    desk.offer("return w", "1.1", "idth * height");
    desk.follow("return wi");
    desk.offers.edited(1, Text(std::string(text)));
    const auto state = desk.offers.dismissed("1.1", desk.now);
    return state ? std::string(state->prefix()) : "";
  };
  CHECK(dismissed_after("return wid") == "return wid");
  CHECK(dismissed_after("return width *") == "return width *");
  CHECK(dismissed_after("return widx") == "return wid");
  CHECK(dismissed_after("return wi") == "return wi");
  CHECK(dismissed_after("return w") == "return wi");
  CHECK(dismissed_after("return x") == "return wi");
  CHECK(dismissed_after("return xyzd") == "return wi");
}

TEST_CASE("offers: what was dismissed is on no screen, also when it is typed on") {
  Desk desk;
  desk.offer("return w", "1.1", "idth * height");
  CHECK(desk.offers.open_at(Desk::at("return wi")));
  desk.offers.dismissed("1.1", desk.now);
  CHECK_FALSE(desk.offers.open_at(Desk::at("return wi")));
  desk.offer("return wi", "1.2", "dth * height");
  CHECK(desk.offers.open_at(Desk::at("return wi")));
}

TEST_CASE("offers: a dismissal by an id of a suggestion that the user typed away from holds nowhere") {
  Desk desk;
  desk.offer("return w", "1.1", "idth * height");
  desk.follow("return x");
  desk.offer("return x", "2.1", " + y");
  CHECK_FALSE(desk.offers.dismissed("1.1", desk.now));
  CHECK(desk.offers.dismissed("2.1", desk.now));
}

TEST_CASE("offers: the acceptance rate starts at what is usual and follows what becomes of the offers") {
  Desk desk;
  CHECK(desk.offers.acceptance() == kUsualAcceptance);
  desk.offer("return w", "1.1", "idth");
  desk.offers.accepted("1.1");
  const auto one_accepted = desk.offers.acceptance();
  CHECK(one_accepted > 0.25);
  CHECK(one_accepted < 0.3);
  for (int i = 2; i < 30; ++i) {
    desk.offer("return w", std::to_string(i), "idth");
    desk.follow("return x");
  }
  CHECK(desk.offers.acceptance() < 0.05);
}

TEST_CASE("offers: who turns to another suggestion may dismiss or accept that") {
  const std::vector<Suggestion> both = {{"1.1", "idth", 0, "cache"}, {"2.2", "eight", 0, "cache"}};
  Desk desk;
  desk.offers.offer(Desk::at("return w"), both, desk.now);
  const auto where = desk.offers.dismissed("2.2", desk.now);
  REQUIRE(where);
  CHECK(where->prefix() == "return w");
  CHECK(desk.stats.dismissed == 1);
  desk.offers.offer(Desk::at("return w"), both, desk.now);
  desk.offers.accepted("2.2");
  CHECK_FALSE(desk.offers.open_at(Desk::at("return w")));
}

TEST_CASE("offers: an acceptance settles its own document's") {
  Desk desk;
  desk.offer("return w", "1.1", "idth");
  auto other = Desk::at("return h");
  other.document = 2;
  desk.offers.offer(other, {{"2.1", "eight", 0, "model"}}, desk.now);
  desk.offers.accepted("1.1");
  CHECK_FALSE(desk.offers.open_at(Desk::at("return w")));
  CHECK(desk.offers.open_at(other));
}

TEST_CASE("offers: the texts of documents that nobody closes are not kept for ever") {
  Desk desk;
  std::vector<std::weak_ptr<const Text>> texts;
  for (std::uint64_t document = 0; document < 1'000; ++document) {
    auto state = Desk::at("return w");
    state.document = document;
    texts.push_back(state.text);
    desk.offers.offer(state, {{std::to_string(document), "idth", 0, "model"}}, desk.now += 1s);
  }
  CHECK(texts.front().expired());
  CHECK(std::ranges::count_if(texts, [](const auto& text) { return !text.expired(); }) <= 100);
  CHECK_FALSE(texts.back().expired());
}
