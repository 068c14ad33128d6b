#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "core/result.h"
#include "log/store.h"
#include "log/writer.h"

namespace mash::log {

// Removes the sealed parts and blobs under a key from the store and from its files: the deletions
// go through the writer, then what the files still hold of them is rewritten. The records stay, and
// every proof with them. What was sealed just before the key went and is written meanwhile is
// removed too. `size` tells the log's size. Returns how many sealed parts there were.
Result<uint64_t> erase_sealed(Store& store, Writer& writer, const std::string& key_id,
                              const std::function<uint64_t()>& size);

}  // namespace mash::log
