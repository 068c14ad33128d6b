#include "referral/lists/changes.h"

#include <gmock/gmock.h>

#include <map>
#include <random>
#include <thread>

#include "referral/lists/change_feed.h"
#include "referral/testing/referral_log.h"

namespace mash::referral {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using host::Next;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

v1::ReferralEvent random_event(std::mt19937& random, bool is_new) {
  if (is_new) return received_from(random() % 2 == 0 ? "police" : "health");
  if (random() % 2 == 0) return rated(random() % 2 == 0 ? v1::RATING_RED : v1::RATING_GREEN);
  return proto<v1::ReferralEvent>("contact_acknowledged { acknowledged_at { seconds: 1500 } }");
}

// "r-3 v2 red": a change as the hub hears of it.
std::string brief(const v1::ReferralChange& change) {
  const auto& referral = change.referral();
  return referral.referral_id() + " v" + std::to_string(referral.version()) + " " +
         v1::Rating_Name(referral.rating()) + " " + change.change();
}

class Watching : public ReferralLog {
 protected:
  // Random events of a few referrals, and what a watcher from the first position on hears.
  void happen(std::mt19937& random, int events) {
    std::map<std::string, int> versions;
    for (int i = 0; i < events; ++i) {
      const std::string id = "r-" + std::to_string(random() % 20);
      append(id, random_event(random, versions[id]++ == 0));
    }
  }

  Changes changes(ChangeFeed& feed, uint64_t position, const Actor& actor = kTriage,
                  const v1::ReferralFilter& filter = {}) {
    v1::WatchReferralsRequest request;
    request.set_from_position(position);
    *request.mutable_filter() = filter;
    return Changes::from(feed, request, as(actor)).value();
  }

