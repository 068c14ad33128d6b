#include "clocks/clocks.h"

#include <gmock/gmock.h>

#include "clocks/testing/calendars.h"
#include "core/testing/times.h"
#include "mash/referral/v1/referral_events.pb.h"
#include "policy/testing/cast.h"

namespace mash::clocks {
namespace {

using namespace std::chrono_literals;
using mash::testing::utc;
using testing::calendar_with;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr int kAny = 1;
const Timescale kDecision{
    "decision", {1, ClockKind::kWorkingDays}, Span{4, ClockKind::kElapsedHours}};
const Timescale kAnswer{"answer", {4, ClockKind::kElapsedHours}, Span{1, ClockKind::kElapsedHours}};
const Timescale kMeeting{"meeting", {16, ClockKind::kHubHours}, Span{2, ClockKind::kElapsedHours}};

const Calendar& calendar() {
  static const Calendar calendar = calendar_with();
  return calendar;
}

common::v1::Deadline deadline(const Timescale& timescale, std::string_view start) {
  common::v1::Deadline message;
  mash::to_proto(set_deadline(timescale, utc(start), cast::pack().id(), calendar()).value(),
                 &message);
  return message;
}

Clocks one(const Timescale& timescale, std::string_view start) {
  Clocks clocks;
  clocks.start(kAny, "", deadline(timescale, start));
  return clocks;
}

google::protobuf::Timestamp at(std::string_view time) { return mash::to_proto(utc(time)); }

const auto kAll = [](const Clock&) { return true; };

// What is said at a time, as "kind id STATE due"; the clocks have then been told.
std::vector<std::string> say(Clocks& clocks, std::string_view now) {
  std::vector<std::string> said;
  for (const auto& told : clocks.to_tell(utc(now))) {
    clocks.told(told);
    EXPECT_EQ(from_proto(told.told_at()), utc(now));
    const bool missed = told.state() == common::v1::DEADLINE_STATE_MISSED;
    said.push_back(told.kind() + (told.id().empty() ? "" : " " + told.id()) +
                   (missed ? " missed " : " approaching ") +
                   to_rfc3339(from_proto(told.due()).value()));
  }
  return said;
}

void put_off(Clocks& clocks, const Timescale& timescale, Time due, Time now) {
  const Clock* clock = clocks.find(timescale.name);
  common::v1::DeadlineExtension message;
  mash::to_proto(extend(clock->deadline, due, "why", now).value(), &message);
  clocks.extend(timescale.name, "", message);
}

TEST(Alarms, SayThatItApproachesAndThatItWasMissedOnceEach) {
  Clocks clocks = one(kAnswer, "2026-11-18T10:00:00Z");
  EXPECT_EQ(clocks.next_alarm(), utc("2026-11-18T13:00:00Z"));
  EXPECT_THAT(say(clocks, "2026-11-18T12:59:59.999999Z"), IsEmpty());
  EXPECT_THAT(say(clocks, "2026-11-18T13:00:00Z"),
              ElementsAre("answer approaching 2026-11-18T14:00:00Z"));
  EXPECT_EQ(clocks.next_alarm(), utc("2026-11-18T14:00:01Z"));
  EXPECT_THAT(say(clocks, "2026-11-18T14:00:00.999999Z"), IsEmpty());
  EXPECT_THAT(say(clocks, "2026-11-18T14:00:01Z"),
              ElementsAre("answer missed 2026-11-18T14:00:00Z"));
  EXPECT_EQ(clocks.next_alarm(), std::nullopt);
  EXPECT_THAT(say(clocks, "2027-01-01T00:00:00Z"), IsEmpty());
}

TEST(Alarms, SayBothInOrderAfterTheHubWasAway) {
  Clocks clocks;
  clocks.start(kAny, "late", deadline(kAnswer, "2026-11-18T12:30:00Z"));
  clocks.start(kAny, "early", deadline(kAnswer, "2026-11-18T10:00:00Z"));
  EXPECT_THAT(say(clocks, "2026-11-21T09:00:00Z"),
              ElementsAre("answer early approaching 2026-11-18T14:00:00Z",
                          "answer early missed 2026-11-18T14:00:00Z",
                          "answer late approaching 2026-11-18T16:30:00Z",
                          "answer late missed 2026-11-18T16:30:00Z"));
  EXPECT_THAT(say(clocks, "2026-11-21T09:00:00Z"), IsEmpty());
}

TEST(Alarms, NeverSpeakOfWhatWasDoneInTime) {
  Clocks clocks = one(kAnswer, "2026-11-18T10:00:00Z");
  clocks.finish(at("2026-11-18T14:00:00.9Z"), kAll);  // within the second in which it is due
  EXPECT_EQ(clocks.next_alarm(), std::nullopt);
  EXPECT_THAT(say(clocks, "2026-11-21T09:00:00Z"), IsEmpty());
}

TEST(Alarms, SayThatWhatWasDoneLateHadBeenMissed) {
  Clocks clocks = one(kAnswer, "2026-11-18T10:00:00Z");
  clocks.finish(at("2026-11-18T14:00:01Z"), kAll);
  EXPECT_THAT(
      say(clocks, "2026-11-18T14:00:02Z"),
      ElementsAre("answer approaching 2026-11-18T14:00:00Z", "answer missed 2026-11-18T14:00:00Z"));
}

TEST(Alarms, NeverSpeakOfASilentClock) {
  Clocks clocks;
  clocks.start(kAny, "", deadline(kAnswer, "2026-11-18T10:00:00Z"), true);
  EXPECT_EQ(clocks.next_alarm(), std::nullopt);
  EXPECT_THAT(say(clocks, "2026-11-21T09:00:00Z"), IsEmpty());
  EXPECT_EQ(clocks.find("answer"), nullptr);
  EXPECT_EQ(clocks.running(), 1);
}

TEST(Alarms, AreSaidAnewForTheTimeItWasPutOffTo) {
  Clocks clocks = one(kAnswer, "2026-11-18T10:00:00Z");
  say(clocks, "2026-11-18T13:30:00Z");
  put_off(clocks, kAnswer, utc("2026-11-18T18:00:00Z"), utc("2026-11-18T13:31:00Z"));
  EXPECT_EQ(clocks.next_alarm(), utc("2026-11-18T17:00:00Z"));
  EXPECT_THAT(say(clocks, "2026-11-18T15:00:00Z"), IsEmpty());
  EXPECT_THAT(
      say(clocks, "2026-11-18T18:00:01Z"),
      ElementsAre("answer approaching 2026-11-18T18:00:00Z", "answer missed 2026-11-18T18:00:00Z"));
}

TEST(Alarms, AreSaidOnceThoughTheClockIsSetBack) {
  Clocks clocks = one(kAnswer, "2026-11-18T10:00:00Z");
  EXPECT_EQ(say(clocks, "2026-11-18T13:30:00Z").size(), 1);
  EXPECT_THAT(say(clocks, "2026-11-18T12:00:00Z"), IsEmpty());
  EXPECT_THAT(say(clocks, "2026-11-18T13:30:00Z"), IsEmpty());
  EXPECT_EQ(say(clocks, "2026-11-18T15:00:00Z").size(), 1);
  EXPECT_THAT(say(clocks, "2026-11-18T13:30:00Z"), IsEmpty());
  EXPECT_THAT(say(clocks, "2026-11-18T15:00:00Z"), IsEmpty());
}

TEST(Alarms, FollowLondonsDaysOverTheClockChangesChristmasAndALeapDay) {
  const auto missed_at = [](std::string_view start) {
    Clocks clocks = one(kDecision, start);
    clocks.told(clocks.to_tell(utc("2030-01-01T00:00:00Z")).front());
    return to_rfc3339(clocks.next_alarm().value());
  };
  EXPECT_EQ(missed_at("2026-03-27T12:00:00Z"), "2026-03-30T23:00:00Z");  // summer time since Sunday
  EXPECT_EQ(missed_at("2026-10-23T12:00:00Z"), "2026-10-27T00:00:00Z");  // and back
  EXPECT_EQ(missed_at("2026-12-24T12:00:00Z"), "2026-12-30T00:00:00Z");
  EXPECT_EQ(missed_at("2028-02-28T12:00:00Z"), "2028-03-01T00:00:00Z");
}

TEST(Clocks, OfTwoOfAKindTheRunningOneThatIsDueFirstIsFound) {
  Clocks clocks;
  clocks.start(kAny, "", deadline(kAnswer, "2026-11-18T10:00:00Z"));
  clocks.finish(at("2026-11-18T10:10:00Z"), kAll);
  clocks.start(kAny, "", deadline(kAnswer, "2026-11-19T10:00:00Z"));
  clocks.finish(at("2026-11-19T10:10:00Z"), kAll);
  EXPECT_EQ(clocks.find("answer")->deadline.done_at, utc("2026-11-19T10:10:00Z"));
  clocks.start(kAny, "", deadline(kAnswer, "2026-11-21T10:00:00Z"));
  clocks.start(kAny, "", deadline(kAnswer, "2026-11-20T10:00:00Z"));
  EXPECT_EQ(clocks.find("answer")->deadline.start, utc("2026-11-20T10:00:00Z"));
  EXPECT_EQ(clocks.find("answer", "of-an-action"), nullptr);
  EXPECT_EQ(clocks.running(), 2);
}

TEST(ChangedCalendar, GivesWhatRunsAnotherDueTimeAndKeepsTheOld) {
  const Calendar later = calendar_with({"2026-11-19"});
  Clocks clocks = one(kDecision, "2026-11-18T12:00:00Z");
  say(clocks, "2026-11-19T21:00:00Z");
  EXPECT_THAT(clocks.to_recompute(cast::pack(), calendar(), utc("2026-11-19T21:00:00Z")),
              IsEmpty());
  const auto changed = clocks.to_recompute(cast::pack(), later, utc("2026-11-19T21:00:00Z"));
  ASSERT_EQ(changed.size(), 1);
  clocks.recomputed(changed[0]);
  const Clock& clock = clocks.all()[0];
  EXPECT_EQ(clock.deadline.due, utc("2026-11-20T23:59:59Z"));
  EXPECT_EQ(clock.deadline.approaching_from, utc("2026-11-20T19:59:59Z"));
  EXPECT_EQ(clock.deadline.calendar, later.version());
  ASSERT_EQ(clock.before.size(), 1);
  EXPECT_EQ(clock.before[0].due, utc("2026-11-19T23:59:59Z"));
  EXPECT_EQ(clock.before[0].calendar, calendar().version());
  common::v1::DeadlineStatus shown;
  to_proto(clock, utc("2026-11-20T12:00:00Z"), &shown);
  EXPECT_EQ(shown.before_size(), 1);
  EXPECT_THAT(clocks.to_recompute(cast::pack(), later, utc("2026-11-19T21:00:00Z")), IsEmpty());
  EXPECT_THAT(say(clocks, "2026-11-20T20:00:00Z"),
              ElementsAre("decision approaching 2026-11-20T23:59:59Z"));
}

TEST(ChangedCalendar, CountsForHoursInWhichTheHubIsOpen) {
  const Clocks clocks = one(kMeeting, "2026-11-18T09:00:00Z");
  const auto changed =
      clocks.to_recompute(cast::pack(), calendar_with({"2026-11-19"}), utc("2026-11-18T10:00:00Z"));
  ASSERT_EQ(changed.size(), 1);
  EXPECT_EQ(from_proto(changed[0].deadline().due()), utc("2026-11-20T17:00:00Z"));
}

TEST(ChangedCalendar, LeavesHubHoursAloneThatWereSetUnderAnotherPack) {
  common::v1::Deadline meeting = deadline(kMeeting, "2026-11-18T09:00:00Z");
  meeting.set_pack("elsewhere@7");
  Clocks clocks;
  clocks.start(kAny, "", meeting);
  EXPECT_THAT(
      clocks.to_recompute(cast::pack(), calendar_with({"2026-11-19"}), utc("2026-11-18T10:00:00Z")),
      IsEmpty());
}

TEST(ChangedCalendar, CountsTheNoticeOfAKnownTimescaleAgain) {
  const Timescale& assessment = cast::pack().timescale("assessment")->timescale;
  ASSERT_EQ(assessment.notice, (Span{5, ClockKind::kWorkingDays}));
  const auto set = deadline(assessment, "2026-11-02T12:00:00Z");
  Clocks clocks;
  clocks.start(kAny, "", set);
  // A holiday long before the notice: due a day later, and the weekend is not counted for notice.
  const Calendar later = calendar_with({"2026-11-19"});
  const auto changed = clocks.to_recompute(cast::pack(), later, utc("2026-11-18T10:00:00Z"));
  ASSERT_EQ(changed.size(), 1);
  const Time due = from_proto(changed[0].deadline().due()).value();
  EXPECT_GT(due, from_proto(set.due()).value());
  EXPECT_EQ(from_proto(changed[0].deadline().approaching_from()),
            add(due, {-5, ClockKind::kWorkingDays}, later).value());
}

TEST(ChangedCalendar, PutBackSaysNothingTwice) {
  const Calendar with = calendar_with({"2026-11-19"});
  const Calendar without = calendar_with();
  Clocks clocks = one(kDecision, "2026-11-18T12:00:00Z");
  const auto change_to = [&](const Calendar& calendar) {
    for (const auto& changed :
         clocks.to_recompute(cast::pack(), calendar, utc("2026-11-19T21:00:00Z")))
      clocks.recomputed(changed);
  };
  EXPECT_EQ(say(clocks, "2026-11-19T21:00:00Z").size(), 1);
  for (int times = 0; times < 3; ++times) {
    change_to(with);
    EXPECT_EQ(clocks.all()[0].deadline.due, utc("2026-11-20T23:59:59Z"));
    EXPECT_EQ(say(clocks, "2026-11-20T21:00:00Z").size(), times == 0 ? 1 : 0);
    change_to(without);
    EXPECT_EQ(clocks.all()[0].deadline.due, utc("2026-11-19T23:59:59Z"));
    EXPECT_THAT(say(clocks, "2026-11-19T22:00:00Z"), IsEmpty());
  }
  EXPECT_THAT(say(clocks, "2026-11-20T00:00:00Z"),
              ElementsAre("decision missed 2026-11-19T23:59:59Z"));
}

TEST(Clocks, ThatWereToldMissedAreShownSoWhateverIsRecordedLater) {
  const auto shown = [](const Clocks& clocks) {
    common::v1::DeadlineStatus status;
    to_proto(clocks.all()[0], utc("2026-11-19T00:00:00Z"), &status);
    return status;
  };
  Clocks met = one(kAnswer, "2026-11-18T10:00:00Z");
  met.finish(at("2026-11-18T13:00:00Z"), kAll);
  EXPECT_EQ(shown(met).state(), common::v1::DEADLINE_STATE_MET);
  Clocks told = one(kAnswer, "2026-11-18T10:00:00Z");
  say(told, "2026-11-18T15:00:00Z");
  told.finish(at("2026-11-18T13:00:00Z"), kAll);  // recorded once it was said
  EXPECT_EQ(shown(told).state(), common::v1::DEADLINE_STATE_MISSED);
  EXPECT_EQ(from_proto(shown(told).done_at()), utc("2026-11-18T13:00:00Z"));
}

TEST(ChangedCalendar, LeavesAloneWhatIsNotCountedAnewOrComesOutTheSame) {
  const Calendar later = calendar_with({"2026-11-19"});
  const Time now = utc("2026-11-18T13:00:00Z");
  const auto left_alone = [&](const Clocks& clocks) {
    return clocks.to_recompute(cast::pack(), later, now).empty();
  };
  EXPECT_TRUE(left_alone(one(kAnswer, "2026-11-18T12:00:00Z")));
  EXPECT_TRUE(left_alone(one(kDecision, "2026-11-20T12:00:00Z")));
  Clocks done = one(kDecision, "2026-11-18T12:00:00Z");
  done.finish(at("2026-11-18T12:10:00Z"), kAll);
  EXPECT_TRUE(left_alone(done));
  Clocks missed = one(kDecision, "2026-11-18T12:00:00Z");
  say(missed, "2026-11-20T00:00:00Z");
  EXPECT_TRUE(left_alone(missed));
  Clocks extended = one(kDecision, "2026-11-18T12:00:00Z");
  put_off(extended, kDecision, utc("2026-12-01T12:00:00Z"), now);
  EXPECT_TRUE(left_alone(extended));
  common::v1::Deadline capped = deadline(kDecision, "2026-11-18T12:00:00Z");
  capped.set_capped_by("assessment");
  Clocks brought_forward;
  brought_forward.start(kAny, "", capped);
  EXPECT_TRUE(left_alone(brought_forward));
}

TEST(ChangedCalendar, HasADayEndAtMidnightInWinterAsInSummer) {
  // Due on Friday in summer time; with Friday a holiday, on the Monday after the clocks went back.
  const Timescale timescale{"t", {1, ClockKind::kWorkingDays}, Span{1, ClockKind::kWorkingDays}};
  Clocks clocks = one(timescale, "2026-10-22T12:00:00Z");
  const auto changed =
      clocks.to_recompute(cast::pack(), calendar_with({"2026-10-23"}), utc("2026-10-22T13:00:00Z"));
  ASSERT_EQ(changed.size(), 1);
  EXPECT_EQ(from_proto(changed[0].deadline().due()), utc("2026-10-26T23:59:59Z"));
  EXPECT_EQ(from_proto(changed[0].deadline().approaching_from()), utc("2026-10-25T23:59:59Z"));
}

TEST(Commands, AnswerWithTheStreamsOwnEvents) {
  using Event = referral::v1::ReferralEvent;
  const Calendar later = calendar_with({"2026-11-19"});
  const Clocks clocks = one(kDecision, "2026-11-18T12:00:00Z");
  Context context;
  context.now = utc("2026-11-19T21:00:00Z");
  context.calendar = &later;
  const auto told = tell<Event>(clocks, context).value();
  ASSERT_EQ(told.size(), 1);
  EXPECT_EQ(told[0].deadline_told().kind(), "decision");
  context.pack = &cast::pack();
  const auto again = recompute<Event>(clocks, context).value();
  ASSERT_EQ(again.size(), 1);
  EXPECT_EQ(again[0].deadline_recomputed().deadline().kind(), "decision");
}

}  // namespace
}  // namespace mash::clocks
