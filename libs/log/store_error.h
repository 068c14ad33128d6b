#pragma once
#include <rocksdb/status.h>

#include <string_view>

#include "core/result.h"

namespace mash::log {

// What RocksDB said, as an error: damage is DATA_LOSS, reason STORE_CORRUPT; a full disk or a
// failing one UNAVAILABLE.
Error store_error(const rocksdb::Status& status, std::string_view doing);

}  // namespace mash::log
