#include "strategy/lists/rows.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <vector>

#include "core/timestamp.h"
#include "strategy/conferences/conference_reads.h"
#include "strategy/discussions/discussion_clocks.h"
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

TEST(DiscussionRow, NamesNoAgencyThatIsNotInvitedAnyMore) {
  v1::DiscussionRow row;
  evolve_row(row, uuid(7), invited("health"));
  evolve_row(row, uuid(7), invited("police"));
  evolve_row(row, uuid(7), proto<v1::DiscussionEvent>("invitation_withdrawn {}"));
  EXPECT_EQ(row.summary().agencies_size(), 2) << "another part of it remains";
  evolve_row(row, uuid(7),
             proto<v1::DiscussionEvent>("invitation_withdrawn { agency_out: 'health' }"));
  ASSERT_EQ(row.summary().agencies_size(), 1);
  EXPECT_EQ(row.summary().agencies(0), "police");
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

// The course of a discussion, at random: what may follow what, and deadlines put off and computed
// again, some of them as they are not set.
class Course {
 public:
  const std::vector<v1::DiscussionEvent>& events() const { return events_; }
  const std::vector<std::string>& actions() const { return actions_; }

  void begin() {
    v1::DiscussionEvent event;
    *event.mutable_opened()->mutable_deadline() = deadline("strategy-discussion");
    add(event);
  }
  void go_on() {
    ++second_;
    switch (*rc::gen::inRange(0, 8)) {
      case 0:
        return meet();
      case 1:
        return assign();
      case 2:
        return complete();
      case 3:
        return put_off();
      case 4:
        return compute_again();
      case 5:
        return call_off();
      case 6:
        return bring_forward();
      default:
        return meet();
    }
  }

 private:
  void add(const v1::DiscussionEvent& event) {
    events_.push_back(event);
    clocks_.evolve(event);
  }
  google::protobuf::Timestamp at(int64_t second) const {
    google::protobuf::Timestamp time;
    time.set_seconds(1'600'000'000 + second);
    return time;
  }
  common::v1::Deadline deadline(const char* kind) {
    common::v1::Deadline deadline;
    deadline.set_kind(kind);
    deadline.set_clock(common::v1::CLOCK_KIND_WORKING_DAYS);
    deadline.set_amount(3);
    deadline.set_pack("p@1");
    deadline.set_calendar("c");
    *deadline.mutable_start() = at(second_);
    *deadline.mutable_due() = at(second_ + *rc::gen::inRange(1, 30));
    *deadline.mutable_approaching_from() = deadline.start();
    return deadline;
  }
  // It is convened, then begins, then ends, and so on.
  void meet() {
    if (called_off_) return;
    v1::DiscussionEvent event;
    switch (meetings_++ % 3) {
      case 0:
        event.mutable_convened()->set_sitting(1);
        break;
      case 1:
        *event.mutable_started()->mutable_started_at() = at(second_);
        break;
      default:
        *event.mutable_closed()->mutable_closed_at() = at(second_);
        *event.mutable_closed()->add_deadlines() = deadline("discussion-record");
        if (*rc::gen::arbitrary<bool>())
          *event.mutable_closed()->add_deadlines() = deadline("discussion-reconvening");
    }
    add(event);
  }
  void assign() {
    v1::DiscussionEvent event;
    actions_.push_back(uuid(static_cast<int>(actions_.size())));
    event.mutable_action_assigned()->set_action_id(actions_.back());
    *event.mutable_action_assigned()->mutable_deadline() = deadline("discussion-action");
    add(event);
  }
  void complete() {
    if (completed_ == actions_.size()) return;
    v1::DiscussionEvent event;
    event.mutable_action_completed()->set_action_id(actions_[completed_++]);
    event.mutable_action_completed()->set_result(v1::ACTION_RESULT_DONE);
    *event.mutable_action_completed()->mutable_completed_at() = at(second_);
    add(event);
  }
  clocks::Clock any_clock() const {
    const auto count = static_cast<int>(clocks_.all().size());
    return clocks_.all()[static_cast<std::size_t>(*rc::gen::inRange(0, count))];
  }
  void put_off() {
    if (clocks_.all().empty()) return;
    const clocks::Clock clock = any_clock();
    v1::DiscussionEvent event;
    event.mutable_deadline_extended()->set_kind(clock.deadline.kind);
    event.mutable_deadline_extended()->set_id(clock.id);
    auto& extension = *event.mutable_deadline_extended()->mutable_extension();
    const Time due = clock.deadline.current_due() + std::chrono::seconds(*rc::gen::inRange(0, 2));
    to_proto(due, extension.mutable_previous_due());
    to_proto(due + std::chrono::seconds(*rc::gen::inRange(1, 30)), extension.mutable_due());
    *extension.mutable_extended_at() = at(second_);
    extension.set_reasons("Why.");
    add(event);
  }
  void compute_again() {
    if (clocks_.all().empty()) return;
    const clocks::Clock clock = any_clock();
    v1::DiscussionEvent event;
    auto& again = *event.mutable_deadline_recomputed();
    again.set_id(clock.id);
    to_proto(clock.deadline, again.mutable_before());
    *again.mutable_deadline() = again.before();
    *again.mutable_deadline()->mutable_due() = at(second_ + *rc::gen::inRange(1, 30));
    add(event);
  }
  void bring_forward() {
    for (const clocks::Clock& clock : clocks_.all()) {
      if (clock.group != DiscussionClocks::kToHold || !clock.runs()) continue;
      v1::DiscussionEvent event;
      to_proto(clock.deadline, event.mutable_brought_forward()->mutable_before());
      *event.mutable_brought_forward()->mutable_deadline() = deadline("strategy-discussion-urgent");
      return add(event);
    }
  }
  void call_off() {
    if (meetings_ > 1 || called_off_) return;
    called_off_ = true;
    v1::DiscussionEvent event;
    *event.mutable_called_off()->mutable_called_off_at() = at(second_);
    add(event);
  }

  std::vector<v1::DiscussionEvent> events_;
  DiscussionClocks clocks_;
  std::vector<std::string> actions_;
  std::size_t completed_ = 0;
  int meetings_ = 0;
  bool called_off_ = false;
  int64_t second_ = 0;
};

// What is to be held by a time, or was: the last of it.
const clocks::Clock* to_hold(const DiscussionClocks& clocks) {
  const clocks::Clock* last = nullptr;
  for (const clocks::Clock& clock : clocks.all())
    if (clock.group == DiscussionClocks::kToHold || clock.group == DiscussionClocks::kToHoldAgain)
      last = &clock;
  return last;
}

// Whether a row says of a deadline what the clock does, at a time and in its order.
void agrees(const v1::RowDeadline& due, const clocks::Clock& clock, Time now) {
  const auto deadline = deadline_of(due);
  RC_ASSERT(deadline.has_value());
  RC_ASSERT(deadline->current_due() == clock.deadline.current_due());
  RC_ASSERT(deadline->done_at == clock.deadline.done_at);
  RC_ASSERT(is_late(due, now) == (clock.deadline.state(now) == DeadlineState::kMissed));
}

RC_GTEST_PROP(DiscussionRow, SaysOfWhatIsDueWhatItsClocksSay, ()) {
  Course course;
  course.begin();
  const int steps = *rc::gen::inRange(0, 40);
  for (int i = 0; i < steps; ++i) course.go_on();
  const Time now{std::chrono::seconds(1'600'000'000 + *rc::gen::inRange(0, 80))};
  v1::DiscussionRow row;
  std::map<std::string, v1::ActionRow> actions;
  DiscussionClocks clocks;
  for (const v1::DiscussionEvent& event : course.events()) {
    evolve_row(row, uuid(7), event);
    clocks.evolve(event);
    if (const std::string id = action_of(event); !id.empty())
      evolve_row(actions[id], uuid(7), uuid(8), event);
  }
  const clocks::Clock* held = to_hold(clocks);
  RC_ASSERT((held != nullptr) == row.has_due());
  if (held != nullptr) agrees(row.due(), *held, now);
  RC_ASSERT(shown(row).has_due_at() == (held != nullptr && held->runs()));
  std::size_t open = 0;
  for (const clocks::Clock& clock : clocks.all()) {
    if (clock.group != DiscussionClocks::kAction) continue;
    agrees(actions.at(clock.id).due(), clock, now);
    if (clock.runs()) ++open;
  }
  RC_ASSERT(row.summary().open_actions() == open);
  RC_ASSERT(row.summary().version() == course.events().size());
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

TEST(ChildRow, SaysWhetherItIsOpenWhichAuthoritiesAreToKnowUntilOneIsNamedOrTheChildIsFound) {
  for (const char* ending : {"missing_updated { authorities_told: 'E08000025' }", "found {}"}) {
    v1::ChildRow row;
    evolve_row(row, proto<v1::ChildEvent>(
                        "flagged_missing { looked_after: true authorities_open: true }"));
    EXPECT_TRUE(row.child().looked_after() && row.child().authorities_open());
    evolve_row(row, proto<v1::ChildEvent>(ending));
    EXPECT_FALSE(row.child().looked_after() || row.child().authorities_open()) << ending;
  }
}

}  // namespace
}  // namespace mash::strategy
