#include "notification/part.h"

#include <utility>

#include "cases/case_guard.h"
#include "clocks/over_desk.h"
#include "mash/notification/v1/notification_events.pb.h"
#include "node/ground.h"
#include "notification/admitting.h"
#include "notification/lists/views.h"
#include "notification/notices/notice.h"
#include "notification/notices/raising.h"
#include "notification/notification_service.h"
#include "notification/streams.h"

namespace mash::notification {
namespace {

constexpr const char* kFollowed[] = {"referral", "sharing", "strategy"};

class Notifying final : public node::Running {
 public:
  explicit Notifying(const node::Beginning& beginning)
      : raising_{.packs = beginning.ground.packs(),
                 .calendar = beginning.ground.calendar(),
                 .hub = hub_agencies(beginning.ground.config().agencies),
                 .ids = beginning.ground.ids()},
        service_(beginning.desk) {
    for (const char* followed : kFollowed)
      following_.push_back(std::make_unique<cases::Following>(following(beginning, followed)));
    scheduler_ = clocks::scheduler_over(
        beginning.desk,
        {{.prefix = notice_stream(""),
          .tell = [this](log::UnitOfWork& unit,
                         const std::string& stream) { return pass_on(raising_, unit, stream); },
          .recompute = {}}});
  }

  std::vector<host::ServedService> served() override {
    return {{v1::NotificationService::service_full_name(), service_}};
  }
  const cases::Followings* following() const override { return &following_; }
  const clocks::Scheduler* scheduler() const override { return scheduler_.get(); }

 private:
  cases::FollowingParts following(const node::Beginning& beginning, const char* followed) const {
    host::Desk& desk = beginning.desk;
    return {.feed = beginning.feeds(followed),
            .own_log = desk.log(),
            .clock = desk.parts().clock,
            .react =
                [this](log::UnitOfWork& unit, const log::Record& record) {
                  return raise_notices(raising_, unit, record);
                },
            .reacts_to = [this](const log::Record& record) { return concerns(raising_, record); },
            .context = [&desk] { return desk.context_of(Actor{}); },
            .in_background = false};
  }

  const RaisingParts raising_;
  NotificationService service_;
  cases::Followings following_;
  std::unique_ptr<clocks::Scheduler> scheduler_;
};

// Refused: rules on events that there are not (notices/raising.h).
Result<std::unique_ptr<node::Running>> begin(const node::Beginning& beginning) {
  for (const policy::NoticeRules* rules : beginning.ground.packs().notices())
    if (auto sound = fits(*rules); !sound) return tl::unexpected(sound.error());
  return std::make_unique<Notifying>(beginning);
}

}  // namespace

node::Part part() {
  return {.name = "notification",
          .events = {v1::NoticeEvent::descriptor()},
          .services = {v1::NotificationService::service_full_name()},
          .follows = {kFollowed, kFollowed + std::size(kFollowed)},
          .views = views,
          .guard = [](const log::EventLog&) { return notice_guard(); },
          .admits = cases::read_guard,
          .begin = begin};
}

}  // namespace mash::notification
