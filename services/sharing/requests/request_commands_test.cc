#include "sharing/requests/request_commands.h"

#include "cases/streams.h"
#include "sharing/consents/consent_commands.h"
#include "sharing/requests/request.h"
#include "sharing/testing/commands.h"

namespace mash::sharing {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests

class RequestCommands : public Commands {
 protected:
  RequestCommands() { referral_ = cases::family_of(*log_, case_).value().referrals.begin()->first; }

  log::Work asking(const std::string& agency = "refuge") const {
    auto request = proto<v1::RequestInformationRequest>(R"(
      terms { purpose: "To see whether she is safe." rating: RATING_RED questions: "Is she there?"
              without_consent_reason: "He reads her letters." })");
    v1::RequestTerms& terms = *request.mutable_terms();
    terms.set_referral_id(referral_);
    terms.set_agency(agency);
    terms.add_person_ids(mother_);
    return [request](log::UnitOfWork& unit) { return request_information(unit, request); };
  }

  void record_threshold() {
    cases::v1::KnownCaseEvent event;
    event.mutable_referral()->set_referral_id(referral_);
    event.mutable_referral()
        ->mutable_event()
        ->mutable_threshold_recorded()
        ->mutable_threshold()
        ->set_kind(referral::v1::THRESHOLD_KIND_SECTION_47);
    append(cases::case_stream(case_), case_, event);
  }

  std::string asked() {
    record_threshold();
    return run(kTriage, asking());
  }

  v1::AnswerRequestRequest answer(const std::string& request_id, int items) const {
    auto request = proto<v1::AnswerRequestRequest>("answer: REQUEST_ANSWER_ITEMS");
    request.set_information_request_id(request_id);
    for (int i = 0; i < items; ++i) *request.add_items() = content_of("");
    return request;
  }

  std::string referral_;
};

TEST_F(RequestCommands, AskOnceTheThresholdIsInTheLogAndInvolveTheAgency) {
  expect_refused(kTriage, asking(), "REQUEST_UNLAWFUL");
  EXPECT_FALSE(has_part("refuge"));
  record_threshold();
  const std::string id = run(kTriage, asking());
  const auto request = log::read_state<Request>(*log_, request_stream(id)).value();
  EXPECT_EQ(request.case_id, case_);
  EXPECT_EQ(request.requesting_agency, "social-care");
  EXPECT_TRUE(has_part("refuge"));
}

TEST_F(RequestCommands, FindTheReferralInACaseThatItsPersonsAreJoinedTo) {
  const std::string other = fresh();
  const std::string cousin = fresh();
  know_case(other, {"education"}, {cousin});
  cases::v1::KnownCaseEvent joined;
  joined.mutable_case_()->mutable_joined()->set_into_case_id(other);
  append(cases::case_stream(case_), case_, joined);
  cases::v1::KnownCaseEvent took;
  took.mutable_case_()->mutable_took_in()->set_case_id(case_);
  append(cases::case_stream(other), other, took);
  record_threshold();
  const std::string id = run(kTriage, asking());
  EXPECT_EQ(log::read_state<Request>(*log_, request_stream(id)).value().case_id, case_);
}

TEST_F(RequestCommands, AreNotFoundForStrangersAndForUnknownPersons) {
  expect_refused(kPolice, asking(), "NOT_FOUND");
  referral_ = fresh();
  expect_refused(kTriage, asking(), "NOT_FOUND");
}

TEST_F(RequestCommands, RestOnAConsentThatIsNotWithdrawnMeanwhile) {
  auto record = proto<v1::RecordConsentRequest>(R"(
    terms { capacity: CONSENT_GIVER_ADULT scope: "Where she stays."
            freely_given: true })");
  record.mutable_terms()->set_case_id(case_);
  record.mutable_terms()->add_person_ids(mother_);
  record.mutable_terms()->set_given_by(mother_);
  const std::string consent =
      run(kSchool, [&](log::UnitOfWork& unit) { return record_consent(unit, record); });
  auto request = proto<v1::RequestInformationRequest>(R"(
    terms { agency: "refuge" purpose: "To see whether she is safe." rating: RATING_RED
            questions: "Is she there?" })");
  request.mutable_terms()->set_referral_id(referral_);
  request.mutable_terms()->add_person_ids(mother_);
  request.mutable_terms()->set_consent_id(consent);
  const log::Work ask = [&](log::UnitOfWork& unit) { return request_information(unit, request); };
  run(kTriage, ask);
  const auto withdrawal = proto<v1::WithdrawConsentRequest>("statement: 'She took it back.'");
  const auto withdraw = [&] {
    run(kSchool, [&](log::UnitOfWork& unit) {
      return unit.decide<Consent>({consent_stream(consent)}, withdrawal);
    });
  };
  const auto refused = attempt(kTriage, interrupted(ask, withdraw));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, "REQUEST_UNLAWFUL");
}

TEST_F(RequestCommands, RecordConsentOfPersonsKnownInTheCase) {
  auto record = proto<v1::RecordConsentRequest>(R"(
    terms { capacity: CONSENT_GIVER_ADULT scope: "Where she stays." })");
  record.mutable_terms()->set_case_id(case_);
  record.mutable_terms()->add_person_ids(fresh());
  record.mutable_terms()->set_given_by(mother_);
  const log::Work work = [&](log::UnitOfWork& unit) { return record_consent(unit, record); };
  expect_refused(kSchool, work, "INVALID_REQUEST", {"terms.person_ids[0]"});
  expect_refused(kRefuge, work, "NOT_FOUND");
}

TEST_F(RequestCommands, HoldTheItemsOfAnAnswerWithIt) {
  const auto request = answer(asked(), 2);
  const log::Work work = [&](log::UnitOfWork& unit) { return answer_request(unit, request); };
  expect_refused(kHealth, work, "NOT_FOUND");
  const auto appended = attempt(kRefuge, work);
  ASSERT_TRUE(appended.has_value()) << mash::testing::brief(appended.error());
  ASSERT_EQ(appended->events.size(), 3u);
  const auto state = item(id_in(appended->events[1].stream));
  EXPECT_EQ(state.owner, "refuge");
  EXPECT_EQ(state.request_id, request.information_request_id());
  expect_refused(kRefuge, work, "ALREADY_ANSWERED");
}

TEST_F(RequestCommands, HoldNothingOfAnAnswerThatIsWrongSomewhere) {
  auto request = answer(asked(), 3);
  request.mutable_items(0)->set_category("no-such-category");
  request.mutable_items(2)->clear_text();
  expect_refused(kRefuge, [&](log::UnitOfWork& unit) { return answer_request(unit, request); },
                 "INVALID_REQUEST", {"items[0].category", "items[2].text"});
}

}  // namespace
}  // namespace mash::sharing
