// What holds of plans and their reviews, whatever is recorded of conferences in whatever order.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "policy/pack.h"
#include "strategy/children/child.h"
#include "strategy/conferences/conference_commands.h"
#include "strategy/testing/chance.h"
#include "strategy/testing/conferences.h"
#include "strategy/testing/strategy_log.h"

namespace mash::strategy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests

constexpr int kChildren = 3;

// A case of its own in a log that all runs share.
class World {
 public:
  explicit World(StrategyLog& log) : log_(log) {
    for (int i = 0; i < kChildren; ++i) plans_[log_.fresh()] = false;
    std::vector<std::string> children;
    for (const auto& [child, plan] : plans_) children.push_back(child);
    log_.know_case(case_, {"education"}, children);
  }

  // One thing that somebody does, well or badly.
  void act() {
    if (still_open().empty()) return open();
    switch (between(0, 6)) {
      case 0:
        return open();
      case 1:
        return record(not_held());
      case 2:
        return record(held_so(conferences_, [](bool) { return any_plan(); }));
      default:
        return record(held_so(still_open(), fitting));
    }
  }

  // A child on a plan has one review to come, and a child on none has none.
  void check() {
    std::map<std::string, int> reviews_to_come;
    for (const std::string& id : conferences_) {
      const Conference::State state = conference(id);
      if (!state.open() || state.kind != v1::CONFERENCE_KIND_REVIEW) continue;
      for (const std::string& child : state.child_ids) ++reviews_to_come[child];
    }
    for (const auto& [child, plan] : plans_) {
      RC_ASSERT(log_.state<Child>(child_stream(case_, child)).on_plan() == plan);
      RC_ASSERT(reviews_to_come[child] == (plan ? 1 : 0));
    }
  }

  // Conferences of which it was recorded what came of them.
  int taken() const { return taken_; }

 private:
  static v1::PlanDecision any_plan() {
    return one_of(std::vector{v1::PLAN_DECISION_STARTS, v1::PLAN_DECISION_CONTINUES,
                              v1::PLAN_DECISION_ENDS, v1::PLAN_DECISION_NONE});
  }
  static v1::PlanDecision fitting(bool on_plan) {
    return on_plan ? one_of(std::vector{v1::PLAN_DECISION_CONTINUES, v1::PLAN_DECISION_ENDS})
                   : one_of(std::vector{v1::PLAN_DECISION_STARTS, v1::PLAN_DECISION_NONE});
  }

  Conference::State conference(const std::string& id) const {
    return log_.state<Conference>(conference_stream(id));
  }

  void open() {
    std::vector<std::string> children;
    for (const auto& [child, plan] : plans_)
      if (at_random()) children.push_back(child);
    if (children.empty()) return;
    const auto kind = one_of(std::vector{v1::CONFERENCE_KIND_INITIAL, v1::CONFERENCE_KIND_PRE_BIRTH,
                                         v1::CONFERENCE_KIND_TRANSFER_IN});
    const std::string id = log_.fresh();
    log_.run(kSocialWorker, [&](log::UnitOfWork& unit) {
      return unit.decide<Conference>(
          {conference_stream(id), case_},
          Conference::FallDue{.kind = kind,
                              .case_id = case_,
                              .child_ids = children,
                              .timescale = std::string(policy::kInitialConference),
                              .counted_from = unit.context().now});
    });
    conferences_.push_back(id);
  }

  std::vector<std::string> still_open() const {
    std::vector<std::string> open;
    for (const std::string& id : conferences_)
      if (conference(id).open()) open.push_back(id);
    return open;
  }

  // That one of these was held, with what `plan` decides of each child.
  template <class Plan>
  v1::RecordConferenceRequest held_so(const std::vector<std::string>& conferences, Plan plan) {
    v1::RecordConferenceRequest request = held(to_rfc3339(log_.clock().now()), {});
    request.set_conference_id(one_of(conferences));
    const Conference::State state = conference(request.conference_id());
    if (state.kind == v1::CONFERENCE_KIND_CORE_GROUP) return request;
    for (const std::string& child : state.child_ids)
      *request.add_outcomes() = outcome(child, plan(plans_.at(child)));
    return request;
  }

  void record(v1::RecordConferenceRequest request) {
    if (!request.has_held_at()) request.set_conference_id(one_of(conferences_));
    const auto appended = log_.attempt(
        kSocialWorker, [&](log::UnitOfWork& unit) { return record_conference(unit, request); });
    if (!appended) return;
    ++taken_;
    for (const log::AppendedEvent& event : appended->events)
      if (event.stream.starts_with("conference/") && event.stream_version == 1)
        conferences_.push_back(id_in(event.stream));
    for (const v1::ChildOutcome& said : request.outcomes()) {
      if (said.plan() == v1::PLAN_DECISION_STARTS) plans_.at(said.child_id()) = true;
      if (said.plan() == v1::PLAN_DECISION_ENDS) plans_.at(said.child_id()) = false;
    }
  }

  StrategyLog& log_;
  int taken_ = 0;
  const std::string case_ = log_.fresh();
  std::map<std::string, bool> plans_;  // by child, as what was taken says
  std::vector<std::string> conferences_;
};

RC_GTEST_PROP(PlansAndReviews, AChildOnAPlanHasOneReviewToComeAndAChildOnNoneHasNone, ()) {
  static StrategyLog log;
  World world(log);
  const int steps = between(10, 25);
  for (int i = 0; i < steps; ++i) {
    world.act();
    world.check();
  }
  RC_CLASSIFY(world.taken() > 4);
}

}  // namespace
}  // namespace mash::strategy
