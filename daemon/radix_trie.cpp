#include "daemon/radix_trie.h"

#include <algorithm>
#include <utility>

namespace fimd {
namespace {

// Where the child stands, or would stand, whose edge begins with `first`.
template <typename Children>
auto child_slot(Children& children, char first) {
  return std::lower_bound(children.begin(), children.end(), first,
                          [](const auto& child, char c) { return child->label.front() < c; });
}

std::size_t common_length(std::string_view a, std::string_view b) {
  const auto ends = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  return static_cast<std::size_t>(ends.first - a.begin());
}

std::size_t cost(const RadixTrie::Node& node) {
  return sizeof node + kAllocationOverhead + allocated_bytes(node.label) + allocated_bytes(node.children) +
         allocated_bytes(node.points);
}

void adopt(RadixTrie::Node& parent, std::unique_ptr<RadixTrie::Node> child) {
  child->parent = &parent;
  parent.children.insert(child_slot(parent.children, child->label.front()), std::move(child));
}

}  // namespace

std::size_t allocated_bytes(const std::string& text) {
  return text.capacity() <= std::string().capacity() ? 0 : text.capacity() + 1 + kAllocationOverhead;
}

RadixTrie::Node& RadixTrie::add(std::string_view key, TextPoint point) {
  Node& node = insert(key);
  change(node, [&](Node& here) { here.points.push_back(point); });
  return node;
}

void RadixTrie::remove(Node& node, const CachedText* text) {
  change(node, [&](Node& here) {
    const auto is_its_own = [&](const TextPoint& point) { return point.text == text; };
    here.points.erase(std::find_if(here.points.begin(), here.points.end(), is_its_own));
  });
  prune(node);
}

const RadixTrie::Node* RadixTrie::next(const Node& node, std::string_view& key) {
  if (key.empty()) return nullptr;
  const auto slot = child_slot(node.children, key.front());
  if (slot == node.children.end() || !key.starts_with((*slot)->label)) return nullptr;
  key.remove_prefix((*slot)->label.size());
  return slot->get();
}

template <typename Change>
void RadixTrie::change(Node& node, Change change) {
  bytes_ -= cost(node);
  change(node);
  bytes_ += cost(node);
}

RadixTrie::Node& RadixTrie::insert(std::string_view key) {
  Node* node = &root_;
  while (!key.empty()) {
    const auto slot = child_slot(node->children, key.front());
    if (slot == node->children.end() || (*slot)->label.front() != key.front()) return add_leaf(*node, key);
    const auto common = common_length((*slot)->label, key);
    node = common == (*slot)->label.size() ? slot->get() : &split(*slot, common);
    key.remove_prefix(common);
  }
  return *node;
}

RadixTrie::Node& RadixTrie::add_leaf(Node& parent, std::string_view label) {
  auto leaf = std::make_unique<Node>();
  leaf->label = label;
  auto& added = *leaf;
  bytes_ += cost(added);
  ++nodes_;
  change(parent, [&](Node& node) { adopt(node, std::move(leaf)); });
  return added;
}

// The new node goes above the old one: whoever points at the old one points at the same key as before.
RadixTrie::Node& RadixTrie::split(std::unique_ptr<Node>& slot, std::size_t length) {
  auto lower = std::move(slot);
  slot = std::make_unique<Node>();
  slot->label = lower->label.substr(0, length);
  slot->parent = lower->parent;
  bytes_ += cost(*slot);
  ++nodes_;
  change(*lower, [&](Node& node) { node.label = node.label.substr(length); });
  change(*slot, [&](Node& node) { adopt(node, std::move(lower)); });
  return *slot;
}

// A node stays only for a point or for a fork. Of two that are joined the lower one stays, with its address.
void RadixTrie::prune(Node& node) {
  if (&node == &root_ || !node.points.empty() || node.children.size() > 1) return;
  Node& parent = *node.parent;
  const auto slot = child_slot(parent.children, node.label.front());
  const auto removed = std::move(*slot);
  bytes_ -= cost(*removed);
  --nodes_;
  if (removed->children.empty()) {
    change(parent, [&](Node& above) {
      above.children.erase(slot);
      if (above.children.empty()) above.children.shrink_to_fit();
    });
    return prune(parent);
  }
  *slot = std::move(removed->children.front());
  (*slot)->parent = &parent;
  change(**slot, [&](Node& lower) { lower.label = removed->label + lower.label; });
}

}  // namespace fimd