  // All that is heard from a position on, by a watcher who resumes after every message.
  std::vector<std::string> heard(ChangeFeed& feed, uint64_t position) {
    std::vector<std::string> all;
    v1::WatchReferralsResponse message;
    while (true) {
      auto resumed = changes(feed, position);
      message.Clear();
      if (resumed.next(message).value() == Next::kWait) return all;
      for (const auto& change : message.changes()) all.push_back(brief(change));
      position = message.next_position();
    }
  }
};

TEST_F(Watching, FromAnyPositionOnHearsEveryChangeOnce) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  ChangeFeed keeps_all(*log_, 1'000);
  ChangeFeed keeps_few(*log_, 7);  // the rest is read from the log
  EXPECT_THAT(heard(keeps_all, 0), IsEmpty());
  EXPECT_THAT(heard(keeps_few, 0), IsEmpty());
  happen(random, 300);
  ChangeFeed keeps_nothing(*log_, 1);  // made after the fact
  const auto all = heard(keeps_all, 0);
  ASSERT_THAT(all, SizeIs(300));
  for (uint64_t position = 0; position <= 300; position += 1 + random() % 9) {
    const std::vector<std::string> from(all.begin() + static_cast<long>(position), all.end());
    EXPECT_EQ(heard(keeps_all, position), from) << position;
    EXPECT_EQ(heard(keeps_few, position), from) << position;
    EXPECT_EQ(heard(keeps_nothing, position), from) << position;
  }
}

TEST_F(Watching, GetsManyChangesInOneMessage) {
  ChangeFeed feed(*log_);
  std::vector<std::pair<std::string, v1::ReferralEvent>> events;
  for (int i = 0; i < 250; ++i)
    events.emplace_back("r-" + std::to_string(i), received_from("police"));
  append(events);
  auto watcher = changes(feed, 0);
  std::vector<int> sizes;
  v1::WatchReferralsResponse message;
  EXPECT_EQ(watcher.next(message).value(), Next::kMessage);
  EXPECT_THAT(message.changes(), SizeIs(100));
  message.Clear();
  EXPECT_EQ(watcher.next(message).value(), Next::kMessage);
  message.Clear();
  EXPECT_EQ(watcher.next(message).value(), Next::kLatest);
  EXPECT_THAT(message.changes(), SizeIs(50));
  EXPECT_EQ(message.next_position(), 250U);
  message.Clear();
  EXPECT_EQ(watcher.next(message).value(), Next::kWait);
}

TEST_F(Watching, IsToldNowAndThenThatNothingHasHappenedForItsCaller) {
  ChangeFeed feed(*log_);
  auto watcher = changes(feed, 0, kSchool);
  std::vector<std::pair<std::string, v1::ReferralEvent>> events;
  for (int i = 0; i < 2'500; ++i)
    events.emplace_back("r-" + std::to_string(i), received_from("police"));
  append(events);
  v1::WatchReferralsResponse message;
  EXPECT_EQ(watcher.next(message).value(), Next::kMessage);
  EXPECT_THAT(message.changes(), IsEmpty());
  EXPECT_GE(message.next_position(), 2'000U);
  EXPECT_EQ(watcher.next(message).value(), Next::kWait);
}

TEST_F(Watching, ShowsOnlyWhatTheFilterWants) {
  ChangeFeed feed(*log_);
  append("r-1", received_from("police"));
  append("r-2", received_from("health"));
  append("r-1", rated(v1::RATING_RED));
  auto red = changes(feed, 0, kTriage, proto<v1::ReferralFilter>("ratings: RATING_RED"));
  v1::WatchReferralsResponse message;
  ASSERT_EQ(red.next(message).value(), Next::kLatest);
  ASSERT_THAT(message.changes(), SizeIs(1));
  EXPECT_EQ(brief(message.changes(0)), "r-1 v2 RATING_RED referral_rated");
}

TEST_F(Watching, AReferrerHearsOfItsOwnChallengeAndItsAnswerAlone) {
  ChangeFeed feed(*log_);
  append("r-1", received_from("police"));
  append("r-1",
         proto<v1::ReferralEvent>(R"(information_added { information { agency: "education" } })"));
  append("r-1", proto<v1::ReferralEvent>(
                    R"(decision_challenged { challenge_id: "c-1" agency: "education" })"));
  append("r-1",
         proto<v1::ReferralEvent>(R"(challenge_answered { challenge_id: "c-1" resolved: true })"));
  append("r-1", proto<v1::ReferralEvent>(R"(assigned { assignee: "sw-1" })"));
  const auto heard_by = [&](const Actor& actor) {
    auto watcher = changes(feed, 0, actor);
    v1::WatchReferralsResponse message;
    EXPECT_EQ(watcher.next(message).value(), Next::kLatest);
    std::vector<std::string> kinds;
    for (const auto& change : message.changes()) kinds.push_back(change.change());
    return kinds;
  };
  EXPECT_THAT(heard_by(kPolice), ElementsAre("contact_received"));
  EXPECT_THAT(heard_by(kSchool),
              ElementsAre("information_added", "decision_challenged", "challenge_answered"));
  EXPECT_THAT(heard_by(kTriage), SizeIs(5));
}

TEST_F(Watching, ManyAtOnceWhileThingsHappenHearTheSame) {
  ChangeFeed feed(*log_, 50);
  constexpr int kEvents = 1'000;
  std::vector<std::vector<std::string>> heard_by(8);
  std::vector<std::thread> watchers;
  for (auto& heard : heard_by)
    watchers.emplace_back([&] {
      auto watcher = changes(feed, 0);
      v1::WatchReferralsResponse message;
      while (heard.size() < kEvents) {
        message.Clear();
        if (watcher.next(message).value() == Next::kWait) std::this_thread::yield();
        for (const auto& change : message.changes()) heard.push_back(brief(change));
      }
    });
  for (int i = 0; i < kEvents; i += 50) {
    std::vector<std::pair<std::string, v1::ReferralEvent>> events;
    for (int j = i; j < i + 50; ++j)
      events.emplace_back("r-" + std::to_string(j), received_from("police"));
    append(events);
  }
  for (auto& watcher : watchers) watcher.join();
  for (const auto& heard : heard_by) EXPECT_EQ(heard, heard_by.front());
}

TEST_F(Watching, TheHubHearsThatADeadlineApproachesAndWhoToldDoesNot) {
  ChangeFeed feed(*log_);
  append("r-1", received_from("police"));
  append("r-1", proto<v1::ReferralEvent>(R"(deadline_told { kind: "first-decision" })"));
  append("r-1", proto<v1::ReferralEvent>("deadline_recomputed {}"));
  v1::WatchReferralsResponse message;
  auto hub = changes(feed, 0, kTriage);
  ASSERT_EQ(hub.next(message).value(), Next::kLatest);
  ASSERT_THAT(message.changes(), SizeIs(3));
  EXPECT_EQ(message.changes(1).change(), "deadline_told");
  EXPECT_EQ(message.changes(2).change(), "deadline_recomputed");
  message.Clear();
  auto referrer = changes(feed, 0, kPolice);
  ASSERT_EQ(referrer.next(message).value(), Next::kLatest);
  EXPECT_THAT(message.changes(), SizeIs(1));
}

}  // namespace
}  // namespace mash::referral
