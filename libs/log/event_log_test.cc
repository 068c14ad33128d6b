#include "log/event_log.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <set>
#include <thread>

#include "log/prover.h"
#include "log/testing/temp_log.h"
#include "log/verify.h"
#include "merkle/tlog_proof.h"

namespace mash::log {
namespace {

using testing::Notebook;
using testing::NoteCall;
using testing::TempLog;
using testing::write_note;
using testing::write_note_async;
using NoteEvent = testing::v1::NoteEvent;

// Runs `work(i)` on `count` threads at once.
void on_threads(int count, const std::function<void(int)>& work) {
  std::latch together(count);
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i)
    threads.emplace_back([&, i] {
      together.arrive_and_wait();
      work(i);
    });
  for (auto& thread : threads) thread.join();
}

std::vector<std::string> texts(EventLog& log, const std::string& stream) {
  const auto history = log.read_stream(stream, 1, {}, true).value();
  const auto opened = opened_events<NoteEvent>(log, history.records).value();
  std::vector<std::string> out;
  for (const auto& event : opened.events) out.push_back(event.written().text());
  return out;
}

TEST(EventLog, ReadsBackAStreamWithItsPersonalFields) {
  TempLog log;
  const auto case_id = log.fresh_case();
  ASSERT_TRUE(write_note(*log, {.case_id = case_id, .text = "first"}).has_value());
  ASSERT_TRUE(write_note(*log, {.case_id = case_id, .text = "second"}).has_value());
  EXPECT_EQ(texts(*log, "notebook/1"), (std::vector<std::string>{"first", "second"}));
}

TEST(EventLog, KeepsPersonalFieldsOutOfTheRecord) {
  TempLog log;
  ASSERT_TRUE(write_note(*log, {.case_id = log.fresh_case(), .text = "Rowan Planted"}).has_value());
  const auto record = log->read(0).value();
  EXPECT_TRUE(record.has_personal());
  EXPECT_EQ(record.leaf.find("Planted"), std::string::npos);
}

TEST(EventLog, AReceiptNamesWhatWasWritten) {
  TempLog log;
  const auto case_id = log.fresh_case();
  write_note(*log, {.case_id = case_id}).value();
  const auto appended = write_note(*log, {.case_id = case_id}).value();
  EXPECT_EQ(appended.epoch, 1u);
  EXPECT_EQ(appended.position, 1u);
  EXPECT_EQ(appended.version, 2u);
  ASSERT_EQ(appended.events.size(), 1u);
  EXPECT_EQ(appended.events[0].case_id, case_id);
  EXPECT_EQ(log->size(), 2u);
}

TEST(EventLog, RefusesAStaleExpectedVersion) {
  TempLog log;
  const auto case_id = log.fresh_case();
  write_note(*log, {.case_id = case_id}).value();
  EXPECT_EQ(write_note(*log, {.case_id = case_id, .expected_version = 0}).error().reason,
            "VERSION_CONFLICT");
  EXPECT_EQ(write_note(*log, {.case_id = case_id, .expected_version = 1})->version, 2u);
}

TEST(EventLog, OfManyCallersWithOneVersionExactlyOneWins) {
  TempLog log;
  const auto case_id = log.fresh_case();
  constexpr int kCallers = 200;
  constexpr uint64_t kVersions = 10;
  std::atomic<int> won{0};
  on_threads(8, [&](int thread) {
    for (int i = thread; i < kCallers; i += 8)
      for (uint64_t version = 0; version < kVersions; ++version)
        if (write_note(*log, {.case_id = case_id, .expected_version = version})) ++won;
  });
  EXPECT_EQ(won, static_cast<int>(kVersions));
  EXPECT_EQ(log->read_stream("notebook/1")->version, kVersions);
}

TEST(EventLog, WithoutAnExpectedVersionAConflictIsDecidedAgain) {
  TempLog log;
  const auto case_id = log.fresh_case();
  std::atomic<int> refused{0};
  on_threads(4, [&](int) {
    for (int i = 0; i < 25; ++i)
      if (const auto wrote = write_note(*log, {.case_id = case_id}); !wrote) {
        EXPECT_EQ(wrote.error().reason, "VERSION_CONFLICT");
        ++refused;
      }
  });
  EXPECT_EQ(log->read_stream("notebook/1")->version, static_cast<uint64_t>(100 - refused));
}

TEST(EventLog, ADecisionRestsOnAStreamThatMustNotMove) {
  TempLog log;
  const auto case_id = log.fresh_case();
  write_note(*log, {.stream = "notebook/read", .case_id = case_id}).value();
  std::promise<Result<Appended>> answered;
  bool first = true;
  testing::v1::WriteNoteRequest request;
  handle(
      *log, {.context = {.actor = testing::triage_officer()}},
      [&](UnitOfWork& unit) {
        return unit.observe<Notebook>("notebook/read").and_then([&](const Notebook::State&) {
          // Between this decision and its append the stream moves, once: the work is done again.
          if (std::exchange(first, false))
            write_note(*log, {.stream = "notebook/read", .case_id = case_id}).value();
          return unit.decide<Notebook>({"notebook/written", case_id}, request);
        });
      },
      [&](Result<Appended> result) { answered.set_value(std::move(result)); });
  ASSERT_TRUE(answered.get_future().get().has_value());
  EXPECT_FALSE(first);
  EXPECT_EQ(log->size(), 3u);
}

TEST(EventLog, AnAppendOverSeveralStreamsIsWrittenWholeOrNotAtAll) {
  TempLog log;
  const auto case_id = log.fresh_case();
  testing::v1::WriteNoteRequest request;
  testing::v1::WriteNoteRequest refused;
  refused.set_notes_max(1);
  const auto both = [&](const testing::v1::WriteNoteRequest& second) {
    std::promise<Result<Appended>> answered;
    handle(
        *log, {.context = {.actor = testing::triage_officer()}},
        [&](UnitOfWork& unit) {
          return unit.decide<Notebook>({"notebook/a", case_id}, request).and_then([&] {
            return unit.decide<Notebook>({"notebook/b", case_id}, second);
          });
        },
        [&](Result<Appended> result) { answered.set_value(std::move(result)); });
    return answered.get_future().get();
  };
  const auto appended = both(request).value();
  EXPECT_EQ(appended.events.size(), 2u);
  EXPECT_EQ(appended.version, 1u);
  EXPECT_EQ(both(refused).error().reason, "NOTEBOOK_FULL");
  EXPECT_EQ(log->size(), 2u);
}

TEST(EventLog, TheSameRequestAgainReturnsTheFirstAnswer) {
  TempLog log;
  const auto case_id = log.fresh_case();
  const NoteCall note{.case_id = case_id, .request_id = "r-1"};
  const auto first = write_note(*log, note).value();
  write_note(*log, {.case_id = case_id}).value();
  const auto again = write_note(*log, note).value();
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.position, first.position);
  EXPECT_EQ(again.version, first.version);
  EXPECT_EQ(again.events.at(0).event_id, first.events.at(0).event_id);
  EXPECT_EQ(log->size(), 2u);
}

