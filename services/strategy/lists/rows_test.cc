#include "strategy/lists/rows.h"

#include <gmock/gmock.h>

#include "core/timestamp.h"
#include "strategy/conferences/conference_reads.h"
#include "strategy/testing/cast.h"

namespace mash::strategy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests

constexpr std::size_t kColumnsMax = 4'096;  // of a view's row

v1::DiscussionEvent invited(const std::string& agency) {
  v1::DiscussionEvent event;
  event.mutable_invited()->mutable_invitation()->set_agency(agency);
  return event;
}

TEST(DiscussionRow, FitsAViewHoweverManyAreInvitedAboutHoweverManyChildren) {
  v1::DiscussionRow row;
  v1::DiscussionEvent convened;
  for (int i = 0; i < 60; ++i) convened.mutable_convened()->add_child_ids(uuid(i));
  evolve_row(row, uuid(7), convened);
  for (int i = 0; i < 40; ++i) {
    evolve_row(row, uuid(7), invited(std::string(58, 'a') + std::to_string(10 + i)));
    fit(row);
    EXPECT_LE(row.ByteSizeLong(), kColumnsMax);
  }
  EXPECT_EQ(row.summary().agencies_size(), 40) << "who may see it is never left out";
}

TEST(DiscussionRow, NamesAnAgencyOnceHoweverManyOfItCome) {
  v1::DiscussionRow row;
  for (int i = 0; i < 3; ++i) evolve_row(row, uuid(7), invited("health"));
  EXPECT_EQ(row.summary().agencies_size(), 1);
}

TEST(DiscussionRow, IsQuorateOnlyAsLongAsItsDecisionsAre) {
  v1::DiscussionRow row;
  evolve_row(row, uuid(7), proto<v1::DiscussionEvent>("started { quorum { quorate: true } }"));
  EXPECT_TRUE(row.summary().quorate());
  evolve_row(row, uuid(7),
             proto<v1::DiscussionEvent>("decision_recorded { quorum { absent: 'police' } }"));
  EXPECT_FALSE(row.summary().quorate());
  EXPECT_EQ(row.summary().absent(0), "police");
}

TEST(DiscussionRow, IsDueAtTheTimeTheCalendarGivesItNow) {
  v1::DiscussionRow row;
  evolve_row(row, uuid(7), proto<v1::DiscussionEvent>(R"(
    opened { deadline { kind: "strategy-discussion" due { seconds: 100 } } })"));
  const std::string first = order_of(row);
  evolve_row(row, uuid(7), proto<v1::DiscussionEvent>(R"(
    deadline_recomputed { before { kind: "strategy-discussion" due { seconds: 100 } }
                          deadline { kind: "strategy-discussion" due { seconds: 300 } } })"));
  EXPECT_EQ(shown(row).due_at().seconds(), 300);
  EXPECT_GT(order_of(row), first);
  evolve_row(row, uuid(7), proto<v1::DiscussionEvent>(R"(
    deadline_recomputed { id: "1" before { kind: "strategy-discussion" due { seconds: 300 } }
                          deadline { kind: "strategy-discussion" due { seconds: 900 } } })"));
  EXPECT_EQ(shown(row).due_at().seconds(), 300) << "that was of something else";
}

v1::ConferenceEvent conference(const char* text) { return proto<v1::ConferenceEvent>(text); }

const char* const kDue = R"(
  due { kind: CONFERENCE_KIND_INITIAL
        deadline { kind: "initial-conference" clock: CLOCK_KIND_WORKING_DAYS amount: 15 pack: "p@1"
                   calendar: "c" start { seconds: 1600000000 } due { seconds: 1600000100 }
                   approaching_from { seconds: 1600000050 } } })";

TEST(ConferenceRow, SaysOfItsDeadlineWhatItsClocksSay) {
  const auto not_held = [](int64_t at) {
    v1::ConferenceEvent event;
    event.mutable_not_held()->mutable_decided_at()->set_seconds(at);
    return event;
  };
  const auto held = [](int64_t at) {
    v1::ConferenceEvent event;
    event.mutable_held()->mutable_held_at()->set_seconds(at);
    return event;
  };
  const auto requested = conference(R"(
    requested { agency: "health"
                deadline { kind: "conference-request" clock: CLOCK_KIND_WORKING_DAYS amount: 3
                           pack: "p@1" calendar: "c" start { seconds: 1600000000 }
                           due { seconds: 1600000080 } approaching_from { seconds: 1600000050 } } })");
  const std::vector<std::vector<v1::ConferenceEvent>> courses = {
      {conference(kDue)},
      {conference(kDue), held(1'600'000'090)},
      {conference(kDue), held(1'600'000'190)},
      {conference(kDue), not_held(1'600'000'090)},
      {conference(kDue), not_held(1'600'000'190)},
      {requested},
      {requested, not_held(1'600'000'070)},
      {requested, not_held(1'600'000'090)},
      {requested, conference(kDue), held(1'600'000'090)},
  };
  for (const auto& events : courses)
    for (const int64_t now : {1'600'000'010, 1'600'000'060, 1'600'000'101, 1'600'000'500}) {
      v1::ConferenceRow row;
      for (const auto& event : events) evolve_row(row, uuid(7), event);
      const Time at{std::chrono::seconds(now)};
      auto in_list = shown(row, at).deadline();
      const auto in_full = conference_of(uuid(7), events, at).deadline();
      EXPECT_EQ(in_list.DebugString(), in_full.DebugString());
    }
}

TEST(ChildRow, KeepsNothingOfWhatIsKnownOfAMissingChild) {
  v1::ChildRow row;
  evolve_row(row, proto<v1::ChildEvent>("flagged_missing { details: 'SECRET' agency: 'police' }"));
  EXPECT_EQ(row.DebugString().find("SECRET"), std::string::npos);
  EXPECT_EQ(row.child().flagged_by_agency(), "police");
}

}  // namespace
}  // namespace mash::strategy
