#pragma once
#include <vector>

#include "node/part.h"

namespace mash::hub {

// All services in one process: the embedded default. Each follows the others' logs where they lie.
std::vector<node::Part> parts();

}  // namespace mash::hub
