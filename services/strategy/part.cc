#include "strategy/part.h"

#include <utility>

#include "cases/case_guard.h"
#include "clocks/over_desk.h"
#include "mash/strategy/v1/child_events.pb.h"
#include "mash/strategy/v1/conference_events.pb.h"
#include "mash/strategy/v1/discussion_events.pb.h"
#include "mash/strategy/v1/protection_events.pb.h"
#include "mash/strategy/v1/strategy_service.grpc.pb.h"
#include "strategy/conferences/conference.h"
#include "strategy/discussions/discussion.h"
#include "strategy/lists/views.h"
#include "strategy/opening.h"
#include "strategy/protection/protection.h"
#include "strategy/strategy_service.h"
#include "strategy/streams.h"

namespace mash::strategy {
namespace {

cases::FollowingParts following_referrals(const node::Surroundings& surroundings) {
  host::Desk& desk = surroundings.desk;
  return {.feed = surroundings.feeds("referral"),
          .own_log = desk.log(),
          .clock = desk.parts().clock,
          .react =
              [&desk](log::UnitOfWork& unit, const log::Record& record) {
                return open_discussion(unit, record, desk.parts().packs, desk.parts().ids);
              },
          .context = [&desk] { return desk.context_of(Actor{}); }};
}

// Which agencies come to have a part in a case there.
cases::FollowingParts following_sharing(const node::Surroundings& surroundings) {
  return {.feed = surroundings.feeds("sharing"),
          .own_log = surroundings.desk.log(),
          .clock = surroundings.desk.parts().clock};
}

class Strategy final : public node::RunningPart {
 public:
  explicit Strategy(const node::Surroundings& surroundings)
      : scheduler_(clocks::scheduler_over(surroundings.desk,
                                          {clocks::owner<Discussion>(discussion_stream("")),
                                           clocks::owner<Conference>(conference_stream("")),
                                           clocks::owner<Protection>(protection_stream(""))})) {
    for (const auto& followed :
         {following_referrals(surroundings), following_sharing(surroundings)})
      following_.push_back(std::make_unique<cases::Following>(followed));
    service_ = std::make_unique<StrategyService>(surroundings.desk, *following_.front());
  }

  std::vector<host::ServedService> served() override {
    return {{v1::StrategyService::service_full_name(), *service_}};
  }
  const cases::Followings* following() const override { return &following_; }
  const clocks::Scheduler* scheduler() const override { return scheduler_.get(); }

 private:
  cases::Followings following_;  // the first is of the referral log
  std::unique_ptr<clocks::Scheduler> scheduler_;
  std::unique_ptr<StrategyService> service_;
};

}  // namespace

node::Part part() {
  return {
      .name = "strategy",
      .events = {v1::DiscussionEvent::descriptor(), v1::CaseDiscussionsEvent::descriptor(),
                 v1::ConferenceEvent::descriptor(), v1::ProtectionEvent::descriptor(),
                 v1::ChildEvent::descriptor()},
      .services = {v1::StrategyService::service_full_name()},
      .follows = {"referral", "sharing"},
      .views = views,
      .guard = [](const log::EventLog&) { return cases::command_guard(); },
      .admits = cases::read_guard,
      .begin =
          [](const node::Surroundings& surroundings) -> Result<std::unique_ptr<node::RunningPart>> {
        return std::make_unique<Strategy>(surroundings);
      }};
}

}  // namespace mash::strategy
