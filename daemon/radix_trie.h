// The index of the cache: from byte strings to points in texts. An edge carries as many bytes as its keys
// share; it is split where a new key leaves it and joined again when the fork is gone.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace fimd {

struct CachedText;  // known to the cache only

// A text, and where it goes on for the key that this point stands at.
struct TextPoint {
  CachedText* text = nullptr;
  std::size_t offset = 0;
};

// What a container has allocated, with the allocator's own share.
constexpr std::size_t kAllocationOverhead = 16;
std::size_t allocated_bytes(const std::string& text);
template <typename T>
std::size_t allocated_bytes(const std::vector<T>& values) {
  return values.capacity() == 0 ? 0 : values.capacity() * sizeof(T) + kAllocationOverhead;
}

class RadixTrie {
 public:
  // A key in the trie. Its address stays the same as long as it has a point.
  struct Node {
    std::string label;  // the edge from the parent
    Node* parent = nullptr;
    std::vector<std::unique_ptr<Node>> children;  // sorted by the first bytes of their labels, which differ
    std::vector<TextPoint> points;                // newest last
  };

  Node& add(std::string_view key, TextPoint point);
  // Takes away one point of `text`, which has one here.
  void remove(Node& node, const CachedText* text);

  // Calls `visit(point, rest)` for every point at a key that `key` starts with, where `rest` is what follows
  // in `key`: the shortest key first, at one key the oldest point.
  template <typename Visit>
  void walk(std::string_view key, Visit visit) const {
    for (const Node* node = &root_; node != nullptr; node = next(*node, key))
      for (const auto& point : node->points) visit(point, key);
  }

  std::size_t nodes() const { return nodes_; }  // without the root
  std::size_t bytes() const { return bytes_; }

 private:
  // The child that `key` goes on to, whose label is taken off `key`.
  static const Node* next(const Node& node, std::string_view& key);
  template <typename Change>
  void change(Node& node, Change change);
  Node& insert(std::string_view key);
  Node& add_leaf(Node& parent, std::string_view label);
  Node& split(std::unique_ptr<Node>& slot, std::size_t length);
  void prune(Node& node);

  Node root_;
  std::size_t nodes_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace fimd
