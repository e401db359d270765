#include "daemon/cache.h"

#include <algorithm>
#include <list>
#include <random>
#include <string>
#include <tuple>

#include "daemon/line_hash.h"
#include "tests/support/catch.h"

namespace fimd {
namespace {

using namespace std::chrono_literals;
using Ending = Cache::Ending;
using Origin = Cache::Origin;

CachePlace place_after(std::string_view prefix, std::uint64_t document) {
  CachePlace place{document, 0, prefix};
  for (auto end = place.line.find('\n'); end != std::string_view::npos; end = place.line.find('\n')) {
    place.above = chain(place.above, place.line.substr(0, end));
    place.line.remove_prefix(end + 1);
  }
  return place;
}

// A cache and a clock. Documents are written with a ^ at the cursor.
struct Desk {
  explicit Desk(Cache::Limits limits = {}) : cache(limits) {}

  Cache cache;
  Cache::Time now = Cache::Time() + 1h;
  std::uint64_t document = 1;

  CachePlace place(std::string_view text) const {
    return place_after(text.substr(0, text.find('^')), document);
  }
  static std::string_view suffix(std::string_view text) { return text.substr(text.find('^') + 1); }

  Cache::TextId start(std::string_view text, Origin origin = Origin::request) {
    return cache.put(place(text), suffix(text), origin, now);
  }
  Cache::TextId answer(std::string_view text, std::string_view completion, Ending ending = Ending::whole) {
    const auto id = start(text);
    cache.append(id, completion);
    cache.finish(id, ending, now);
    return id;
  }
  Cache::Found find(std::string_view text, std::size_t wanted = 1) const {
    return cache.find(place(text), suffix(text), now, wanted);
  }
  // What would be shown; "-" for a miss, "silent" where nobody is to be asked.
  std::string shown(std::string_view text) {
    const auto found = find(text);
    if (found.silent) return "silent";
    if (found.hits.empty()) return "-";
    cache.served(found.hits.front().id);
    return std::string(found.hits.front().text);
  }
  void dismiss(std::string_view text) { cache.dismiss(place(text), suffix(text), now); }
};

TEST_CASE("typing through, away, and back") {
  Desk desk;
  desk.answer("int x;\nret^\n}\n", "urn x;");
  CHECK(desk.shown("int x;\nret^\n}\n") == "urn x;");
  CHECK(desk.shown("int x;\nretu^\n}\n") == "rn x;");
  CHECK(desk.shown("int x;\nretur^\n}\n") == "n x;");
  CHECK(desk.shown("int x;\nretux^\n}\n") == "-");
  CHECK(desk.shown("int x;\nretu^\n}\n") == "rn x;");
  CHECK(desk.shown("int x;\nret^\n}\n") == "urn x;");
  CHECK(desk.shown("int x;\nre^\n}\n") == "-");
  CHECK(desk.shown("int y;\nret^\n}\n") == "-");
  CHECK(desk.shown("int x;\nreturn x;^\n}\n") == "-");
}

TEST_CASE("words and lines of a long answer are accepted without a call") {
  Desk desk;
  desk.answer("def f(a):\n    ^\n\nmain()\n", "if a:\n        return 1\n    return 2");
  CHECK(desk.shown("def f(a):\n    if ^\n\nmain()\n") == "a:\n        return 1\n    return 2");
  CHECK(desk.shown("def f(a):\n    if a:^\n\nmain()\n") == "\n        return 1\n    return 2");
  CHECK(desk.shown("def f(a):\n    if a:\n^\n\nmain()\n") == "        return 1\n    return 2");
  CHECK(desk.shown("def f(a):\n    if a:\n        ^\n\nmain()\n") == "return 1\n    return 2");
  CHECK(desk.shown("def f(a):\n    if a:\n        return 1\n    re^\n\nmain()\n") == "turn 2");
  CHECK(desk.shown("def f(a):\n    if b:\n        ^\n\nmain()\n") == "-");
}

TEST_CASE("line ends and blanks at the end of a line do not matter") {
  Desk desk;
  desk.answer("a\n^", "b();  \r\nc();\n\nd();");
  CHECK(desk.shown("a\r\nb();\r\nc();\r\n   \r\n^") == "d();");
  CHECK(desk.shown("a\nb();\nc^") == "();\n\nd();");
}

TEST_CASE("auto-closed brackets do not miss, other text below does") {
  Desk desk;
  desk.answer("f^\nint b;\n", "oo(a, b);");
  CHECK(desk.shown("foo(^)\nint b;\n") == "a, b);");
  CHECK(desk.shown("foo(^\n\nint b;\n") == "a, b);");
  CHECK(desk.shown("foo(^\nreturn;\n") == "-");
  CHECK(desk.shown("foo(^ + 1;\nint b;\n") == "-");
}

TEST_CASE("the longest key answers first, but what is on the screen stays") {
  Desk desk;
  desk.answer("c^", "all(first)");
  desk.answer("cal^", "l(second)");
  CHECK(desk.shown("cal^") == "l(second)");
  CHECK(desk.shown("ca^") == "ll(first)");
  CHECK(desk.shown("cal^") == "l(first)");
  desk.answer("call(^", "third)");
  CHECK(desk.shown("call(^") == "first)");
  CHECK(desk.shown("call(s^") == "econd)");
}

TEST_CASE("several candidates differ from each other") {
  Desk desk;
  desk.answer("x = ^", "1");
  desk.answer("x = ^", "12");
  desk.answer("x = ^", "f(y)");
  desk.answer("x = ^", "f(y)");
  desk.answer("x =^", " None");
  desk.answer("x^", " = 3");
  const auto hits = desk.find("x = ^", 3).hits;
  REQUIRE(hits.size() == 3);
  CHECK(hits[0].text == "f(y)");
  CHECK(hits[1].text == "12");
  CHECK(hits[2].text == "1");  // it is all that this one says
  CHECK(desk.find("x = ^", 9).hits.size() == 5);
  desk.answer("x = ^", "f(y", Ending::cut);
  CHECK(desk.find("x = ^", 9).hits.size() == 5);
}

TEST_CASE("a running answer is served by whole lines, a cut one as it is") {
  Desk desk;
  const auto id = desk.start("a^", Origin::speculation);
  desk.cache.append(id, "\n  b");
  CHECK(desk.shown("a^") == "-");
  desk.cache.append(id, "c\nd");
  desk.now += 2s;
  CHECK(desk.shown("a^") == "\n  bc\nd");
  CHECK(desk.shown("a\n  bc\n^") == "-");
  const auto hit = desk.find("a^").hits.front();
  CHECK(hit.ending == Ending::running);
  CHECK(hit.origin == Origin::speculation);
  CHECK(hit.age == 2s);
  desk.cache.finish(id, Ending::cut, desk.now);
  CHECK(desk.shown("a\n  bc\n^") == "d");
  CHECK(desk.find("a^").hits.front().ending == Ending::cut);
}

TEST_CASE("an empty answer keeps quiet for a while, a broken one leaves nothing") {
  Desk desk;
  desk.answer("a^", "");
  desk.answer("b^", "", Ending::cut);
  CHECK(desk.shown("a^") == "silent");
  CHECK(desk.shown("ab^") == "-");
  CHECK(desk.shown("b^") == "-");
  desk.now += 20s;
  CHECK(desk.shown("a^") == "-");
  desk.answer("^", "cd");
  desk.answer("c^", "");
  CHECK(desk.shown("c^") == "d");
}

TEST_CASE("a dismissed place stays quiet until the text around it changes") {
  Desk desk;
  desk.answer("fo^\nint b;\n", "o(a);");
  desk.dismiss("fo^\nint b;\n");
  CHECK(desk.shown("fo^\nint b;\n") == "silent");
  CHECK(desk.find("fo^\nint b;\n").hits.size() == 1);
  CHECK(desk.shown("foo^\nint b;\n") == "(a);");
  CHECK(desk.shown("fo^\nint b;\n") == "silent");
  desk.answer("fo^\nint b;\n", "r (;;)");
  CHECK(desk.shown("fo^\nint b;\n") == "silent");
  desk.answer("fo^\nint c;\n", "o(c);");
  CHECK(desk.shown("fo^\nint c;\n") == "o(c);");
  desk.now += 5min;
  CHECK(desk.shown("fo^\nint b;\n") == "-");
}

TEST_CASE("answers grow old five minutes after they are whole") {
  Desk desk;
  const auto id = desk.start("a^");
  desk.cache.append(id, "b");
  desk.now += 4min;
  desk.cache.finish(id, Ending::whole, desk.now);
  desk.now += 299s;
  CHECK(desk.shown("a^") == "b");
  desk.now += 1s;
  CHECK(desk.shown("a^") == "-");
}

TEST_CASE("documents with the same text are apart, and can be forgotten") {
  Desk desk;
  const auto id = desk.start("a\nb^");
  desk.cache.append(id, "c\nd");
  desk.document = 2;
  CHECK(desk.shown("a\nbc\n^") == "-");
  desk.answer("a\nb^", "other");
  CHECK(desk.shown("a\nb^") == "other");
  desk.cache.forget(2);
  desk.document = 1;
  desk.cache.append(id, "e\nf");
  desk.cache.finish(id, Ending::whole, desk.now);
  CHECK(desk.shown("a\nb^") == "c\nde\nf");
  CHECK(desk.shown("a\nbc\nde\n^") == "f");
  desk.cache.forget(1);
  CHECK(desk.shown("a\nb^") == "-");
  CHECK(desk.cache.size().texts == 0);
  CHECK(desk.cache.size().nodes == 0);
  CHECK(desk.cache.size().bytes == 0);
  desk.cache.append(id, "after the document was closed\n");
  desk.cache.finish(id, Ending::whole, desk.now);
  desk.cache.served(id);
  CHECK(desk.cache.size().bytes == 0);
}

TEST_CASE("the answer that was not served for the longest time goes first") {
  Desk desk({.texts = 3});
  for (const auto* at : {"a^", "b^", "c^"}) desk.answer(at, "1");
  CHECK(desk.shown("a^") == "1");
  desk.answer("d^", "1");
  CHECK(desk.shown("b^") == "-");
  desk.answer("e^", "1");
  CHECK(desk.shown("c^") == "-");
  CHECK(desk.shown("a^") == "1");
  CHECK(desk.cache.size().texts == 3);
}

TEST_CASE("bytes are bounded whatever arrives") {
  Desk desk({.bytes = 64 * 1024});
  for (int i = 0; i < 2000; ++i) {
    const auto name = "line" + std::to_string(i);
    const auto id = desk.start(name + "\n^\nend\n");
    for (int line = 0; line < i % 30; ++line) {
      desk.cache.append(id, name + "\n");
      REQUIRE(desk.cache.size().bytes <= 64 * 1024);
    }
  }
  CHECK(desk.cache.size().bytes > 32 * 1024);
}

TEST_CASE("a model that never stops is cut off at a character") {
  Desk desk;
  const auto id = desk.start("a^");
  for (int i = 0; i < 10'000; ++i) desk.cache.append(id, "éé\n");
  desk.cache.append(id, std::string(10'000'000, 'x'));
  desk.cache.finish(id, Ending::whole, desk.now);
  const auto hit = desk.find("a^").hits.front();
  CHECK(hit.ending == Ending::cut);
  CHECK(hit.text.size() <= Cache::kMaxTextBytes);
  CHECK(hit.text.size() > Cache::kMaxTextBytes - 5);
  CHECK((hit.text.ends_with("é") || hit.text.ends_with("\n")));
  CHECK(desk.cache.size().nodes <= 2 * Cache::kMaxLines);
}

TEST_CASE("a line of megabytes is not kept") {
  Desk desk;
  const auto line = std::string(10'000'000, 'x') + "^";
  desk.answer(line, "y");
  desk.dismiss(line);
  CHECK(desk.shown(line) == "-");
  CHECK(desk.cache.size().bytes == 0);
}

// What the cache promises, told by whole documents and a list.
struct NaiveCache {
  struct Kept {
    Cache::TextId id;
    std::uint64_t document;
    std::string prefix, suffix, text;
    Ending ending;
    bool dismissal;
    Cache::Time expires;
  };
  std::list<Kept> all;  // the one served last first
  Cache::TextId last_served = 0;

  // The length of the line that the text is reached from: the key itself, or the start of a later line.
  static std::size_t key_length(const Kept& kept, const std::string& prefix) {
    const auto line = prefix.rfind('\n') + 1;
    return std::max(line, kept.prefix.size()) - line;
  }
  Cache::Found find(std::uint64_t document, const std::string& prefix, const std::string& suffix,
                    Cache::Time now) {
    std::vector<const Kept*> fitting;
    Cache::Found found;
    bool nothing = false;
    for (const auto& kept : all) {
      if (kept.document != document || kept.suffix != suffix || kept.expires <= now) continue;
      const bool here = kept.prefix == prefix;
      if (kept.dismissal) found.silent |= here;
      if (!kept.dismissal && kept.text.empty()) nothing |= here;
      const auto whole = kept.prefix + kept.text;
      if (prefix.starts_with(kept.prefix) && whole.starts_with(prefix) && whole != prefix)
        fitting.push_back(&kept);
    }
    std::sort(fitting.begin(), fitting.end(), [&](const Kept* a, const Kept* b) {
      const auto rank = [&](const Kept* k) {
        return std::tuple(k->id == last_served, key_length(*k, prefix), k->id);
      };
      return rank(a) > rank(b);
    });
    for (const auto* kept : fitting) {
      const auto rest = std::string_view(kept->text).substr(prefix.size() - kept->prefix.size());
      const bool known = std::any_of(found.hits.begin(), found.hits.end(), [&](const Cache::Hit& hit) {
        const bool same = hit.text == rest;
        return (hit.text.starts_with(rest) && (same || kept->ending != Ending::whole)) ||
               (rest.starts_with(hit.text) && (same || hit.ending != Ending::whole));
      });
      if (!known) found.hits.push_back({.id = kept->id, .text = rest, .ending = kept->ending});
    }
    found.silent |= nothing && found.hits.empty();
    return found;
  }
};

TEST_CASE("the cache answers as a list of whole documents would") {
  std::mt19937 random(11);
  const auto below = [&](std::size_t count) { return random() % count; };
  const auto any_text = [&](std::size_t longest) {
    std::string text;
    for (auto length = below(longest + 1); length > 0; --length) text += "aab\n"[below(4)];
    return text;
  };
  constexpr std::size_t kTexts = 24;
  Desk desk({.texts = kTexts});
  NaiveCache naive;
  int hits = 0;
  for (int step = 0; step < 30'000; ++step) {
    const auto document = 1 + below(3);
    const std::string suffix = below(4) == 0 ? "\nother\n" : "\nnext\n";
    auto prefix = any_text(4);
    if (!naive.all.empty() && below(2) == 0) {
      const auto& kept = *std::next(naive.all.begin(), static_cast<long>(below(naive.all.size())));
      prefix = kept.prefix + kept.text.substr(0, below(kept.text.size() + 1)) + any_text(1);
    }
    const auto place = place_after(prefix, document);
    desk.now += std::chrono::seconds(below(8));
    const auto action = below(100);
    if (action < 20) {
      const auto text = any_text(8);
      const auto id = desk.cache.put(place, suffix, Origin::request, desk.now);
      for (const char c : text) desk.cache.append(id, std::string_view(&c, 1));
      desk.cache.finish(id, Ending::whole, desk.now);
      while (!naive.all.empty() && naive.all.back().expires <= desk.now) naive.all.pop_back();
      naive.all.push_front(
          {id, document, prefix, suffix, text, Ending::whole, false, desk.now + (text.empty() ? 20s : 300s)});
    } else if (action < 22) {
      desk.cache.dismiss(place, suffix, desk.now);
      while (!naive.all.empty() && naive.all.back().expires <= desk.now) naive.all.pop_back();
      naive.all.push_front({0, document, prefix, suffix, "", Ending::whole, true, desk.now + 300s});
    } else if (action == 22) {
      desk.cache.forget(document);
      naive.all.remove_if([&](const auto& kept) { return kept.document == document; });
    }
    while (naive.all.size() > kTexts) naive.all.pop_back();

    const auto found = desk.cache.find(place, suffix, desk.now, 100);
    const auto expected = naive.find(document, prefix, suffix, desk.now);
    REQUIRE(found.silent == expected.silent);
    REQUIRE(found.hits.size() == expected.hits.size());
    for (std::size_t i = 0; i < found.hits.size(); ++i) REQUIRE(found.hits[i].text == expected.hits[i].text);
    REQUIRE(desk.cache.size().texts == naive.all.size());
    if (found.hits.empty()) continue;
    ++hits;
    const auto id = found.hits[below(found.hits.size())].id;
    desk.cache.served(id);
    naive.last_served = id;
    const auto kept =
        std::find_if(naive.all.begin(), naive.all.end(), [&](const auto& k) { return k.id == id; });
    naive.all.splice(naive.all.begin(), naive.all, kept);
  }
  CHECK(hits > 5000);
  for (std::uint64_t document = 1; document <= 3; ++document) desk.cache.forget(document);
  CHECK(desk.cache.size().bytes == 0);
}

}  // namespace
}  // namespace fimd
