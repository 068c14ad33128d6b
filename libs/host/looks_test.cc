#include "host/looks.h"

#include <gmock/gmock.h>

#include <future>

#include "log/testing/temp_log.h"
#include "mash/log/v1/log_events.pb.h"

namespace mash::host {
namespace {

using log::testing::TempLog;
using log::testing::write_note;
using mash::log::v1::LookEvent;
using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr char kStream[] = "notebook/1";

class LooksAppended : public ::testing::Test {
 protected:
  Result<log::Appended> append(Looks looks, LookAgain again = {}) {
    std::promise<Result<log::Appended>> answered;
    append_looks(*log_, {.actor = log::testing::triage_officer(), .now = log_.clock().now()},
                 "a.Service/Read", "Review 7.", std::move(looks), std::move(again),
                 [&](Result<log::Appended> result) { answered.set_value(std::move(result)); });
    return answered.get_future().get();
  }

  // A look at what the stream says now.
  Look look_now() {
    const auto read = log_->read_stream(kStream).value();
    return {.stream_id = case_,
            .case_id = case_,
            .ids = {"item-1"},
            .decision_id = "decision-1",
            .decision_version = 2,
            .expectations = {
                {.stream = kStream, .version = read.version, .read_size = read.read_size}}};
  }

  std::vector<LookEvent> recorded() {
    std::vector<LookEvent> events;
    const auto history = log_->read_stream("look/" + case_, 1, {}, true).value();
    for (const log::Record& record : history.records) {
      LookEvent& event = events.emplace_back();
      EXPECT_TRUE(event.ParseFromString(record.body.event()));
      EXPECT_TRUE(log_->open_personal(record, event).has_value());
    }
    return events;
  }

  TempLog log_;
  const std::string case_ = log_.fresh_case();
};

TEST_F(LooksAppended, NameTheDecisionTheyRestOn) {
  write_note(*log_, {.stream = kStream, .case_id = case_}).value();
  ASSERT_TRUE(append({look_now()}));
  ASSERT_THAT(recorded(), SizeIs(1));
  const auto shown = recorded()[0].content_shown();
  EXPECT_EQ(shown.decision_id(), "decision-1");
  EXPECT_EQ(shown.decision_version(), 2U);
  EXPECT_EQ(shown.purpose(), "Review 7.");
  EXPECT_THAT(shown.ids(), ElementsAre("item-1"));
}

TEST_F(LooksAppended, AreJudgedAnewWhenWhatTheyRestOnMovesBetweenReadAndLook) {
  write_note(*log_, {.stream = kStream, .case_id = case_}).value();
  const Look stale = look_now();
  write_note(*log_, {.stream = kStream, .case_id = case_}).value();
  int again = 0;
  ASSERT_TRUE(append({stale}, [&]() -> Result<Looks> {
    ++again;
    Look fresh = look_now();
    fresh.decision_id = "decision-2";
    return Looks{fresh};
  }));
  EXPECT_EQ(again, 1);
  ASSERT_THAT(recorded(), SizeIs(1));
  EXPECT_EQ(recorded()[0].content_shown().decision_id(), "decision-2");
}

TEST_F(LooksAppended, AreNotRecordedWhenTheSecondJudgementRefuses) {
  write_note(*log_, {.stream = kStream, .case_id = case_}).value();
  const Look stale = look_now();
  write_note(*log_, {.stream = kStream, .case_id = case_}).value();
  const auto appended = append({stale}, [&]() -> Result<Looks> {
    return refuse(Code::kFailedPrecondition, "NOT_DISCLOSED", "Not any more.");
  });
  EXPECT_EQ(appended.error().reason, "NOT_DISCLOSED");
  EXPECT_THAT(recorded(), SizeIs(0));
}

TEST_F(LooksAppended, GiveUpAfterThreeConflicts) {
  write_note(*log_, {.stream = kStream, .case_id = case_}).value();
  const Look stale = look_now();
  write_note(*log_, {.stream = kStream, .case_id = case_}).value();
  int again = 0;
  const auto appended = append({stale}, [&]() -> Result<Looks> {
    ++again;
    return Looks{stale};
  });
  EXPECT_EQ(appended.error().code, Code::kAborted);
  EXPECT_EQ(appended.error().reason, "VERSION_CONFLICT");
  EXPECT_EQ(again, 2);
  EXPECT_EQ(append({stale}).error().reason, "VERSION_CONFLICT");
  EXPECT_THAT(recorded(), SizeIs(0));
}

TEST_F(LooksAppended, RecordASearchThatFindsNothing) {
  ASSERT_TRUE(append({{.stream_id = case_, .case_id = case_, .as_at_size = 0, .searched = true}}));
  ASSERT_THAT(recorded(), SizeIs(1));
  EXPECT_EQ(recorded()[0].searched().found(), 0U);
  EXPECT_EQ(recorded()[0].searched().purpose(), "Review 7.");
}

TEST_F(LooksAppended, CountWhatASearchFindsAndNameAllOfAFew) {
  Look look{.stream_id = case_, .case_id = case_, .as_at_size = 9, .searched = true};
  look.ids.assign(200, "item");
  ASSERT_TRUE(append({look}));
  look.ids.resize(10'000, "last");
  ASSERT_TRUE(append({look}));
  ASSERT_THAT(recorded(), SizeIs(2));
  EXPECT_EQ(recorded()[0].searched().ids_size(), 200);
  EXPECT_EQ(recorded()[0].searched().as_at_size(), 9U);
  EXPECT_EQ(recorded()[1].searched().found(), 10'000U);
  EXPECT_THAT(recorded()[1].searched().ids(), ElementsAre("item", "last"));
}

TEST_F(LooksAppended, LoseTheirPurposeWithTheKeyOfTheirCase) {
  ASSERT_TRUE(append({{.stream_id = case_, .case_id = case_, .ids = {"item-1"}}}));
  const std::vector<std::string> keys = {case_};
  ASSERT_TRUE(log_.vault().destroy(keys));
  ASSERT_TRUE(append({{.stream_id = case_, .case_id = case_, .ids = {"item-1"}}}));
  ASSERT_TRUE(append({{.stream_id = case_, .case_id = case_, .searched = true}}));
  ASSERT_THAT(recorded(), SizeIs(3));
  EXPECT_EQ(recorded()[1].content_shown().purpose(), "");
  EXPECT_TRUE(recorded()[2].has_searched());
}

}  // namespace
}  // namespace mash::host
