// The power goes at any write, sync, creation or renaming of a file, in opening and in writing;
// what was never synced is lost, in part or torn. Everything acknowledged must be there, and the
// log must open by itself.
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <memory>

#include "fault/chance.h"
#include "fault/fault_disk.h"
#include "fault/ledger.h"
#include "fault/requests.h"
#include "vault/testing/temp_vault.h"

namespace mash::fault {
namespace {

constexpr uint64_t kRequestsOfACycle = 24;
constexpr uint64_t kCyclesOfALog = 15;

class PowerCut : public ::testing::Test {
 protected:
  log::LogOptions options() {
    auto options = workshop_.options();
    options.env = &disk_;
    options.on_fatal = [this](const std::string&) { stopped_ = true; };
    return options;
  }

  // Opens and writes until the power goes or all is written.
  void write_until_dark() {
    stopped_ = false;
    const auto log = log::EventLog::open(options());
    if (!log) {
      ASSERT_TRUE(disk_.power_is_cut()) << log.error().reason << ": " << log.error().message;
      return;
    }
    std::latch all(kRequestsOfACycle);
    for (uint64_t number = next_; number < next_ + kRequestsOfACycle; ++number)
      send(**log, workshop_.place().case_id, number, [&, number](Result<log::Appended> result) {
        if (result) {
          ledger_->acknowledged(number, receipt_of(*result));
          ++acknowledged_;
        }
        all.count_down();
      });
    all.wait();
    if (stopped_) ++stops_;
  }

  void cycle() {
    // A cycle makes about so many changes: the cut falls anywhere in it, or after its end.
    disk_.cut_power_after(1 + chance_.below(120));
    write_until_dark();
    disk_.lose_unsynced();
    const auto log = log::EventLog::open(options());
    ASSERT_TRUE(log.has_value()) << log.error().reason << ": " << log.error().message;
    ledger_->check(**log);
    ledger_->settle(**log, workshop_.place().case_id, next_, next_ + kRequestsOfACycle);
    next_ += kRequestsOfACycle;
  }

  void run() {
    const uint64_t cycles = from_environment("MASH_FAULT_CYCLES", 200);
    for (uint64_t i = 0; i < cycles && !HasFailure(); ++i) {
      SCOPED_TRACE("cycle " + std::to_string(i));
      if (i % kCyclesOfALog == 0) {
        std::filesystem::remove_all(workshop_.place().log);
        ledger_ = std::make_unique<Ledger>();
        next_ = 0;
      }
      cycle();
    }
    EXPECT_GT(acknowledged_, cycles) << "hardly anything was written";
    EXPECT_GT(stops_, 0u) << "the power hardly ever went in the middle";
  }

  vault::testing::TempFolder folder_;
  Chance chance_;
  FaultDisk disk_{chance_.seed()};
  const Workshop workshop_{make_place(folder_.path())};
  std::unique_ptr<Ledger> ledger_;
  uint64_t next_ = 0;
  std::atomic<bool> stopped_{false};
  std::atomic<uint64_t> acknowledged_{0};
  uint64_t stops_ = 0;
};

TEST_F(PowerCut, LosesNothingAcknowledged) { run(); }

}  // namespace
}  // namespace mash::fault