TEST(EventLog, ARequestIdUsedForAnotherBodyIsRefused) {
  TempLog log;
  const auto case_id = log.fresh_case();
  write_note(*log, {.case_id = case_id, .text = "one", .request_id = "r-1"}).value();
  EXPECT_EQ(
      write_note(*log, {.case_id = case_id, .text = "two", .request_id = "r-1"}).error().reason,
      "REQUEST_ID_REUSED");
}

TEST(EventLog, ARefusalIsNotKept) {
  TempLog log;
  const auto case_id = log.fresh_case();
  write_note(*log, {.case_id = case_id}).value();
  const NoteCall note{.case_id = case_id, .request_id = "r-1", .expected_version = 0};
  EXPECT_EQ(write_note(*log, note).error().reason, "VERSION_CONFLICT");
  auto corrected = note;
  corrected.expected_version = 1;
  EXPECT_TRUE(write_note(*log, corrected).has_value());
}

TEST(EventLog, TenConnectionsSendingOneRequestHaveOneEffectAndOneAnswer) {
  TempLog log;
  const auto case_id = log.fresh_case();
  std::mutex mutex;
  std::set<std::pair<uint64_t, std::string>> answers;
  on_threads(10, [&](int) {
    const auto appended = write_note(*log, {.case_id = case_id, .request_id = "r-1"});
    ASSERT_TRUE(appended.has_value()) << appended.error().message;
    const std::lock_guard lock(mutex);
    answers.emplace(appended->position, appended->events.at(0).event_id);
  });
  EXPECT_EQ(answers.size(), 1u);
  EXPECT_EQ(log->size(), 1u);
}

