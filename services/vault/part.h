#pragma once
#include "node/part.h"

namespace mash::vault {

// VaultService with the log of what became of keys, for whichever program runs it: the hub, or
// mash-vault.
node::Part part();

}  // namespace mash::vault
