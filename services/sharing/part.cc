#include "sharing/part.h"

#include <utility>

#include "cases/case_guard.h"
#include "clocks/over_desk.h"
#include "mash/sharing/v1/consent_events.pb.h"
#include "mash/sharing/v1/decision_events.pb.h"
#include "mash/sharing/v1/item_events.pb.h"
#include "mash/sharing/v1/request_events.pb.h"
#include "mash/sharing/v1/sharing_service.grpc.pb.h"
#include "sharing/decisions/decision.h"
#include "sharing/items/attach_file.h"
#include "sharing/lists/views.h"
#include "sharing/requests/request.h"
#include "sharing/sharing_service.h"
#include "sharing/streams.h"

namespace mash::sharing {
namespace {

class Sharing final : public node::RunningPart {
 public:
  Sharing(const node::Surroundings& surroundings, std::unique_ptr<FileUploads> uploads)
      : scheduler_(clocks::scheduler_over(surroundings.desk,
                                          {clocks::owner<Request>(request_stream("")),
                                           clocks::owner<Decision>(decision_stream(""))})) {
    for (const char* followed : {"referral", "strategy"})
      following_.push_back(std::make_unique<cases::Following>(
          cases::FollowingParts{.feed = surroundings.feeds(followed),
                                .own_log = surroundings.desk.log(),
                                .clock = surroundings.desk.parts().clock}));
    service_ = std::make_unique<SharingService>(surroundings.desk, *following_.front(),
                                                std::move(uploads));
  }

  std::vector<host::ServedService> served() override {
    return {{v1::SharingService::service_full_name(), *service_}};
  }
  const cases::Followings* following() const override { return &following_; }
  const clocks::Scheduler* scheduler() const override { return scheduler_.get(); }

 private:
  cases::Followings following_;  // the first is of the referral log
  std::unique_ptr<clocks::Scheduler> scheduler_;
  std::unique_ptr<SharingService> service_;
};

}  // namespace

node::Part part() {
  return {.name = "sharing",
          .events = {v1::RequestEvent::descriptor(), v1::ItemEvent::descriptor(),
                     v1::DecisionEvent::descriptor(), v1::ConsentEvent::descriptor()},
          .services = {v1::SharingService::service_full_name()},
          .follows = {"referral", "strategy"},
          .views = views,
          .guard = [](const log::EventLog&) { return cases::command_guard(); },
          .admits = cases::read_guard,
          // Refused where types of files cannot be told (items/attach_file.h).
          .begin =
              [](const node::Surroundings& surroundings) {
                return FileUploads::over(surroundings.desk)
                    .map([&](std::unique_ptr<FileUploads> uploads)
                             -> std::unique_ptr<node::RunningPart> {
                      return std::make_unique<Sharing>(surroundings, std::move(uploads));
                    });
              }};
}

}  // namespace mash::sharing
