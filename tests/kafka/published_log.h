#pragma once
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "feed/kafka_feed.h"
#include "feed/relay.h"
#include "feed/testing/followed_log.h"
#include "kafka/broker.h"
#include "kafka/copied_log.h"
#include "kafka/local_origin.h"

namespace mash::testing {

// A broker that starts beside other tests, on two cores, has taken over a minute.
inline constexpr auto kPatience = std::chrono::seconds(300);

// The broker that all cases of a program share.
inline Broker& broker() {
  static Broker broker;
  return broker;
}

// Asks again and again until it is so, at most as long as a test waits; others work meanwhile.
template <class Condition>
bool comes_true(const Condition& condition) {
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

// A log followed over the broker: with a topic and a relay of its own, and an owner to ask.
class KafkaLog : public feed::testing::FollowedLog {
 public:
  KafkaLog() { broker().create_topic(topic_); }

  std::shared_ptr<feed::Feed> feed() override {
    return std::make_shared<feed::KafkaFeed>(
        feed::KafkaFeedParts{.log = log_->name(),
                             .kafka = broker().options(),
                             .from = {.topic = topic_},
                             .origin = origin_,
                             .silent_max = silent_max_,
                             .origin_patience = origin_patience_});
  }
  void publish() override { relay_ = std::make_unique<feed::Relay>(relay_parts()); }
  bool is_published() { return relay_->wait_until(log_->size(), kPatience); }

 protected:
  feed::RelayParts relay_parts() {
    return {.log = *log_,
            .kafka = broker().options(),
            .to = {.topic = topic_},
            .cursor_file = log_.folder() / "relay",
            .heartbeat = heartbeat_,
            .retry_after = std::chrono::milliseconds(50),
            .away_after = away_after_};
  }
  void closing() override {
    was_published_ = relay_ != nullptr;
    relay_.reset();
    origin_->goes_away();
  }
  void opened() override {
    origin_->is_back_with(*log_);
    if (was_published_) publish();
  }

  static inline int topics_ = 0;
  const std::string topic_ = "mash.notes-" + std::to_string(++topics_);
  // After which something is given up and said.
  std::chrono::milliseconds silent_max_{20'000};
  std::chrono::milliseconds origin_patience_{5'000};
  std::chrono::milliseconds away_after_{3'000};
  std::chrono::milliseconds heartbeat_{200};
  std::shared_ptr<LocalOrigin> origin_ = std::make_shared<LocalOrigin>(*log_);
  std::unique_ptr<feed::Relay> relay_;

 private:
  bool was_published_ = false;
};

// Has a log grow on a thread of its own, as far as it is told, while a test does other things:
// however long those take.
class Growing {
 public:
  explicit Growing(feed::testing::FollowedLog& log) : log_(log) {}

  void up_to(uint64_t size) {
    {
      const std::lock_guard lock(mutex_);
      wanted_ = size;
    }
    changed_.notify_all();
  }

 private:
  void run(const std::stop_token& stop) {
    while (true) {
      {
        std::unique_lock lock(mutex_);
        if (!changed_.wait(lock, stop, [&] { return log_.log().size() < wanted_; })) return;
      }
      log_.write(1);
    }
  }

  feed::testing::FollowedLog& log_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  uint64_t wanted_ = 0;
  std::jthread thread_{[this](const std::stop_token& stop) { run(stop); }};  // last: it goes first
};

// A KafkaLog for a test's fixture, with a follower whose effects can be counted.
class PublishedLog : public ::testing::Test, protected KafkaLog {
 protected:
  void follow() { copy_.begin(feed()); }
  bool is_followed() { return copy_.follower().wait_until(log_->size(), kPatience); }
  // Everything published, followed, and each record's effect there once.
  void expect_all_followed_once() {
    ASSERT_TRUE(is_followed()) << copy_.follower().status().position << " of " << log_->size();
    copy_.end();
    EXPECT_EQ(copy_.faults_against(*log_), "");
  }
  // Waits until the follower is held up for that reason.
  bool is_held_up_by(const std::string& reason) {
    return comes_true([&] {
      const auto status = copy_.follower().status();
      return !status.followed && status.followed.error().reason == reason;
    });
  }
  bool relay_is_held_up_by(const std::string& reason) {
    return comes_true([&] {
      const auto published = relay_->goes_on();
      return !published && published.error().reason == reason;
    });
  }

  CopiedLog copy_;
};

}  // namespace mash::testing