TEST(EventLog, RequestsAndVersionsAreKnownAfterReopening) {
  TempLog log;
  const auto case_id = log.fresh_case();
  const auto first = write_note(*log, {.case_id = case_id, .request_id = "r-1"}).value();
  ASSERT_TRUE(log.reopen().has_value());
  EXPECT_EQ(write_note(*log, {.case_id = case_id, .request_id = "r-1"})->position, first.position);
  EXPECT_EQ(write_note(*log, {.case_id = case_id})->version, 2u);
}

TEST(EventLog, PositionsHaveNoGapsAndTimesNeverGoBack) {
  TempLog log;
  const auto case_id = log.fresh_case();
  on_threads(4, [&](int thread) {
    for (int i = 0; i < 50; ++i) {
      if (i == 25) log.clock().advance(std::chrono::seconds(thread % 2 == 0 ? -7 : 3));
      write_note(*log, {.stream = "notebook/" + std::to_string(thread), .case_id = case_id})
          .value();
    }
  });
  uint64_t expected = 0;
  Time before{};
  ASSERT_TRUE(log->scan({},
                        [&](Record&& record) {
                          EXPECT_EQ(record.prefix.position, expected++);
                          EXPECT_GE(record.prefix.recorded_at, before);
                          before = record.prefix.recorded_at;
                          return true;
                        })
                  .has_value());
  EXPECT_EQ(expected, 200u);
}

TEST(EventLog, ScansForwardsAndBackwardsByStreamCaseAndType) {
  TempLog log;
  const auto first = log.fresh_case();
  const auto second = log.fresh_case();
  for (int i = 0; i < 3; ++i) {
    write_note(*log, {.stream = "notebook/a", .case_id = first}).value();
    write_note(*log, {.stream = "notebook/b", .case_id = second}).value();
  }
  const auto positions = [&](const ScanQuery& query) {
    std::vector<uint64_t> out;
    EXPECT_TRUE(log->scan(query,
                          [&](Record&& record) {
                            out.push_back(record.prefix.position);
                            return true;
                          })
                    .has_value());
    return out;
  };
  using Positions = std::vector<uint64_t>;
  EXPECT_EQ(positions({.from = 4}), (Positions{4, 5}));
  EXPECT_EQ(positions({.from = UINT64_MAX, .backwards = true}), (Positions{5, 4, 3, 2, 1, 0}));
  EXPECT_EQ(positions({.from = 2, .stream = "notebook/b"}), (Positions{3, 5}));
  EXPECT_EQ(positions({.from = 3, .backwards = true, .case_id = first}), (Positions{2, 0}));
  EXPECT_EQ(positions({.as_at_size = 4, .case_id = second}), (Positions{1, 3}));
  EXPECT_EQ(positions({.types = {"another"}}), Positions{});
}

TEST(EventLog, AnswersAsAtAPastTime) {
  TempLog log;
  const auto case_id = log.fresh_case();
  const auto start = log.clock().now();
  for (int i = 0; i < 4; ++i) {
    log.clock().advance(std::chrono::hours(1));
    write_note(*log, {.case_id = case_id, .priority = static_cast<uint32_t>(i)}).value();
  }
  const auto size = log->size_at(start + std::chrono::minutes(150)).value();
  EXPECT_EQ(size, 2u);
  EXPECT_EQ(log->read_stream("notebook/1", 1, size)->version, 2u);
  EXPECT_EQ(log->size_at(start).value(), 0u);
  const auto then = log->list({.view = "notebooks", .as_at_size = size}).value();
  ASSERT_EQ(then.rows.size(), 1u);
  EXPECT_EQ(then.rows[0].columns, "2");
  EXPECT_EQ(log->list({.view = "notebooks"})->rows.at(0).columns, "4");
  EXPECT_EQ(log->row("notebooks", "1", size).value(), "2");
  EXPECT_EQ(log->row("notebooks", "1").value(), "4");
  EXPECT_EQ(log->row("notebooks", "2").value(), std::nullopt);
}

TEST(EventLog, WakesItsTails) {
  TempLog log;
  std::promise<uint64_t> woken;
  const auto tail = log->tail([&](uint64_t size) { woken.set_value(size); });
  write_note(*log, {.case_id = log.fresh_case()}).value();
  EXPECT_EQ(woken.get_future().get(), 1u);
}

