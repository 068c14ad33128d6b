#include "referral/intake/intake.h"

#include <gmock/gmock.h>

#include "referral/testing/reads.h"

namespace mash::referral {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::SizeIs;

// Contacts on their way into the log.
class ContactIntake : public Reads {
 protected:
  // The ids of the persons a contact's append wrote to, in its order.
  std::vector<std::string> persons(const log::Appended& appended) {
    std::vector<std::string> ids;
    for (const log::AppendedEvent& event : appended.events)
      if (is_person_stream(event.stream)) ids.push_back(id_in(event.stream));
    return ids;
  }

  static v1::SubmitContactRequest with_mother() {
    auto request = contact();
    *request.add_people() = proto<v1::SubmittedPerson>(R"(
      identity { given_names: "Eve" family_name: "Bell" }
      role: PERSON_ROLE_PARENT part: "mother" in_household: true)");
    return request;
  }

  // A contact about a child, and by a mother, whom these ids name.
  static v1::SubmitContactRequest again(const std::string& child, const std::string& mother) {
    auto request = with_mother();
    request.mutable_children(0)->clear_identity();
    request.mutable_children(0)->set_person_id(child);
    request.mutable_people(0)->clear_identity();
    request.mutable_people(0)->set_person_id(mother);
    return request;
  }

  // How many records of streams are read to take in a contact; it is let go of, not appended.
  uint64_t records_read_for(const v1::SubmitContactRequest& request) {
    const log::CommandCall call{.context =
                                    context(kPolice, static_cast<int>(1 + fresh_persons(request)))};
    log::UnitOfWork unit(*log_, call);
    Submission submission = Submission::of(request, call.context);
    EXPECT_TRUE(take_in(*log_, unit, submission).has_value());
    uint64_t records = 0;
    for (const auto& expected : unit.take().expectations)
      if (expected.required) records += expected.version;
    return records;
  }
};

TEST_F(ContactIntake, GivesEverybodyInvolvedAStreamOfTheirOwn) {
  const auto appended = try_to_submit(kPolice, with_mother()).value();
  EXPECT_THAT(persons(appended), SizeIs(2));
  const auto detail = get(kTriage, id_in(appended.events.front().stream)).value();
  EXPECT_EQ(detail.children(0).identity().given_names(), "Ada");
  ASSERT_EQ(detail.people_size(), 1);
  EXPECT_EQ(detail.people(0).identity().given_names(), "Eve");
  EXPECT_EQ(detail.people(0).involved().part(), "mother");
  EXPECT_EQ(looks_.at(0).ids.size(), 3U);
}

TEST_F(ContactIntake, OfSomebodyKnownGoesOnWithTheirStream) {
  const auto first = persons(try_to_submit(kPolice, with_mother()).value());
  const auto second = try_to_submit(kPolice, again(first.at(0), first.at(1))).value();
  EXPECT_EQ(persons(second), first);
  EXPECT_EQ(log_->stream_version(person_stream(first.at(0))).value(), 2U);
  const auto detail = get(kTriage, id_in(second.events.front().stream)).value();
  EXPECT_EQ(detail.children(0).person_id(), first.at(0));
  EXPECT_EQ(detail.children(0).identity().given_names(), "Ada");
  EXPECT_EQ(detail.children(0).account().developmental_needs(), "Often hungry.");
}

TEST_F(ContactIntake, ReadsNoMoreForTheLastOfManyContactsAboutAChildThanForTheFirst) {
  constexpr uint64_t kContacts = 2'000;
  const auto first = persons(try_to_submit(kPolice, with_mother()).value());
  const auto request = again(first.at(0), first.at(1));
  const uint64_t at_first = records_read_for(request);
  for (uint64_t i = 1; i < kContacts; ++i) ASSERT_TRUE(try_to_submit(kPolice, request).has_value());
  EXPECT_EQ(log_->stream_version(person_stream(first.at(0))).value(), kContacts);
  EXPECT_EQ(records_read_for(request), at_first);
}

TEST_F(ContactIntake, TakesNobodysWordForSomebodyItNeverToldOf) {
  const auto first = persons(try_to_submit(kPolice, with_mother()).value());
  const uint64_t size = log_->size();
  const auto refused = try_to_submit(kSchool, again(first.at(0), first.at(1)));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, "NOT_FOUND");
  // It hears the same of an id that is nobody's.
  const auto nobody =
      try_to_submit(kSchool, again("01925f3a-7c1e-7b43-9d52-0242ac120009", first.at(1)));
  EXPECT_EQ(nobody.error(), refused.error());
  EXPECT_EQ(log_->size(), size);
}

TEST_F(ContactIntake, OfAnUrgentContactSetsAnUnknownIdAsideAndTakesSomebodyNew) {
  const auto first = persons(try_to_submit(kPolice, with_mother()).value());
  auto request = again(first.at(0), first.at(1));
  request.set_immediate_danger(true);
  request.mutable_account()->set_danger("A man with a knife is at the door.");
  const auto taken = try_to_submit(kSchool, request).value();
  EXPECT_THAT(persons(taken), SizeIs(2));
  EXPECT_NE(persons(taken).at(0), first.at(0));
  const auto detail = get(kTriage, id_in(taken.events.front().stream)).value();
  EXPECT_TRUE(detail.summary().needs_checking());
  ASSERT_EQ(detail.set_aside_size(), 2);
  EXPECT_EQ(detail.set_aside(0).field(), "children[0].person_id");
  EXPECT_EQ(detail.set_aside(0).value(), first.at(0));
}

TEST_F(ContactIntake, BarsWhoeverWorksForAnAgencyAndHasAPartInIt) {
  auto request = with_mother();
  *request.mutable_people(0)->mutable_works_as() =
      proto<v1::PractitionerName>(R"(agency: "police" practitioner: "pc-4821")");
  const auto taken = try_to_submit(kPolice, request).value();
  EXPECT_EQ(taken.events.back().stream, case_stream(taken.events.front().case_id));
  Actor mother = kPolice;
  mother.practitioner = "pc-4821";
  const auto referral = id_in(taken.events.front().stream);
  EXPECT_EQ(get(mother, referral).error().reason, "NOT_FOUND");
  EXPECT_TRUE(get(kPolice, referral).has_value());
}

TEST_F(ContactIntake, ShowsTheAuthorityAskedWhoTheChildrenAre) {
  const auto referral = submit(kPolice, with_mother());
  EXPECT_EQ(get(kBirmingham, referral).error().reason, "NOT_FOUND");
  then(kSocialWorker, referral, proto<v1::TransferReferralRequest>(R"(
         transfer { to_area: "E08000025" ground: TRANSFER_GROUND_LIVES_THERE
                    reason: "They moved in May." })"));
  const auto detail = get(kBirmingham, referral).value();
  EXPECT_EQ(detail.children(0).identity().given_names(), "Ada");
  EXPECT_EQ(detail.people(0).identity().given_names(), "Eve");
  EXPECT_FALSE(detail.has_submitted_by());
  EXPECT_EQ(looks_.at(0).ids.size(), 3U);
}

}  // namespace
}  // namespace mash::referral
