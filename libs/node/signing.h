#pragma once
#include <filesystem>

#include "core/result.h"
#include "merkle/signing_key.h"

namespace mash::node {

// The key that signs the checkpoints of an area's logs. Made on the very first start; later a
// missing file is refused (kFailedPrecondition, SIGNING_KEY_MISSING), since a log that were signed
// with another key from one day on could not be told from a forged one.
Result<merkle::SigningKey> signing_key(const std::filesystem::path& file, const std::string& area,
                                       bool logs_exist);

}  // namespace mash::node
