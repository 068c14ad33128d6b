#pragma once
#include <cstdint>

#include "merkle/hash.h"

namespace mash::log {

// What a log is at one moment: so many records, with this root.
struct Head {
  uint64_t epoch = 0;
  uint64_t size = 0;
  merkle::Hash root{};

  friend bool operator==(const Head&, const Head&) = default;
};

}  // namespace mash::log
