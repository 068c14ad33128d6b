#pragma once
#include <cstdint>
#include <vector>

#include "core/result.h"
#include "merkle/hash.h"

namespace mash::feed {

// What one must keep of a tree to go on hashing at its end: the roots of its complete subtrees, at
// most 64 of them (RFC 6962). A plain value.
class TreeFrontier {
 public:
  TreeFrontier() = default;
  // Kept before. Refused: kDataLoss, CURSOR_MALFORMED, where the number of roots does not fit.
  static Result<TreeFrontier> of(uint64_t size, std::vector<merkle::Hash> subtrees);

  void append(const merkle::Hash& leaf);

  uint64_t size() const { return size_; }
  merkle::Hash root() const;
  const std::vector<merkle::Hash>& subtrees() const { return subtrees_; }  // largest first

  friend bool operator==(const TreeFrontier&, const TreeFrontier&) = default;

 private:
  uint64_t size_ = 0;
  std::vector<merkle::Hash> subtrees_;
};

}  // namespace mash::feed
