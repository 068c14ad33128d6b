#pragma once
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "referral/testing/service_log.h"

namespace mash::referral::testing {

// The service's log, into which events go as they are, decided by nobody.
class ReferralLog : public ServiceLog {
 protected:
  // Appends events, each to the stream of the referral named with it, and waits for all of them.
  void append(const std::vector<std::pair<std::string, v1::ReferralEvent>>& events) {
    std::vector<std::future<Result<log::Appended>>> answers;
    for (const auto& [referral_id, event] : events) {
      const auto answered = std::make_shared<std::promise<Result<log::Appended>>>();
      answers.push_back(answered->get_future());
      const log::Target target{referral_stream(referral_id), "case-of-" + referral_id};
      log::handle(
          *log_, {.context = as(kTriage), .received_at = utc(kNow)},
          [target, event](log::UnitOfWork& unit) { return unit.add(target, event); },
          [answered](Result<log::Appended> result) { answered->set_value(std::move(result)); });
    }
    for (auto& answer : answers) {
      const auto appended = answer.get();
      EXPECT_TRUE(appended.has_value()) << mash::testing::brief(appended.error());
    }
  }
  void append(const std::string& referral_id, const v1::ReferralEvent& event) {
    append({{referral_id, event}});
  }
};

// A contact of that agency, received then (seconds since 1970), its first decision due a day later.
inline v1::ReferralEvent received_from(const std::string& agency, int64_t at_s = 1'000) {
  v1::ReferralEvent event;
  auto& contact = *event.mutable_contact_received();
  contact.set_agency(agency);
  contact.set_source("6");
  contact.mutable_received_at()->set_seconds(at_s);
  auto& deadline = *contact.add_deadlines();
  deadline.set_kind("first-decision");
  deadline.mutable_due()->set_seconds(at_s + 86'400);
  return event;
}

inline v1::ReferralEvent rated(v1::Rating rating) {
  v1::ReferralEvent event;
  event.mutable_referral_rated()->mutable_rating()->set_rating(rating);
  return event;
}

}  // namespace mash::referral::testing