TEST(EventLog, AFullQueueAnswersAtOnceAndLosesNothingAccepted) {
  TempLog log;
  const auto case_id = log.fresh_case();
  auto options = log.options();
  options.queue_appends_max = 4;
  std::promise<void> release;
  auto released = release.get_future().share();
  std::promise<void> held;
  std::atomic<bool> hold{true};
  options.at_point = [&](std::string_view point) {
    if (point == "before-write" && hold.exchange(false)) held.set_value(), released.wait();
  };
  ASSERT_TRUE(log.reopen(std::move(options)).has_value());
  std::mutex mutex;
  int accepted = 0;
  int full = 0;
  std::latch all(11);
  const auto count = [&](Result<Appended> result) {
    {
      const std::lock_guard lock(mutex);
      if (result) {
        ++accepted;
      } else {
        EXPECT_EQ(result.error().reason, "QUEUE_FULL");
        EXPECT_TRUE(result.error().retry_after.has_value());
        ++full;
      }
    }
    all.count_down();
  };
  write_note_async(*log, {.stream = "notebook/0", .case_id = case_id}, count);
  held.get_future().wait();  // the writer holds the first; four more fit
  for (int i = 1; i <= 10; ++i)
    write_note_async(*log, {.stream = "notebook/" + std::to_string(i), .case_id = case_id}, count);
  release.set_value();
  all.wait();
  EXPECT_EQ(accepted, 5);
  EXPECT_EQ(full, 6);
  EXPECT_EQ(log->size(), 5u);
}

TEST(EventLog, ProvesARecordWithPublicKeysAlone) {
  TempLog log;
  const auto case_id = log.fresh_case();
  for (int i = 0; i < 300; ++i) write_note(*log, {.case_id = case_id}).value();
  const auto proof = log->prover().tlog_proof(257).value();
  const std::vector<merkle::VerifierKey> keys{log->prover().verifier().value()};
  const auto proven = merkle::verify_tlog_proof(proof, log->read(257)->leaf, keys);
  ASSERT_TRUE(proven.has_value()) << proven.error().message;
  EXPECT_EQ(proven->checkpoint.size, 300u);
  EXPECT_FALSE(merkle::verify_tlog_proof(proof, log->read(256)->leaf, keys).has_value());
}

TEST(EventLog, ReadsAnErasedStreamAsErasedAndItsProofsStillHold) {
  TempLog log;
  const auto case_id = log.fresh_case();
  const auto kept_case = log.fresh_case();
  write_note(*log, {.case_id = case_id, .text = "to be erased"}).value();
  write_note(*log, {.stream = "notebook/2", .case_id = kept_case, .text = "kept"}).value();
  ASSERT_TRUE(log.vault().destroy(std::vector<std::string>{case_id}).has_value());
  EXPECT_EQ(log->erase_sealed(case_id).value(), 1u);
  EXPECT_EQ(log->erase_sealed(case_id).value(), 0u);

  const auto history = log->read_stream("notebook/1", 1, {}, true).value();
  const auto opened = opened_events<NoteEvent>(*log, history.records).value();
  EXPECT_TRUE(opened.erased);
  EXPECT_EQ(opened.events.at(0).written().text(), "");
  EXPECT_EQ(opened.events.at(0).written().priority(), 1u);
  EXPECT_EQ(texts(*log, "notebook/2"), std::vector<std::string>{"kept"});
  const auto report = verify(*log, {.with_views = true}).value();
  EXPECT_TRUE(report.intact()) << report.faults.at(0).message;
  EXPECT_EQ(report.erased_parts, 1u);
  EXPECT_EQ(report.sealed_parts, 1u);
  EXPECT_EQ(write_note(*log, {.case_id = case_id}).error().reason, "KEY_DESTROYED");
}

TEST(EventLog, RefusesADirectoryThatHoldsAnotherLog) {
  TempLog log;
  auto options = log.options();
  options.service = "another";
  EXPECT_EQ(log.reopen(std::move(options)).error().reason, "LOG_IS_ANOTHER");
}

TEST(EventLog, ARecordTooLargeIsRefused) {
  TempLog log;
  std::promise<Result<Appended>> answered;
  testing::v1::WriteNoteRequest request;
  request.set_ballast(std::string(kRecordBytesMax, 'x'));
  handle<Notebook>(*log, {.context = {.actor = testing::triage_officer()}},
                   {"notebook/1", log.fresh_case()}, request,
                   [&](Result<Appended> result) { answered.set_value(std::move(result)); });
  EXPECT_EQ(answered.get_future().get().error().reason, "RECORD_TOO_LARGE");
}

}  // namespace
}  // namespace mash::log
