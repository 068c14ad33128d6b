#pragma once
#include <functional>

namespace mash::host {

// Long work in short steps: calls `step` again and again, each time anew on one of gRPC's threads,
// until it says that it is done, so that other calls have their turn in between. The first call
// is made before this returns.
void run_in_steps(std::function<bool()> step);

}  // namespace mash::host
