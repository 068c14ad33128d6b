#include "feed/tree_frontier.h"

#include <bit>
#include <utility>

namespace mash::feed {

Result<TreeFrontier> TreeFrontier::of(uint64_t size, std::vector<merkle::Hash> subtrees) {
  if (static_cast<std::size_t>(std::popcount(size)) != subtrees.size())
    return refuse(Code::kDataLoss, "CURSOR_MALFORMED",
                  "What was kept of a followed log's tree does not fit its size.");
  TreeFrontier frontier;
  frontier.size_ = size;
  frontier.subtrees_ = std::move(subtrees);
  return frontier;
}

void TreeFrontier::append(const merkle::Hash& leaf) {
  subtrees_.push_back(leaf);
  // Each trailing one of the size is a subtree as large as the one that is now complete beside it.
  for (uint64_t rest = size_++; (rest & 1U) != 0; rest >>= 1U) {
    const merkle::Hash right = subtrees_.back();
    subtrees_.pop_back();
    subtrees_.back() = merkle::node_hash(subtrees_.back(), right);
  }
}

merkle::Hash TreeFrontier::root() const {
  if (subtrees_.empty()) return merkle::empty_root();
  merkle::Hash root = subtrees_.back();
  for (auto left = subtrees_.rbegin() + 1; left != subtrees_.rend(); ++left)
    root = merkle::node_hash(*left, root);
  return root;
}

}  // namespace mash::feed
