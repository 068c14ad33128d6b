#include "notification/part.h"

#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include "cases/case_guard.h"
#include "cases/catch_up.h"
#include "cases/following.h"
#include "cases/start_gate.h"
#include "clocks/over_desk.h"
#include "feed/feed.h"
#include "host/log_line.h"
#include "mash/notification/v1/contact_events.pb.h"
#include "mash/notification/v1/delivery_events.pb.h"
#include "mash/notification/v1/notification_events.pb.h"
#include "node/foundation.h"
#include "notification/admitting.h"
#include "notification/channels/channel_checks.h"
#include "notification/channels/sender.h"
#include "notification/deliveries/deliverer.h"
#include "notification/lists/views.h"
#include "notification/notices/coming_again.h"
#include "notification/notices/notice.h"
#include "notification/notices/passing_on.h"
#include "notification/notices/raising.h"
#include "notification/notices/rule_checks.h"
#include "notification/notification_service.h"
#include "notification/streams.h"

namespace mash::notification {
namespace {

ChannelSettings channels_of(const host::Config& config) {
  ChannelSettings channels{.email = {.server = config.smtp_server,
                                     .authority = config.smtp_authority,
                                     .user = config.smtp_user,
                                     .password_file = config.smtp_password,
                                     .from = config.smtp_from,
                                     .domains = {}},
                           .webhooks = {.authority = config.webhook_authority, .hosts = {}}};
  for (const auto& [agency, rule] : config.agencies) {
    channels.email.domains[agency] = rule.email_domains;
    channels.webhooks.hosts[agency] = rule.webhook_hosts;
  }
  return channels;
}

std::vector<FieldFault> check(const host::Config& config) {
  const ChannelSettings channels = channels_of(config);
  return faults_of(channels.email, channels.webhooks);
}

void tell_of_deliveries(const Result<void>& held_up) {
  if (held_up)
    host::log_line(host::LogLevel::kInfo, "deliveries go on", {});
  else
    host::log_line(host::LogLevel::kWarning, "a delivery waits and is tried again",
                   {{host::LogKey::kReason, held_up.error().reason}});
}

std::set<std::string> names_of(const host::AgencyRules& agencies) {
  std::set<std::string> names;
  for (const auto& [agency, rule] : agencies) names.insert(agency);
  return names;
}

constexpr const char* kFollowed[] = {"referral", "sharing", "strategy"};

class Notifying final : public node::RunningPart {
 public:
  Notifying(const node::Surroundings& surroundings, std::unique_ptr<Sender> sender)
      : raising_{.packs = surroundings.foundation.packs(),
                 .calendar = surroundings.foundation.calendar(),
                 .hub = hub_agencies(surroundings.foundation.config().agencies),
                 .ids = surroundings.foundation.ids(),
                 .agencies = names_of(surroundings.foundation.config().agencies)},
        sender_(std::move(sender)) {
    for (const char* followed : kFollowed)
      following_.push_back(std::make_unique<cases::Following>(following(surroundings, followed)));
    const cases::Following& referrals = *following_.front();
    service_.emplace(surroundings.desk, referrals, channels_of(surroundings.foundation.config()));
    bars_.emplace(referrals);
    gate_.emplace(cases::StartGateParts{.followings = following_});
    scheduler_ = clocks::scheduler_over(
        surroundings.desk,
        {{.prefix = notice_stream(""),
          .tell = [this](log::UnitOfWork& unit,
                         const std::string& stream) { return pass_on(raising_, unit, stream); },
          .recompute = {}}},
        [this] { return gate_->is_open(); });
    deliverer_.emplace(DelivererParts{
        .log = surroundings.desk.log(),
        .clock = surroundings.desk.parts().clock,
        .context = [&desk = surroundings.desk] { return desk.context_of(kDeliveryActor); },
        .send =
            [this](Outgoing outgoing, Sender::Done done, Sender::Still still) {
              sender_->send(std::move(outgoing), std::move(done), std::move(still));
            },
        .may_begin = [this] { return gate_->is_open(); },
        .knows_bars = [this] { return bars_->is_current().has_value(); },
        .on_held_up = tell_of_deliveries});
  }

