#include <gmock/gmock.h>

#include "policy/pack.h"
#include "strategy/discussions/discussion.h"
#include "strategy/testing/discussions.h"

namespace mash::strategy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests

v1::ExtendDeadlineRequest extension(std::string_view kind, const std::string& id,
                                    std::string_view due) {
  auto request = proto<v1::ExtendDeadlineRequest>("reasons: 'The doctor is away.'");
  request.set_kind(std::string(kind));
  request.set_id(id);
  to_proto(utc(due), request.mutable_due());
  return request;
}

Course with_action() {
  Course course = Course::begun();
  course.assigned("health");  // due on 2 December
  return course;
}
std::string action(const Course& course) { return course.state().actions.back().id; }

TEST(DiscussionDeadlines, ArePutOffWithReasonsWhileTheyRun) {
  Course course = with_action();
  const std::string id = action(course);
  course.take(kSocialWorker, extension("discussion-action", id, "2026-12-09T23:59:59Z"));
  EXPECT_EQ(course.last().deadline_extended().extended_by(), "w-1");
  EXPECT_EQ(course.last().deadline_extended().owed_by(), "health");
  EXPECT_EQ(course.clock("discussion-action", id)->deadline.current_due(),
            utc("2026-12-09T23:59:59Z"));
  course.when(kSocialWorker, extension("discussion-action", id, "2026-12-08T23:59:59Z"))
      .then_refused("DUE_NOT_LATER");
}

TEST(DiscussionDeadlines, AreNotPutOffOnceMissedOrDone) {
  Course course = with_action();
  const auto later = extension("discussion-action", action(course), "2026-12-09T23:59:59Z");
  course.at("2026-12-03T00:00:00Z").when(kSocialWorker, later).then_refused("DEADLINE_MISSED");
  course.when(kSocialWorker, extension("strategy-discussion", "", "2026-12-09T23:59:59Z"))
      .then_refused("DEADLINE_DONE");
}

TEST(DiscussionDeadlines, AreThoseThatThereAre) {
  Course course = with_action();
  course.when(kSocialWorker, extension("discussion-action", "", "2026-12-09T23:59:59Z"))
      .then_refused("NO_SUCH_DEADLINE");
  course.when(kSocialWorker, extension("core-group", "", "2026-12-09T23:59:59Z"))
      .then_refused("NO_SUCH_DEADLINE");
  course.when(kPolice, extension("discussion-action", action(course), "2026-12-09T23:59:59Z"))
      .then_refused("NOT_FOUND");
}

TEST(DiscussionDeadlines, AreOfTheLastSittingsRecordWhereNoneIsNamed) {
  Course course = Course::over();
  const auto later = extension("discussion-record", "", "2026-12-09T23:59:59Z");
  course.take(kManager, later);
  EXPECT_EQ(course.last().deadline_extended().id(), "1");
  EXPECT_EQ(course.last().deadline_extended().owed_by(), "");
  course.reconvened(kNow)
      .joined({"social-care", "police", "health"})
      .started()
      .decided(going_on())
      .closed();
  course.take(kManager, later);
  EXPECT_EQ(course.last().deadline_extended().id(), "2");
  Course::begun().when(kManager, later).then_refused("NO_SUCH_DEADLINE");
}

TEST(DiscussionDeadlines, AreSpokenOfOnceEachInTheOrderOfTheirTimes) {
  Course course = with_action();
  course.when(kTriage, clocks::Tell{}).then_nothing_changes();
  course.at("2026-12-03T08:00:00Z").take(kTriage, clocks::Tell{});
  const auto& events = course.events();
  ASSERT_GE(events.size(), 2u);
  EXPECT_EQ(events[events.size() - 2].deadline_told().state(),
            common::v1::DEADLINE_STATE_APPROACHING);
  EXPECT_EQ(events.back().deadline_told().state(), common::v1::DEADLINE_STATE_MISSED);
  EXPECT_EQ(events.back().deadline_told().id(), action(course));
  course.when(kTriage, clocks::Tell{}).then_nothing_changes();
}

TEST(DiscussionDeadlines, AreComputedAgainOnceTheCalendarHasAnotherHoliday) {
  Course course = with_action();
  course.when(kTriage, clocks::Recompute{}).then_nothing_changes();
  const std::string day = "{\"title\": \"Proclaimed\", \"date\": \"2026-11-30\"}";
  std::string years;
  for (int year = 2025; year <= 2027; ++year)
    for (const BankHoliday& holiday : bank_holidays_by_rule(std::chrono::year(year)))
      years += "{\"title\": \"" + holiday.title + "\", \"date\": \"" +
               to_iso_date(std::chrono::year_month_day(
                   std::chrono::sys_days(holiday.day.time_since_epoch()))) +
               "\"}, ";
  const auto other = Calendar::parse(
      "{\"england-and-wales\": {\"division\": \"england-and-wales\", \"events\": [" + years + day +
      "]}}");
  ASSERT_TRUE(other.has_value()) << mash::testing::brief(other.error());
  Context context = course.by(kTriage);
  context.calendar = &*other;
  const auto events = Discussion::decide(course.state(), clocks::Recompute{}, context);
  ASSERT_TRUE(events.has_value());
  ASSERT_EQ(events->size(), 1u);  // what was done stays as it was
  const common::v1::DeadlineRecomputed& again = events->front().deadline_recomputed();
  EXPECT_EQ(again.id(), action(course));
  EXPECT_EQ(from_proto(again.deadline().due()).value(), utc("2026-12-03T23:59:59Z"));
  for (const auto& event : *events) course.append(event);
  EXPECT_EQ(course.clock("discussion-action", action(course))->deadline.due,
            utc("2026-12-03T23:59:59Z"));
}

TEST(DiscussionDeadlines, OfTheDiscussionItselfEndWithItsFirstBeginning) {
  Course course;
  course.convened();
  EXPECT_TRUE(course.clock(policy::kStrategyDiscussion)->runs());
  course.at("2026-11-25T12:00:00Z")
      .joined({"social-care", "police", "health"})
      .started()
      .decided(single_agency())
      .closed()
      .at("2026-12-08T10:00:00Z")
      .reconvened("2026-12-08T10:00:00Z")
      .joined({"social-care", "police", "health"})
      .started();
  EXPECT_EQ(course.clock(policy::kStrategyDiscussion)->deadline.done_at,
            utc("2026-11-25T12:00:00Z"));
}

}  // namespace
}  // namespace mash::strategy
