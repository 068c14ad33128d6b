#pragma once
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "feed/follower.h"
#include "feed/testing/followed_log.h"

namespace mash::feed::testing {

// What is asked of one that follows, whatever the feed: INSTANTIATE_TEST_SUITE_P with each way
// there is to follow a log, in a program that has follower_cases.cc.
class FollowerCases : public ::testing::TestWithParam<WayToFollow> {
 protected:
  static constexpr auto kPatience = std::chrono::seconds(120);

  struct Settled {
    uint64_t position = 0;
    bool complete = false;
    friend bool operator==(const Settled&, const Settled&) = default;
  };

  FollowerParts parts(uint64_t from);
  // Begins to follow, from this position on, what was written and what will be.
  void start(uint64_t from = 0);
  bool has_followed() { return follower_->wait_until(followed_log_->log().size(), kPatience); }

  // Refuses, this many times, whatever it is asked at that position: to follow the record there,
  // or, kSettling beyond, to settle up to there.
  static constexpr uint64_t kSettling = 1'000'000;
  void refuse_at(uint64_t position, int times);
  void wait_for_refusals(int count);
  std::vector<std::string> told();

  const std::unique_ptr<FollowedLog> followed_log_ = GetParam().make();
  std::vector<uint64_t> followed_;
  std::vector<Settled> settled_;

 private:
  bool refuses(uint64_t position);
  Result<void> follow(const log::Record& record);
  Result<uint64_t> settle(bool complete);

  std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t refusing_ = 0;
  int refusals_ = 0;
  int refused_ = 0;
  std::vector<std::string> told_;

 protected:
  std::optional<Follower> follower_;  // last: its thread uses the others
};

}  // namespace mash::feed::testing