  std::vector<host::ServedService> served() override {
    return {{v1::NotificationService::service_full_name(), *service_}};
  }
  const cases::Followings* following() const override { return &following_; }
  const clocks::Scheduler* scheduler() const override { return scheduler_.get(); }
  void watch(host::Metrics& metrics) const override {
    const auto show = [&](const char* name, const char* help, std::function<double()> read) {
      metrics.watch(name, help, {}, std::move(read));
    };
    show("mash_deliveries_in_hand", "Notices that are being sent, or recorded as sent.",
         [this] { return static_cast<double>(deliverer_->in_hand()); });
    show("mash_deliveries_taken_total", "Attempts that the other side took.",
         [this] { return static_cast<double>(deliverer_->taken()); });
    show("mash_deliveries_failed_total", "Attempts that it did not take.",
         [this] { return static_cast<double>(deliverer_->failed()); });
    show("mash_deliveries_held_up", "Whether what is due cannot be read or recorded.",
         [this] { return deliverer_->is_held_up() ? 1.0 : 0.0; });
  }

 private:
  cases::FollowingParts following(const node::Surroundings& surroundings,
                                  const char* followed) const {
    host::Desk& desk = surroundings.desk;
    auto feed = surroundings.feeds(followed);
    return {
        .feed = feed,
        .own_log = desk.log(),
        .clock = desk.parts().clock,
        .react =
            [this, &desk, name = feed->log()](log::UnitOfWork& unit, const log::Record& record) {
              return come_again_where_access_widens(desk.log(), unit, record).and_then([&] {
                return close_and_raise(raising_, unit, record, name);
              });
            },
        .reacts_to = [this](const log::Record& record) { return concerns(raising_, record); },
        .context = [&desk] { return desk.context_of(Actor{}); },
        .in_background = false,
        .on_case_resumed =
            [&desk](log::UnitOfWork& unit, const std::string& case_id) {
              return come_again_after_parking(desk.log(), unit, case_id);
            }};
  }

  const RaisingParts raising_;
  std::unique_ptr<Sender> sender_;
  cases::Followings following_;  // the first is of the referral log
  std::optional<NotificationService> service_;
  std::optional<cases::CatchUp> bars_;
  std::optional<cases::StartGate> gate_;
  std::unique_ptr<clocks::Scheduler> scheduler_;
  std::optional<Deliverer> deliverer_;
};

// Refused: rules on events that there are not (notices/rule_checks.h), and channels that cannot be
// used (channels/sender.h).
Result<std::unique_ptr<node::RunningPart>> begin(const node::Surroundings& surroundings) {
  for (const policy::NoticeRules* rules : surroundings.foundation.packs().notices())
    if (auto sound = fits(*rules, surroundings.foundation.packs(),
                          names_of(surroundings.foundation.config().agencies));
        !sound)
      return tl::unexpected(sound.error());
  ChannelSettings channels = channels_of(surroundings.foundation.config());
  return Sender::start(std::move(channels.email), std::move(channels.webhooks), {},
                       surroundings.desk.parts().clock)
      .map([&](std::unique_ptr<Sender> sender) -> std::unique_ptr<node::RunningPart> {
        return std::make_unique<Notifying>(surroundings, std::move(sender));
      });
}

}  // namespace

node::Part part() {
  return {.name = "notification",
          .events = {v1::NoticeEvent::descriptor(), v1::AwaitingEvent::descriptor(),
                     v1::ContactsEvent::descriptor(), v1::ContactEvent::descriptor(),
                     v1::DeliveryEvent::descriptor()},
          .services = {v1::NotificationService::service_full_name()},
          .follows = {kFollowed, kFollowed + std::size(kFollowed)},
          .views = views,
          .guard = [](const log::EventLog&) { return notice_guard(); },
          .admits = cases::read_guard,
          .check = check,
          .begin = begin};
}

}  // namespace mash::notification
