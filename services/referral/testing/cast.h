#pragma once
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/calendar.h"
#include "core/testing/given_when_then.h"
#include "core/testing/times.h"
#include "policy/pack.h"
#include "referral/limits.h"
#include "referral/referral.h"

// The people, times and papers of the referral tests.
namespace mash::referral::testing {

using mash::testing::given;
using mash::testing::proto;
using mash::testing::utc;

inline const policy::Pack& pack() {
  static const policy::Pack pack =
      policy::Pack::load(MASH_SOURCE_DIR "/deploy/policy/working-together-2018.yaml").value();
  return pack;
}

inline const Calendar& calendar() {
  static const Calendar calendar =
      Calendar::load(MASH_SOURCE_DIR "/deploy/calendar/bank-holidays.json").value();
  return calendar;
}

// A Wednesday morning. Ids made for a call are "id-0", "id-1" and so on.
inline constexpr char kNow[] = "2026-03-04T10:00:00Z";

inline Context as(Actor actor, std::string_view now = kNow) {
  Context context{.actor = std::move(actor),
                  .now = utc(now),
                  .pack = &pack(),
                  .calendar = &calendar(),
                  .area = "E10000013",
                  .fresh_ids = {}};
  for (int i = 0; i <= kChildrenMax + kPeopleMax; ++i)
    context.fresh_ids.push_back("id-" + std::to_string(i));
  return context;
}

inline const Actor kPolice{"police", "pol-01", "p-17", "practitioner"};
inline const Actor kSchool{"education", "sch-01", "t-3", "practitioner"};
inline const Actor kTriage{"social-care", "mash", "o-1", "triage-officer"};
inline const Actor kSocialWorker{"social-care", "mash", "w-1", "social-worker"};

inline const Actor kManager{"social-care", "mash", "m-1", "mash-manager"};
// The authority of another area, E08000025.
inline const Actor kBirmingham{"la-e08000025", "bir-01", "b-1", "practitioner"};

inline v1::SubmitContactRequest contact() {
  return proto<v1::SubmitContactRequest>(R"(
    request_id: "01925f3a-7c1e-7b43-9d52-0242ac120002"
    source: "6"
    occurred_at { seconds: 1772600000 }
    children {
      identity { given_names: "Ada" family_name: "Bell" birth_date { year: 2019 month: 5 day: 2 } }
      account { developmental_needs: "Often hungry." factors: "16A" factors: "3A" }
    }
    account { concern: "Left alone overnight." parents_know: PARENTS_KNOW_AND_AGREE }
    lawful_basis {
      article_6: ARTICLE6_PUBLIC_TASK
      article_9: ARTICLE9_SUBSTANTIAL_PUBLIC_INTEREST
      schedule_1_paragraph: 18
      powers: STATUTORY_POWER_CHILDREN_ACT_2004_S11
    }
  )");
}

inline v1::SubmitContactRequest urgent_contact() {
  return proto<v1::SubmitContactRequest>(R"(
    request_id: "01925f3a-7c1e-7b43-9d52-0242ac120002"
    immediate_danger: true
    children {}
    account { danger: "A man with a knife is at the door." }
  )");
}

// The contact, as the police have sent it.
inline Referral::Event received(const v1::SubmitContactRequest& request = contact()) {
  return given<Referral>({}).when(request, as(kPolice)).outcome().value().at(0);
}

// The first event of an outcome; fails the test where it was refused.
inline Referral::Event event_of(const Result<Referral::Events>& outcome) {
  EXPECT_TRUE(outcome.has_value()) << (outcome ? "" : mash::testing::brief(outcome.error()));
  EXPECT_TRUE(!outcome || outcome->size() == 1U);
  return outcome && !outcome->empty() ? outcome->front() : Referral::Event();
}

// The second of a time, as protobuf counts them.
inline int64_t second(std::string_view time) {
  return std::chrono::floor<std::chrono::seconds>(utc(time)).time_since_epoch().count();
}

// The fields a refusal names.
template <class T>
std::vector<std::string> faulty_fields(const Result<T>& refused) {
  std::vector<std::string> fields;
  EXPECT_FALSE(refused.has_value()) << "was not refused";
  if (!refused)
    for (const FieldFault& fault : refused.error().faults) fields.push_back(fault.field);
  return fields;
}

}  // namespace mash::referral::testing
