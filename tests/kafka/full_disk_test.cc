#include <gmock/gmock.h>
#include <sys/wait.h>

#include <mutex>

#include "fault/fault_disk.h"
#include "fault/requests.h"
#include "kafka/child.h"
#include "kafka/origin_socket.h"
#include "kafka/published_log.h"

// The disk of one that follows is full: it stops and says so, and goes on when there is space, as
// if nothing had been.
namespace mash::testing {
namespace {

using ::testing::HasSubstr;

// A disk that refuses to be written to as a full one does, at the log's own files.
class FullDisk : public PublishedLog, public ::testing::WithParamInterface<const char*> {
 protected:
  FullDisk() { open(); }

  void open() {
    auto options = workshop_.options();
    options.env = &disk_;
    options.on_fatal = [this](const std::string& diagnosis) {
      const std::lock_guard lock(mutex_);
      diagnosis_ = diagnosis;
    };
    copier_.reset();
    own_.reset();
    own_ = log::EventLog::open(std::move(options)).value();
    copier_ = std::make_unique<Copier>(*own_, 3);
    copier_->begin(feed());
  }
  std::string diagnosis() {
    const std::lock_guard lock(mutex_);
    return diagnosis_;
  }
  bool is_followed() { return copier_->follower().wait_until(log_->size(), kPatience); }

  vault::testing::TempFolder folder_;
  fault::FaultDisk disk_{1};
  const fault::Workshop workshop_{fault::make_place(folder_.path())};

 private:
  std::mutex mutex_;
  std::string diagnosis_;

 protected:
  std::unique_ptr<log::EventLog> own_;
  std::unique_ptr<Copier> copier_;
};

TEST_P(FullDisk, StopsTheFollowerThatSaysSoAndGoesOnWhenThereIsSpace) {
  publish();
  write(10);
  ASSERT_TRUE(is_followed());
  disk_.fail(fault::FaultDisk::Failure::kFull, GetParam());
  write(10);
  ASSERT_TRUE(comes_true([&] {
    const auto status = copier_->follower().status();
    return !status.followed && status.followed.error().reason == "LOG_STOPPING";
  }));
  EXPECT_THAT(diagnosis(), HasSubstr("No space left"));
  EXPECT_LT(copier_->follower().status().position, log_->size());
  write(10);  // the log that is followed goes on
  disk_.heal();
  open();  // started again
  ASSERT_TRUE(is_followed());
  copier_->end();
  EXPECT_EQ(faults_of_copies(*own_, event_ids(*log_)), "");
}

INSTANTIATE_TEST_SUITE_P(At, FullDisk, ::testing::Values(".log", "/head"));

bool may_mount(const std::filesystem::path& folder) {
  return Child({"/usr/bin/unshare", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none",
                folder})
             .wait() == 0;
}

class SmallDisk : public PublishedLog {
 protected:
  vault::testing::TempFolder folder_;
  const fault::Place place_ = fault::make_place(folder_.path());
};

TEST_F(SmallDisk, ThatIsReallyFullLosesAndRepeatsNothing) {
  if (!may_mount(folder_.path())) GTEST_SKIP() << "a file system of its own cannot be mounted here";
  for (int i = 0; i < 4; ++i) write_together(1'000);
  publish();
  const OriginSocket socket(*origin_, folder_.path() / "owner");
  const int status =
      Child({"/usr/bin/unshare", "--map-root-user", "--mount", MASH_FULL_DISK_SCRIPT,
             folder_.path(), MASH_KAFKA_FOLLOWER, broker().options().brokers, topic_, log_->name(),
             folder_.path() / "owner", folder_.path() / "small" / "log", place_.vault, place_.kek,
             "copier", "to", std::to_string(log_->size())})
          .wait();
  ASSERT_EQ(status, 0);
  ASSERT_EQ(place_.log, folder_.path() / "log");
  const fault::Workshop workshop(place_);
  const auto copies = log::EventLog::open(workshop.options());
  ASSERT_TRUE(copies.has_value()) << copies.error().message;
  EXPECT_EQ(faults_of_copies(**copies, event_ids(*log_)), "");
}

}  // namespace
}  // namespace mash::testing
