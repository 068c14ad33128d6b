#include <signal.h>
#include <sys/wait.h>

#include <array>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "fault/chance.h"
#include "fault/requests.h"
#include "feed/parked_view.h"
#include "kafka/child.h"
#include "kafka/origin_socket.h"
#include "kafka/published_log.h"

// A follower that is a process of its own, killed between what it did and its knowing so, again
// and again while records come: what it did is in its log once.
namespace mash::testing {
namespace {

// What the followed log grows by while a follower lives.
constexpr int kAppendsOfACycle = 4;
constexpr int kRecordsOfAnAppend = 5;

// How it follows, and how often it is killed.
struct How {
  const char* name;
  uint64_t cycles;
  uint64_t passings_max;  // of the point at which it dies, while it lives
};
void PrintTo(const How& how, std::ostream* out) { *out << how.name; }

class KilledFollower : public PublishedLog, public ::testing::WithParamInterface<How> {
 protected:
  // The followed log grows by as many appends as it is told to, while other things are done.
  void let_grow(int appends) {
    {
      const std::lock_guard lock(mutex_);
      wanted_ += appends;
    }
    changed_.notify_all();
  }
  void write_what_is_wanted(const std::stop_token& stop) {
    for (int written = 0;; ++written) {
      {
        std::unique_lock lock(mutex_);
        if (!changed_.wait(lock, stop, [&] { return wanted_ > written; })) return;
      }
      write_together(kRecordsOfAnAppend);
    }
  }
  void grown() {
    ASSERT_TRUE(comes_true([&] {
      const std::lock_guard lock(mutex_);
      return log_->size() >= static_cast<uint64_t>(wanted_ * kRecordsOfAnAppend);
    }));
  }

  Child follower(const std::vector<std::string>& what) {
    std::vector<std::string> all{MASH_KAFKA_FOLLOWER,
                                 broker().options().brokers,
                                 topic_,
                                 log_->name(),
                                 socket_path_,
                                 place_.log,
                                 place_.vault,
                                 place_.kek,
                                 GetParam().name};
    all.insert(all.end(), what.begin(), what.end());
    return Child(std::move(all));
  }
  // Follows until it dies at a point, which it must come to.
  void dies_at(const std::string& point, uint64_t passing) {
    const int status = follower({"point", point, std::to_string(passing)}).wait();
    ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "it ended with " << status;
  }
  void expect_all_followed_once_in_the_end() {
    grown();
    ASSERT_EQ(follower({"to", std::to_string(log_->size())}).wait(), 0);
    const fault::Workshop workshop(place_);
    auto options = workshop.options();
    options.views.push_back(feed::parked_view());
    const auto copies = log::EventLog::open(std::move(options));
    ASSERT_TRUE(copies.has_value()) << copies.error().message;
    EXPECT_EQ(faults_of_copies(**copies, event_ids(*log_)), "");
  }

  vault::testing::TempFolder folder_;
  const fault::Place place_ = fault::make_place(folder_.path());
  const std::string socket_path_ = folder_.path() / "owner";
  OriginSocket socket_{*origin_, socket_path_};
  fault::Chance chance_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  int wanted_ = 0;
  std::jthread writing_{[this](const std::stop_token& stop) { write_what_is_wanted(stop); }};
};

TEST_P(KilledFollower, BetweenEffectAndReplyTakesEachRecordOnce) {
  publish();
  const std::array<std::string, 2> points{"after-write", "after-head"};
  const auto cycles = fault::from_environment("MASH_FAULT_CYCLES", GetParam().cycles);
  for (uint64_t i = 0; i < cycles && !HasFailure(); ++i) {
    let_grow(kAppendsOfACycle);
    const auto passing = 1 + chance_.below(GetParam().passings_max);
    SCOPED_TRACE("cycle " + std::to_string(i) + ", passing " + std::to_string(passing));
    dies_at(points[i % points.size()], passing);
  }
  expect_all_followed_once_in_the_end();
}

// As a service follows, all that came is taken in by one append.
INSTANTIATE_TEST_SUITE_P(As, KilledFollower,
                         ::testing::Values(How{.name = "service", .cycles = 100, .passings_max = 1},
                                           How{.name = "copier", .cycles = 20, .passings_max = 4}));

}  // namespace
}  // namespace mash::testing
