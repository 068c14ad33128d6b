// What it costs to know how a strategy discussion stands: its stream of 500 events read from disk
// and folded.
#include <algorithm>
#include <cstdlib>
#include <future>
#include <string>
#include <vector>

#include "bench/bench_log.h"
#include "bench/load.h"
#include "bench/report.h"
#include "core/timestamp.h"
#include "log/state.h"
#include "mash/strategy/v1/discussion_events.pb.h"
#include "strategy/discussions/discussion.h"
#include "strategy/streams.h"

namespace mash::bench {
namespace {

using Event = strategy::v1::DiscussionEvent;

constexpr int kEvents = 500;
constexpr int kParticipants = 40;
constexpr int kRounds = 2'000;

// One of the longest there are: forty people invited, who come and go.
std::vector<Event> course(Time now) {
  std::vector<Event> events;
  const auto add = [&]() -> Event& { return events.emplace_back(); };
  auto& opened = *add().mutable_opened();
  opened.set_case_id("case");
  opened.set_reason(strategy::v1::DISCUSSION_REASON_CONVENED);
  auto& convened = *add().mutable_convened();
  convened.set_sitting(1);
  to_proto(now, convened.mutable_scheduled_at());
  for (int i = 0; i < kParticipants; ++i) {
    auto& invited = *add().mutable_invited();
    invited.set_participant_id("participant-" + std::to_string(i));
    invited.mutable_invitation()->set_agency("agency-" + std::to_string(i % 10));
    invited.mutable_invitation()->set_function("other");
  }
  auto& started = *add().mutable_started();
  started.set_sitting(1);
  to_proto(now, started.mutable_started_at());
  while (events.size() < kEvents) {
    const auto n = static_cast<int>(events.size());
    auto& attended = *add().mutable_attendance_recorded();
    attended.set_participant_id("participant-" + std::to_string(n % kParticipants));
    attended.set_sitting(1);
    to_proto(now + std::chrono::minutes(n), attended.mutable_joined_at());
    if (n % 2 == 0) to_proto(now + std::chrono::minutes(n + 1), attended.mutable_left_at());
  }
  return events;
}

int run() {
  BenchLog log(bench_directory() / "discussion");
  SystemClock clock;
  const std::string case_id = log.keys().fresh_key_id().value();
  const std::string stream = strategy::discussion_stream("d");
  std::promise<Result<log::Appended>> answered;
  log::handle(
      *log, {.context = {.actor = {"social-care", "mash", "w-1", "social-worker"}}},
      [&](log::UnitOfWork& unit) {
        Result<void> added;
        for (const Event& event : course(clock.now()))
          if (added) added = unit.add({stream, case_id}, event);
        return added;
      },
      [&](Result<log::Appended> result) { answered.set_value(std::move(result)); });
  if (!answered.get_future().get()) return 1;
  std::vector<double> took_ms;
  for (int i = 0; i < kRounds; ++i) {
    const auto start = std::chrono::steady_clock::now();
    const auto state = log::read_state<strategy::Discussion>(*log, stream);
    took_ms.push_back(seconds_since(start) * 1e3);
    if (!state || state->participants.size() != kParticipants) return 1;
  }
  std::ranges::sort(took_ms);
  report("a discussion's state from 500 events, p50", took_ms[kRounds / 2], "ms");
  report("a discussion's state from 500 events, p99", took_ms[kRounds * 99 / 100], "ms",
         "at most 1");
  return 0;
}

}  // namespace
}  // namespace mash::bench

int main() { return mash::bench::run(); }
