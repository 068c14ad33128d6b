#include "log/store_error.h"

#include <string>

namespace mash::log {

Error store_error(const rocksdb::Status& status, std::string_view doing) {
  std::string message = std::string(doing) + ": " + status.ToString();
  if (status.IsCorruption())
    return {.code = Code::kDataLoss, .reason = "STORE_CORRUPT", .message = std::move(message)};
  if (status.IsNotFound())
    return {.code = Code::kDataLoss, .reason = "STORE_INCOMPLETE", .message = std::move(message)};
  if (status.IsIOError() && status.subcode() == rocksdb::Status::kNoSpace)
    return {.code = Code::kUnavailable, .reason = "DISK_FULL", .message = std::move(message)};
  return {.code = Code::kUnavailable, .reason = "STORE_FAILED", .message = std::move(message)};
}

}  // namespace mash::log
