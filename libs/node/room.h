#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/result.h"
#include "host/config.h"

namespace mash::node {

// Waits until there is room to open what these services keep: their logs, and the vault's keys
// (log/disk_room.h). Nothing is touched before. So whoever starts the program anew when it has
// ended need not count how often. Refused, when that has lasted for so long: DISK_FULL.
// `free_bytes`: for tests; else the file system is asked.
Result<void> await_room(const host::Config& config, const std::vector<std::string>& services,
                        std::chrono::milliseconds patience,
                        const std::function<uint64_t()>& free_bytes = {});

}  // namespace mash::node
