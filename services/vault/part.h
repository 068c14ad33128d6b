#pragma once
#include "node/part.h"
#include "vault/leases.h"

namespace mash::vault {

// VaultService with the log of what became of keys, for whichever program runs it: the hub, or
// mash-vault. `times` and `now` (by which leases are counted) are other ones in tests.
node::Part part(LeaseTimes times = {}, Leases::Now now = std::chrono::steady_clock::now);

}  // namespace mash::vault
