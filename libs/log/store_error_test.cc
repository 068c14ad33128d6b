#include "log/store_error.h"

#include <gtest/gtest.h>

namespace mash::log {
namespace {

using rocksdb::Status;

TEST(StoreError, TellsDamageFromADiskThatIsFullOrFails) {
  EXPECT_EQ(store_error(Status::Corruption("checksum"), "Reading").code, Code::kDataLoss);
  EXPECT_EQ(store_error(Status::Corruption("checksum"), "Reading").reason, "STORE_CORRUPT");
  EXPECT_EQ(store_error(Status::NotFound(), "Reading").reason, "STORE_INCOMPLETE");
  EXPECT_EQ(store_error(Status::NoSpace("full"), "Writing").code, Code::kUnavailable);
  EXPECT_EQ(store_error(Status::NoSpace("full"), "Writing").reason, "DISK_FULL");
  EXPECT_EQ(store_error(Status::IOError("read"), "Reading").code, Code::kUnavailable);
  EXPECT_EQ(store_error(Status::IOError("read"), "Reading").reason, "STORE_FAILED");
}

TEST(StoreError, SaysWhatWasBeingDone) {
  EXPECT_EQ(
      store_error(Status::IOError("read"), "Reading record 7").message.find("Reading record 7"),
      0u);
}

}  // namespace
}  // namespace mash::log
