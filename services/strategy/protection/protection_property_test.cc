// What holds of emergency protection, whatever is recorded of it in whatever order, and however
// late.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>
#include <string>
#include <tuple>

#include "strategy/testing/chance.h"
#include "strategy/testing/protections.h"

namespace mash::strategy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using std::chrono::days;
using std::chrono::hours;

class World {
 public:
  explicit World(v1::ProtectionKind kind) : kind_(kind) {
    // Over the days when the clocks change as well.
    started_at_ = utc("2026-03-20T12:00:00Z") + hours(between(0, 24 * 300));
    now_ = started_at_ + hours(between(0, 24));
    auto request = protect(kind, to_rfc3339(started_at_));
    take(record(request));
  }

  void act() {
    now_ += hours(between(0, 60));
    switch (between(0, 4)) {
      case 0: {
        auto request = proto<v1::ExtendProtectionRequest>("reason: 'The court.'");
        request.set_days(static_cast<unsigned>(between(0, 9)));
        if (at_random()) to_proto(earlier(), request.mutable_extended_at());
        return take(request);
      }
      case 1: {
        auto request = proto<v1::EndProtectionRequest>("text: 'What follows.'");
        request.set_end(at_random() ? v1::PROTECTION_END_LAPSED : v1::PROTECTION_END_RETURNED);
        if (at_random()) to_proto(earlier(), request.mutable_ended_at());
        return take(request);
      }
      default:
        return take(clocks::Tell{});
    }
  }

  void check() const {
    const London& london = calendar().london();
    int extended = 0;
    int ended = 0;
    Time until = kind_ == v1::PROTECTION_KIND_POLICE_PROTECTION
                     ? started_at_ + hours(72)
                     : london.instant(london.local(started_at_) + days(8));
    std::set<std::tuple<std::string, int64_t, int>> said;
    for (const v1::ProtectionEvent& event : events_) {
      if (event.has_extended()) {
        RC_ASSERT(kind_ == v1::PROTECTION_KIND_EMERGENCY_PROTECTION_ORDER);
        RC_ASSERT(++extended == 1);
        RC_ASSERT(ended == 0);
        const Time longer = *from_proto(event.extended().deadline().due());
        RC_ASSERT(longer > until);
        RC_ASSERT(longer <= london.instant(london.local(until) + days(7)));
        until = longer;
      }
      if (event.has_ended()) {
        RC_ASSERT(++ended == 1);
        const Time at = *from_proto(event.ended().ended_at());
        const bool lapsed = event.ended().end() == v1::PROTECTION_END_LAPSED;
        RC_ASSERT((lapsed ? at == until : at <= until));
        RC_ASSERT(at >= started_at_);
      }
      if (event.has_deadline_told()) {
        const common::v1::DeadlineTold& told = event.deadline_told();
        RC_ASSERT(said.emplace(told.kind(), told.due().seconds(), told.state()).second);
      }
    }
    RC_ASSERT(fold<Protection>(events_).runs_out_at() == until);
  }

  bool has_ended() const { return fold<Protection>(events_).ended(); }

 private:
  Time earlier() const { return now_ - hours(between(0, 72)); }

  template <class Command>
  void take(const Command& command) {
    const auto more =
        Protection::decide(fold<Protection>(events_), command, as(kSocialWorker, to_rfc3339(now_)));
    if (more) events_.insert(events_.end(), more->begin(), more->end());
  }

  v1::ProtectionKind kind_;
  Time started_at_;
  Time now_;
  Protection::Events events_;
};

RC_GTEST_PROP(EmergencyProtection, LastsNoLongerThanTheLawAllowsAndEndsOnce, ()) {
  World world(at_random() ? v1::PROTECTION_KIND_POLICE_PROTECTION
                          : v1::PROTECTION_KIND_EMERGENCY_PROTECTION_ORDER);
  const int steps = between(2, 12);
  for (int i = 0; i < steps; ++i) world.act();
  world.check();
  RC_CLASSIFY(world.has_ended());
}

}  // namespace
}  // namespace mash::strategy
