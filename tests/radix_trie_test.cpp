#include "daemon/radix_trie.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <utility>

#include "tests/support/catch.h"

namespace fimd {
namespace {

using Keys = std::multimap<std::string, std::size_t>;  // key -> offset of its point, which names it
using Seen = std::vector<std::pair<std::size_t, std::string>>;

Seen walked(const RadixTrie& trie, std::string_view key) {
  Seen seen;
  trie.walk(key,
            [&](const TextPoint& point, std::string_view rest) { seen.emplace_back(point.offset, rest); });
  return seen;
}

Seen expected(const Keys& keys, const std::string& key) {
  Seen seen;
  for (std::size_t length = 0; length <= key.size(); ++length) {
    const auto [first, last] = keys.equal_range(key.substr(0, length));
    for (auto at = first; at != last; ++at) seen.emplace_back(at->second, key.substr(length));
  }
  return seen;
}

// A radix trie has one node for each key and one for each fork: a string after which two keys go on
// differently.
std::size_t expected_nodes(const Keys& keys) {
  std::map<std::string, std::set<char>> continuations;
  std::set<std::string> nodes;
  for (const auto& [key, offset] : keys) {
    nodes.insert(key);
    for (std::size_t length = 0; length < key.size(); ++length)
      continuations[key.substr(0, length)].insert(key[length]);
  }
  for (const auto& [prefix, next] : continuations)
    if (next.size() > 1) nodes.insert(prefix);
  nodes.erase("");  // the root is always there
  return nodes.size();
}

TEST_CASE("an edge is split where keys part and joined when one goes") {
  RadixTrie trie;
  auto& cart = trie.add("cart", {nullptr, 1});
  auto& card = trie.add("card", {nullptr, 2});
  CHECK(trie.nodes() == 3);
  CHECK(cart.label == "t");
  trie.remove(card, nullptr);
  CHECK(trie.nodes() == 1);
  CHECK(cart.label == "cart");
  CHECK(walked(trie, "carton") == Seen{{1, "on"}});
  trie.remove(cart, nullptr);
  CHECK(trie.nodes() == 0);
  CHECK(trie.bytes() == 0);
}

TEST_CASE("bytes of any value are keys") {
  RadixTrie trie;
  trie.add(std::string("\0\xff", 2), {nullptr, 1});
  trie.add(std::string("\0\x7f", 2), {nullptr, 2});
  CHECK(walked(trie, std::string("\0\xff\0", 3)) == Seen{{1, std::string("\0", 1)}});
}

TEST_CASE("any order of additions and removals is a radix trie of what is left") {
  std::mt19937 random(7);
  const auto below = [&](std::size_t count) { return random() % count; };
  const auto any_key = [&] {
    std::string key;
    while (below(6) != 0) key += static_cast<char>('a' + below(2));
    return key;
  };
  RadixTrie trie;
  Keys keys;
  std::vector<std::pair<RadixTrie::Node*, Keys::iterator>> nodes;
  for (std::size_t step = 0; step < 20'000; ++step) {
    if (nodes.size() < 2 || below(nodes.size() < 40 ? 2 : 3) == 0) {
      const auto key = any_key();
      nodes.emplace_back(&trie.add(key, {nullptr, step}), keys.emplace(key, step));
    } else {
      // Points of one text at one key are taken away from the oldest on.
      const auto key = nodes[below(nodes.size())].second->first;
      const auto oldest = std::find_if(nodes.begin(), nodes.end(),
                                       [&](const auto& node) { return node.second->first == key; });
      trie.remove(*oldest->first, nullptr);
      keys.erase(oldest->second);
      nodes.erase(oldest);
    }
    const auto query = any_key();
    REQUIRE(walked(trie, query) == expected(keys, query));
    if (step % 16 == 0) REQUIRE(trie.nodes() == expected_nodes(keys));
  }
  while (!nodes.empty()) {
    trie.remove(*nodes.front().first, nullptr);
    nodes.erase(nodes.begin());
  }
  CHECK(trie.nodes() == 0);
}

}  // namespace
}  // namespace fimd
