#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "cli/bundle.h"
#include "merkle/note.h"
#include "merkle/proof.h"
#include "merkle/tile.h"
#include "merkle/tree.h"

namespace mash::cli::testing {

inline constexpr const char* kSampleCase = "01925f3a-7c1e-7b43-9d52-0242ac120002";
inline constexpr const char* kOtherCase = "01925f3a-7c1e-7b43-9d52-0242ac120003";

// How a sample log departs from a good one.
struct SampleOptions {
  std::string area = "E10000013";  // that its records name
  uint32_t record_epoch = 1;
};

// A signed log in memory: records at even positions are of the sample case, at odd ones of another.
class SampleLog {
 public:
  explicit SampleLog(uint64_t size, const SampleOptions& options = {});

  const std::string& record(uint64_t position) const { return records_.at(position); }
  const merkle::SigningKey& key() const { return key_; }
  std::string checkpoint(uint64_t size) const;
  std::vector<merkle::Hash> inclusion(uint64_t position, uint64_t size) const;
  std::vector<merkle::Hash> consistency(uint64_t from, uint64_t to) const;
  uint64_t size() const { return tree_.size(); }

  Bundle::Entry entry(uint64_t position) const;
  Bundle bundle() const;  // of the sample case, against the newest checkpoint

 private:
  merkle::TreeReader reader() const;

  merkle::SigningKey key_;
  std::vector<std::string> records_;
  std::map<merkle::TileId, std::string> tiles_;
  merkle::Tree tree_;
};

}  // namespace mash::cli::testing
