#include "log/handle.h"

#include <gtest/gtest.h>

#include "log/testing/temp_log.h"

namespace mash::log {
namespace {

using testing::Notebook;
using testing::NoteCall;
using testing::TempLog;
using testing::write_note;
using Note = testing::v1::WriteNoteRequest;

class Handle : public ::testing::Test {
 protected:
  Result<Appended> run(Work work, CommandCall call = {.context = {.actor = {.agency = "police"}}}) {
    std::promise<Result<Appended>> answered;
    handle(*log_, std::move(call), std::move(work),
           [&](Result<Appended> result) { answered.set_value(std::move(result)); });
    return answered.get_future().get();
  }

  TempLog log_;
  const std::string case_ = log_.fresh_case();
};

TEST_F(Handle, ARefusalOfTheWorkIsTheAnswerAndNothingIsWritten) {
  const auto answer = run([&](UnitOfWork& unit) {
    if (auto wrote = unit.decide<Notebook>({"notebook/1", case_}, Note{}); !wrote) return wrote;
    return Result<void>(refuse(Code::kFailedPrecondition, "NOT_NOW", "Not now."));
  });
  EXPECT_EQ(answer.error().reason, "NOT_NOW");
  EXPECT_EQ(log_->size(), 0u);
}

TEST_F(Handle, TheGuardIsAskedBeforeDecisionsOnStreamsThatExist) {
  std::vector<std::string> asked;
  const CommandCall guarded{
      .context = {.actor = {.agency = "police"}},
      .guard = [&](UnitOfWork&, const std::string& stream, const std::string& in) -> Result<void> {
        asked.push_back(stream + " in " + in);
        return refuse(Code::kNotFound, "NOT_FOUND", "There is none.");
      }};
  const Work write = [&](UnitOfWork& unit) {
    return unit.decide<Notebook>({"notebook/1", case_}, Note{});
  };
  EXPECT_TRUE(run(write, guarded).has_value());
  EXPECT_TRUE(asked.empty());
  EXPECT_EQ(run(write, guarded).error().reason, "NOT_FOUND");
  EXPECT_EQ(asked, std::vector<std::string>{"notebook/1 in " + case_});
  EXPECT_EQ(log_->size(), 1u);
}

TEST_F(Handle, ADecisionSeesTheDecisionsBeforeItInTheUnit) {
  Note second;
  second.set_notes_max(1);
  const auto answer = run([&](UnitOfWork& unit) {
    return unit.decide<Notebook>({"notebook/1", case_}, Note{}).and_then([&] {
      return unit.decide<Notebook>({"notebook/1", case_}, second);
    });
  });
  EXPECT_EQ(answer.error().reason, "NOTEBOOK_FULL");
}

TEST_F(Handle, ADecisionWithoutEventsIsASuccessThatIsRemembered) {
  write_note(*log_, {.case_id = case_}).value();
  CommandCall call{.context = {.actor = {.agency = "police"}},
                   .request = testing::request_key("nothing", "to do")};
  const Work nothing = [](UnitOfWork& unit) {
    return unit.observe<Notebook>("notebook/1").map([](const Notebook::State&) {});
  };
  const auto first = run(nothing, call).value();
  EXPECT_FALSE(first.repeated);
  EXPECT_TRUE(first.events.empty());
  EXPECT_EQ(log_->size(), 1u);
  const auto again = run(nothing, call).value();
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.position, first.position);
  EXPECT_EQ(again.epoch, 1u);
}

TEST_F(Handle, EventsOfOneUnitShareTheirCorrelation) {
  const auto answer = run([&](UnitOfWork& unit) {
    return unit.decide<Notebook>({"notebook/1", case_}, Note{}).and_then([&] {
      return unit.decide<Notebook>({"notebook/2", case_}, Note{});
    });
  });
  ASSERT_TRUE(answer.has_value());
  const auto first = log_->read(0).value();
  EXPECT_EQ(first.body.correlation_id(), first.body.event_id());
  EXPECT_EQ(log_->read(1)->body.correlation_id(), first.body.event_id());
}

TEST_F(Handle, WhatARecordCausesBelongsToItsChain) {
  write_note(*log_, {.case_id = case_}).value();
  const auto cause = log_->read(0).value();
  const auto answer = run([&](UnitOfWork& unit) {
    return unit.decide<Notebook>({"notebook/1", case_}, Note{}).and_then([&] {
      unit.caused_by(cause);
      return unit.decide<Notebook>({"notebook/2", case_}, Note{});
    });
  });
  ASSERT_TRUE(answer.has_value());
  const auto own = log_->read(1)->body;
  EXPECT_EQ(own.causation_id(), "");
  EXPECT_EQ(own.correlation_id(), own.event_id());
  const auto caused = log_->read(2)->body;
  EXPECT_EQ(caused.causation_id(), cause.body.event_id());
  EXPECT_EQ(caused.correlation_id(), cause.body.correlation_id());
}

TEST_F(Handle, ARecordSaysWhoAndWhereAndNothingSeenWhereNothingIsFollowed) {
  write_note(*log_, {.case_id = case_}).value();
  const auto body = log_->read(0)->body;
  EXPECT_EQ(body.actor().agency(), "social-care");
  EXPECT_EQ(body.actor().practitioner(), "p-7");
  EXPECT_EQ(body.area(), "E10000013");
  EXPECT_EQ(body.case_id(), case_);
  EXPECT_EQ(body.seen_size(), 0);
}

TEST_F(Handle, AStreamStaysInItsCase) {
  write_note(*log_, {.case_id = case_}).value();
  write_note(*log_, {.case_id = log_.fresh_case()}).value();
  EXPECT_EQ(log_->read(1)->body.case_id(), case_);
}

TEST_F(Handle, AStreamThatIsMadeAndWrittenAgainInOneUnitStaysInItsCase) {
  const auto answer = run([&](UnitOfWork& unit) {
    return unit.decide<Notebook>({"notebook/1", case_}, Note{})
        .and_then([&] { return unit.case_of("notebook/1"); })
        .and_then([&](const std::string& in) {
          EXPECT_EQ(in, case_);
          return unit.decide<Notebook>({.stream = "notebook/1"}, Note{});
        });
  });
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(log_->read(1)->body.case_id(), case_);
  // And so for whoever asks later: the guard, and those who read the case.
  std::vector<std::string> asked;
  const CommandCall guarded{
      .context = {.actor = {.agency = "police"}},
      .guard = [&](UnitOfWork&, const std::string&, const std::string& in) -> Result<void> {
        asked.push_back(in);
        return {};
      }};
  const auto later =
      run([&](UnitOfWork& unit) { return unit.decide<Notebook>({.stream = "notebook/1"}, Note{}); },
          guarded);
  ASSERT_TRUE(later.has_value());
  EXPECT_EQ(asked, std::vector<std::string>{case_});
  EXPECT_EQ(log_->read(2)->body.case_id(), case_);
  std::size_t of_case = 0;
  ASSERT_TRUE(log_->scan({.case_id = case_}, [&](Record&&) { return ++of_case > 0; }));
  EXPECT_EQ(of_case, 3u);
}

TEST_F(Handle, AddTakesWhateverVersionAStreamHas) {
  v1::LookEvent look;
  look.mutable_content_shown()->set_method("a method");
  for (uint64_t version = 1; version <= 3; ++version) {
    const auto answer =
        run([&](UnitOfWork& unit) { return unit.add({.stream = "look/" + case_}, look); });
    EXPECT_EQ(answer->version, version);
  }
}

TEST_F(Handle, UnderAnIdMadeForTheCommandNothingIsLookedUpAndTheVersionIsCheckedAllTheSame) {
  write_note(*log_, {.stream = "notebook/7", .case_id = case_}).value();
  Note first;
  first.set_notes_max(1);  // one was read: NOTEBOOK_FULL
  const auto answer =
      run([&](UnitOfWork& unit) { return unit.decide<Notebook>({"notebook/7", case_}, first); },
          {.context = {.actor = {.agency = "police"}, .fresh_ids = {"7"}}});
  EXPECT_EQ(answer.error().reason, "VERSION_CONFLICT");
}

TEST_F(Handle, AStreamOfAnotherAggregateIsRefusedNotMisread) {
  v1::LookEvent look;
  look.mutable_content_shown()->set_method("a method");
  run([&](UnitOfWork& unit) { return unit.add({.stream = "looks"}, look); }).value();
  EXPECT_EQ(write_note(*log_, {.stream = "looks", .case_id = case_}).error().reason,
            "EVENT_UNKNOWN");
}

TEST_F(Handle, WithoutAnExpectedVersionItGivesUpAfterThreeConflicts) {
  int tries = 0;
  const auto answer = run([&](UnitOfWork& unit) {
    ++tries;
    return unit.observe<Notebook>("notebook/1").and_then([&](const Notebook::State&) {
      // Somebody always comes between.
      testing::write_note_async(*log_, {.case_id = case_}, [](const Result<Appended>&) {});
      return unit.decide<Notebook>({"notebook/1", case_}, Note{});
    });
  });
  EXPECT_EQ(answer.error().reason, "VERSION_CONFLICT");
  EXPECT_EQ(answer.error().code, Code::kAborted);
  EXPECT_EQ(tries, 3);
}

}  // namespace
}  // namespace mash::log
