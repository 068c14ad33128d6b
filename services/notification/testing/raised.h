#pragma once
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cases/testing/two_logs.h"
#include "mash/notification/v1/delivery_events.pb.h"
#include "mash/notification/v1/notification_events.pb.h"
#include "notification/contacts/contacts.h"
#include "notification/lists/views.h"
#include "notification/notices/coming_again.h"
#include "notification/notices/passing_on.h"
#include "notification/notices/raising.h"
#include "notification/streams.h"
#include "policy/testing/told.h"

namespace mash::notification::testing {

using namespace cases::testing;  // NOLINT(google-build-using-namespace): the cast of these tests

// The referral log, followed by the notification log under the rules of a test.
class RaisedBy : public cases::testing::TwoLogs {
 protected:
  // Rules as policy::told_pack() takes them.
  explicit RaisedBy(const std::string& rules, const std::string& met_by = {})
      : RaisedBy(std::vector{policy::told_pack(rules, met_by)}) {}
  // Packs of rules, as files.
  explicit RaisedBy(const std::vector<std::string>& files)
      : packs_(policy::Packs::of({pack()}, {}, parsed(files)).value()),
        parts_{.packs = packs_,
               .calendar = calendar(),
               .hub = {"social-care"},
               .ids = ids_,
               .agencies = {"social-care", "police", "health", "education", "la-e08000025"}} {
    log::LogOptions options = opening("notification");
    for (auto& view : views()) options.views.push_back(std::move(view));
    own_ = log::EventLog::open(std::move(options)).value();
  }

  static std::vector<policy::NoticeRules> parsed(const std::vector<std::string>& files) {
    std::vector<policy::NoticeRules> packs;
    for (const std::string& file : files) packs.push_back(policy::NoticeRules::parse(file).value());
    return packs;
  }

  // Follows all there is.
  Result<uint64_t> follow() {
    auto copying = begun(following());
    while (copying.next() < referral_->size())
      if (auto taken = copying.follow(referral_->read(copying.next()).value()); !taken)
        return tl::unexpected(taken.error());
    return copying.settle(true);
  }
  // Has what was refused taken in after all.
  void retry(const std::string& stream) {
    refused_.clear();
    auto copying = begun(following());
    ASSERT_TRUE(copying.retry(stream).has_value());
  }
  std::string following_log() const { return referral_->name(); }
  cases::FollowingParts following() {
    auto following = TwoLogs::parts();
    following.react = [this](log::UnitOfWork& unit, const log::Record& record) -> Result<void> {
      if (refused_.contains(record.prefix.position))
        return refuse(Code::kFailedPrecondition, "TEST_REFUSES", "The test refuses it.");
      return come_again_where_access_widens(*own_, unit, record).and_then([&] {
        return close_and_raise(parts_, unit, record, following_log());
      });
    };
    following.on_case_resumed = [this](log::UnitOfWork& unit, const std::string& case_id) {
      return come_again_after_parking(*own_, unit, case_id);
    };
    following.reacts_to = [this](const log::Record& record) { return concerns(parts_, record); };
    return following;
  }
  template <class Event>
  std::vector<Event> events() {
    std::vector<Event> events;
    for (const log::Record& record : kept()) {
      Event event;
      if (record.body.type() == event.GetTypeName() && event.ParseFromString(record.body.event()))
        events.push_back(std::move(event));
    }
    return events;
  }
  std::vector<v1::Notice> raised() {
    std::vector<v1::Notice> notices;
    for (const v1::NoticeEvent& event : events<v1::NoticeEvent>())
      if (event.has_raised()) notices.push_back(event.raised().notice());
    return notices;
  }
  // The notices that were closed.
  std::vector<std::string> closed() {
    std::vector<std::string> closed;
    for (const v1::NoticeEvent& event : events<v1::NoticeEvent>())
      if (event.has_closed()) closed.push_back(event.closed().by());
    return closed;
  }
  std::vector<std::string> contacts_told() {
    std::vector<std::string> contacts;
    for (const v1::DeliveryEvent& event : events<v1::DeliveryEvent>())
      if (event.has_due()) contacts.push_back(event.due().contact_id());
    return contacts;
  }
  std::string stream_of_notice_to(const std::string& agency) {
    for (const v1::Notice& notice : raised())
      if (notice.agency() == agency) return notice_stream(notice.notice_id());
    return {};
  }
  // Contacts whose ids are practitioners' as well.
  void set_contacts(const std::string& agency, const std::vector<std::string>& contacts) {
    Contacts::Set set;
    for (const std::string& contact : contacts) {
      v1::ContactPlace& place = set.places.emplace_back();
      place.set_contact_id(contact);
      place.set_practitioner(contact);
      place.add_kinds(v1::CHANNEL_KIND_EMAIL);
    }
    do_in_own([&](log::UnitOfWork& unit) {
      return unit.decide<Contacts>({contacts_stream(agency)}, set);
    });
  }
  void pass_on_after(const std::string& stream, int minutes) {
    vault_.clock.advance(std::chrono::minutes(minutes));
    do_in_own([&](log::UnitOfWork& unit) { return pass_on(parts_, unit, stream); });
  }
  void do_in_own(const log::Work& work) {
    ASSERT_TRUE(run(*own_, {.context = now_by({})}, work).has_value());
  }
  Context now_by(const Actor& actor) const {
    Context context;
    context.actor = actor;
    context.now = vault_.clock.now();
    return context;
  }

  std::vector<std::pair<std::string, std::string>> told() {
    std::vector<std::pair<std::string, std::string>> told;
    for (const v1::Notice& notice : raised()) told.emplace_back(notice.agency(), notice.rule());
    return told;
  }

  std::set<uint64_t> refused_;  // positions of records that are refused for good
  const policy::Packs packs_;
  IdSource ids_{vault_.clock, 7};
  const RaisingParts parts_;
};

}  // namespace mash::notification::testing
