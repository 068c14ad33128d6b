#include "notification/notices/steps.h"

#include <gmock/gmock.h>

#include "policy/testing/cast.h"

namespace mash::notification {
namespace {

using namespace mash::cast;  // NOLINT(google-build-using-namespace): the cast of these tests
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

// A desk, a practitioner, and a manager for what is immediate.
std::vector<v1::ContactPlace> contacts() {
  return {proto<v1::ContactPlace>("contact_id: 'desk' kinds: CHANNEL_KIND_EMAIL "
                                  "channel_numbers: 4"),
          proto<v1::ContactPlace>("contact_id: 'hill' practitioner: 'p-17' "
                                  "kinds: CHANNEL_KIND_EMAIL"),
          proto<v1::ContactPlace>("contact_id: 'manager' practitioner: 'p-1' "
                                  "at_least: URGENCY_IMMEDIATE kinds: CHANNEL_KIND_WEBHOOK")};
}

v1::Notice notice(const std::string& more) {
  return proto<v1::Notice>(
      ("agency: 'police' raised_at { seconds: 0 } acknowledge_by { seconds: 1800 } " + more)
          .c_str());
}

// Who is told, and after how many minutes.
std::vector<std::pair<std::string, int64_t>> told(const v1::Notice& notice,
                                                  const CaseAccess& access = {},
                                                  std::chrono::minutes next_after = 10min) {
  std::vector<std::pair<std::string, int64_t>> told;
  for (const v1::NoticeStep& step :
       steps_of(contacts(), notice, access, {.next_after = next_after}))
    told.emplace_back(step.contact_id(), step.at().seconds() / 60);
  return told;
}

TEST(Contacts, AreToldOneAfterTheOtherInTheirOrder) {
  EXPECT_THAT(told(notice("urgency: URGENCY_IMMEDIATE")),
              ElementsAre(Pair("desk", 0), Pair("hill", 10), Pair("manager", 20)));
}

TEST(Contacts, AreToldOverTheChannelsThatTheyHadThen) {
  const auto first =
      steps_of(contacts(), notice("urgency: URGENCY_URGENT"), {}, {.next_after = 10min}).front();
  EXPECT_THAT(first.channels(), ElementsAre(v1::CHANNEL_KIND_EMAIL));
  EXPECT_THAT(first.channel_numbers(), ElementsAre(4));
}

TEST(Contacts, AreAllToldByWhenItIsToBeAcknowledged) {
  EXPECT_THAT(told(notice("urgency: URGENCY_IMMEDIATE"), {}, 20min),
              ElementsAre(Pair("desk", 0), Pair("hill", 20), Pair("manager", 30)));
}

TEST(Contacts, OfWhatIsLessUrgentThanTheyWantAreLeftOut) {
  EXPECT_THAT(told(notice("urgency: URGENCY_URGENT")),
              ElementsAre(Pair("desk", 0), Pair("hill", 10)));
}

TEST(Contacts, ThePractitionerWhomItIsForComesFirst) {
  EXPECT_THAT(told(notice("urgency: URGENCY_URGENT practitioner: 'p-17'")),
              ElementsAre(Pair("hill", 0), Pair("desk", 10)));
}

TEST(Contacts, WhoAreBarredAreNotTold) {
  CaseAccess access;
  access.barred.insert({"police", "p-17"});
  access.barred.insert({"health", "p-1"});
  EXPECT_THAT(told(notice("urgency: URGENCY_IMMEDIATE"), access),
              ElementsAre(Pair("desk", 0), Pair("manager", 10)));
}

TEST(Contacts, OfARestrictedCaseOnlyWhomTheNoticeIsForIsTold) {
  CaseAccess access;
  access.restrict_to({{"police", "p-17"}, {"police", "p-1"}});
  EXPECT_THAT(told(notice("urgency: URGENCY_IMMEDIATE practitioner: 'p-17'"), access),
              ElementsAre(Pair("hill", 0)))
      << "and not another whom it names, who has a notice of their own";
}

TEST(Contacts, OfARestrictedCaseThoseWhomItNamesAreToldOfWhatIsForNobodyByName) {
  CaseAccess access;
  access.restrict_to({{"police", "p-17"}, {"health", "p-1"}});
  EXPECT_THAT(told(notice("urgency: URGENCY_IMMEDIATE"), access), ElementsAre(Pair("hill", 0)))
      << "and neither the desk nor somebody of that id elsewhere";
}

TEST(Contacts, AreAllToldAtOnceWhereNobodyIsToHaveTheirTurn) {
  std::vector<int64_t> times;
  for (const v1::NoticeStep& step :
       steps_of(contacts(), notice("urgency: URGENCY_IMMEDIATE"), {}, {.all_at_once = true}))
    times.push_back(step.at().seconds());
  EXPECT_THAT(times, ElementsAre(0, 0, 0));
}

TEST(Contacts, WhereItIsNotPassedOnTheFirstIsTold) {
  EXPECT_THAT(told(notice("urgency: URGENCY_ROUTINE"), {}, 0min), ElementsAre(Pair("desk", 0)));
}

}  // namespace
}  // namespace mash::notification
