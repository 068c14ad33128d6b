// A disk that will not sync, is full, or cannot be read: the log stops rather than answer what it
// does not know, and after it is opened again nothing acknowledged is lost.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <optional>

#include "fault/fault_disk.h"
#include "fault/ledger.h"
#include "fault/requests.h"
#include "log/store.h"
#include "vault/testing/temp_vault.h"

namespace mash::fault {
namespace {

class FailingDisk : public ::testing::Test {
 protected:
  FailingDisk() { open(); }

  void open() {
    auto options = workshop_.options();
    options.env = &disk_;
    options.block_cache_bytes = 0;  // what is read comes from the disk
    options.on_fatal = [this](const std::string& diagnosis) {
      diagnosis_ = diagnosis;
      ++stops_;
    };
    log_.reset();
    auto opened = log::EventLog::open(std::move(options));
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    log_ = std::move(*opened);
  }

  Result<log::Appended> send(uint64_t number) {
    return send_and_wait(*log_, workshop_.place().case_id, number);
  }
  void send_acknowledged(uint64_t begin, uint64_t end) {
    for (uint64_t number = begin; number < end; ++number)
      ledger_.acknowledged(number, receipt_of(send(number).value()));
  }

  // The log stopped at the failure: nobody is acknowledged any more, and all agree on why. Healed
  // and opened again, it has what was acknowledged, and the requests that failed have one effect.
  void expect_stopped(uint64_t begin, uint64_t end) {
    for (uint64_t number = begin; number < end; ++number) {
      const auto refused = send(number);
      ASSERT_FALSE(refused.has_value());
      EXPECT_EQ(refused.error().code, Code::kUnavailable);
      EXPECT_EQ(refused.error().reason, "LOG_STOPPING");
    }
    EXPECT_EQ(stops_, 1);
    EXPECT_FALSE(diagnosis_.empty());
    disk_.heal();
    EXPECT_FALSE(send(end).has_value()) << "a log that stopped went on";
    open();
    ledger_.check(*log_);
    ledger_.settle(*log_, workshop_.place().case_id, begin, end + 1);
    ledger_.check(*log_);
  }

  vault::testing::TempFolder folder_;
  FaultDisk disk_{1};
  const Workshop workshop_{make_place(folder_.path())};
  Ledger ledger_;
  std::atomic<int> stops_{0};
  std::string diagnosis_;
  std::unique_ptr<log::EventLog> log_;
};

TEST_F(FailingDisk, StopsWhenTheWriteAheadLogCannotBeSynced) {
  send_acknowledged(0, 5);
  disk_.fail(FaultDisk::Failure::kSync, ".log");
  expect_stopped(5, 8);
}

TEST_F(FailingDisk, StopsWhenTheHeadFileCannotBeSynced) {
  send_acknowledged(0, 5);
  disk_.fail(FaultDisk::Failure::kSync, "/head");
  expect_stopped(5, 8);
}

TEST_F(FailingDisk, StopsWhenThereIsNoSpaceForTheWriteAheadLog) {
  send_acknowledged(0, 5);
  disk_.fail(FaultDisk::Failure::kFull, ".log");
  expect_stopped(5, 8);
}

TEST_F(FailingDisk, StopsWhenThereIsNoSpaceForTheHeadFile) {
  send_acknowledged(0, 5);
  disk_.fail(FaultDisk::Failure::kFull, "/head");
  expect_stopped(5, 8);
}

TEST_F(FailingDisk, StopsWhenThereIsNoSpaceForTables) {
  send_acknowledged(0, 5);
  disk_.fail(FaultDisk::Failure::kFull, ".sst");
  EXPECT_FALSE(log_->store().flush().has_value());
  expect_stopped(5, 8);
}

TEST_F(FailingDisk, ARequestIsNotAnsweredFromWhatTheHeadFileDoesNotHold) {
  send_acknowledged(0, 1);
  disk_.fail(FaultDisk::Failure::kSync, "/head");
  EXPECT_FALSE(send(1).has_value());
  // Its records are in the store, and the same request finds them there: but nobody may be told.
  EXPECT_EQ(log_->store().head()->value().size, 4u);
  EXPECT_EQ(log_->size(), 2u);
  EXPECT_EQ(send(1).error().reason, "LOG_STOPPING");
}

TEST_F(FailingDisk, OpeningIsRefusedWhenTheHeadFileCannotBeWritten) {
  send_acknowledged(0, 2);
  disk_.fail(FaultDisk::Failure::kSync, "/head");
  EXPECT_FALSE(send(2).has_value());  // the store is ahead of the head file now
  log_.reset();
  auto options = workshop_.options();
  options.env = &disk_;
  EXPECT_EQ(log::EventLog::open(std::move(options)).error().reason, "HEAD_FILE_FAILED");
  disk_.heal();
  open();
  ledger_.check(*log_);
  ledger_.settle(*log_, workshop_.place().case_id, 0, 3);
}

TEST_F(FailingDisk, WhatCannotBeReadIsRefusedNeverTakenForEmpty) {
  send_acknowledged(0, 100);
  ASSERT_TRUE(log_->store().flush().has_value());
  open();  // with nothing in memory
  disk_.fail(FaultDisk::Failure::kRead, ".sst");
  int refused = 0;
  const auto expect_refused = [&](const auto& result, const char* what) {
    EXPECT_FALSE(result.has_value()) << what;
    if (result) return;
    ++refused;
  };
  expect_refused(log_->read(3), "a record");
  expect_refused(log_->read_stream("notebook/a7"), "a stream");
  expect_refused(log_->stream_version("notebook/a7"), "a version");
  expect_refused(log_->scan({}, [](log::Record&&) { return true; }), "a scan");
  expect_refused(
      log_->scan({.case_id = workshop_.place().case_id}, [](log::Record&&) { return true; }),
      "a case");
  expect_refused(log_->list({.view = "notebooks"}), "a view");
  expect_refused(send(7), "a request that was answered before");
  EXPECT_EQ(refused, 7);
  disk_.heal();
  open();
  ledger_.check(*log_);
  ledger_.settle(*log_, workshop_.place().case_id, 0, 102);
}

}  // namespace
}  // namespace mash::fault
