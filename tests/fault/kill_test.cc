// A process that writes is killed, at named points of the commit path and at any moment; what it
// acknowledged must be there when the log is opened again. (This proves nothing about syncs: the
// page cache outlives a process. power_cut_test.cc does that.)
#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <sstream>
#include <string>
#include <vector>

#include "fault/chance.h"
#include "fault/ledger.h"
#include "fault/requests.h"
#include "vault/testing/temp_vault.h"

extern char** environ;

namespace mash::fault {
namespace {

constexpr uint64_t kRequestsOfACycle = 24;
constexpr uint64_t kCyclesOfALog = 20;  // then a new one: so creation is cut short too

struct Finished {
  std::string output;
  int status = 0;
};

// Runs a program to its end, with its standard output.
Finished run(std::vector<std::string> args) {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe(ends.data()), 0);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  ::posix_spawn_file_actions_addclose(&actions, ends[0]);
  ::posix_spawn_file_actions_addclose(&actions, ends[1]);
  std::vector<char*> argv;
  for (auto& arg : args) argv.push_back(arg.data());
  argv.push_back(nullptr);
  pid_t child = 0;
  EXPECT_EQ(::posix_spawn(&child, argv[0], &actions, nullptr, argv.data(), environ), 0);
  ::posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  Finished result;
  std::array<char, 4096> buffer{};
  for (ssize_t got = 0; (got = ::read(ends[0], buffer.data(), buffer.size())) > 0;)
    result.output.append(buffer.data(), static_cast<size_t>(got));
  ::close(ends[0]);
  EXPECT_EQ(::waitpid(child, &result.status, 0), child);
  return result;
}

class Kill : public ::testing::Test {
 protected:
  // One writer from start to death, and the log after it.
  void cycle(const std::vector<std::string>& death) {
    std::vector<std::string> args{MASH_FAULT_WRITER,
                                  writer_.log,
                                  writer_.vault,
                                  writer_.kek,
                                  writer_.case_id,
                                  std::to_string(next_),
                                  std::to_string(kRequestsOfACycle)};
    args.insert(args.end(), death.begin(), death.end());
    const auto began = std::chrono::steady_clock::now();
    const Finished died = run(args);
    lived_ = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::steady_clock::now() - began);
    ASSERT_TRUE(WIFSIGNALED(died.status) && WTERMSIG(died.status) == SIGKILL)
        << "it ended by itself, with " << died.status;
    std::istringstream lines(died.output);
    uint64_t number = 0;
    for (Receipt receipt; lines >> number >> receipt.position;) {
      receipt.event_ids.resize(2);
      lines >> receipt.event_ids[0] >> receipt.event_ids[1];
      ledger_->acknowledged(number, receipt);
    }
    acknowledged_ += ledger_->receipts() - receipts_before_;

    const auto log = log::EventLog::open(workshop_.options());
    ASSERT_TRUE(log.has_value()) << log.error().reason << ": " << log.error().message;
    ledger_->check(**log);
    ledger_->settle(**log, writer_.case_id, next_, next_ + kRequestsOfACycle);
    receipts_before_ = ledger_->receipts();
    next_ += kRequestsOfACycle;
  }

  void begin_a_new_log() {
    std::filesystem::remove_all(writer_.log);
    ledger_ = std::make_unique<Ledger>();
    receipts_before_ = 0;
    next_ = 0;
  }

  vault::testing::TempFolder folder_;
  const Workshop workshop_{make_place(folder_.path())};
  const Place writer_ = copy_for_another_process(workshop_.place(), folder_.path() / "writer");
  std::unique_ptr<Ledger> ledger_ = std::make_unique<Ledger>();
  Chance chance_;
  uint64_t next_ = 0;
  size_t receipts_before_ = 0;
  size_t acknowledged_ = 0;            // by writers before they died
  std::chrono::microseconds lived_{};  // the last of them
};

TEST_F(Kill, AtNamedPointsOfTheCommitPathLosesNothingAcknowledged) {
  const std::array<std::string, 3> points{"before-write", "after-write", "after-head"};
  const uint64_t cycles = from_environment("MASH_FAULT_CYCLES", 200) / 2;
  for (uint64_t i = 0; i < cycles && !HasFailure(); ++i) {
    if (i % kCyclesOfALog == 0) begin_a_new_log();
    const auto& point = points[i % points.size()];
    const auto passing = 1 + chance_.below(5);
    SCOPED_TRACE("cycle " + std::to_string(i) + ", " + point + " " + std::to_string(passing));
    cycle({"point", point, std::to_string(passing)});
  }
  EXPECT_GT(acknowledged_, cycles / 2) << "the writers died before they did anything";
}

TEST_F(Kill, AtAnyMomentLosesNothingAcknowledged) {
  const uint64_t cycles = from_environment("MASH_FAULT_CYCLES", 200) / 2;
  cycle({"after", "600000000"});                             // which nobody cuts short
  const auto whole = static_cast<uint64_t>(lived_.count());  // on this machine, as it is now
  acknowledged_ = 0;
  for (uint64_t i = 0; i < cycles && !HasFailure(); ++i) {
    if (i % kCyclesOfALog == 0) begin_a_new_log();
    const auto delay = chance_.below(whole);
    SCOPED_TRACE("cycle " + std::to_string(i) + ", after " + std::to_string(delay) + " us");
    cycle({"after", std::to_string(delay)});
  }
  EXPECT_GT(acknowledged_, 0u) << "the writers died before they did anything";
}

}  // namespace
}  // namespace mash::fault
