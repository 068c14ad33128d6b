#include "sharing/decisions/decision_commands.h"

#include <gmock/gmock.h>

#include "policy/packs.h"
#include "sharing/consents/consent_commands.h"
#include "sharing/law/evaluate_decision.h"
#include "sharing/requests/request_commands.h"
#include "sharing/testing/commands.h"

namespace mash::sharing {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> faults(const v1::Judgement& judgement) {
  return lines({judgement.faults().begin(), judgement.faults().end()});
}

class DecisionCommands : public Commands {
 protected:
  // A withholding that needs a second signature.
  v1::DecisionTerms withheld(const std::string& item_id) const {
    v1::DecisionTerms made = terms(health_withholds(), {item_id});
    made.mutable_items(0)->set_ground("detriment-16la-3");
    return made;
  }

  v1::EvaluateDecisionResponse evaluated(const v1::EvaluateDecisionRequest& request,
                                         const Actor& actor) {
    v1::EvaluateDecisionResponse response;
    const auto shown = evaluate_decision(*log_, packs_, request, by(actor), response);
    EXPECT_TRUE(shown.has_value()) << mash::testing::brief(shown.error());
    return response;
  }

  const policy::Packs packs_ = policy::Packs::load(MASH_SOURCE_DIR "/deploy/policy").value();
};

TEST_F(DecisionCommands, GiveEachItemToEachRecipientInOneAppend) {
  const std::string arm = offer(kHealth);
  const std::string leg = offer(kHealth);
  const auto appended = attempt(kHealth, recording(terms(health_safeguards(), {arm, leg})));
  ASSERT_TRUE(appended.has_value()) << mash::testing::brief(appended.error());
  const std::string id = id_in(appended->events.front().stream);
  EXPECT_TRUE(decision(id).in_force());
  for (const std::string& item_id : {arm, leg})
    for (const Actor& actor : {kPolice, kTriage}) EXPECT_EQ(reads_under(actor, item_id), id);
  EXPECT_EQ(reads_under(kSchool, arm), "");
  EXPECT_EQ(item(arm).grants.front().decision_version, 1u);
  EXPECT_TRUE(has_part("social-care"));
}

TEST_F(DecisionCommands, TellNobodyOfACaseByWithholding) {
  v1::DecisionTerms made = terms(health_withholds(), {offer(kHealth)});
  made.mutable_recipients(0)->set_agency("refuge");
  made.mutable_recipients(0)->set_regime(v1::REGIME_UK_GDPR);
  run(kHealth, recording(made));
  EXPECT_FALSE(has_part("refuge"));
}

TEST_F(DecisionCommands, SendOutTheSanitisedVersionAndNotItsSource) {
  const std::string source =
      offer(kHealth, "protected_identities { kind: PROTECTED_IDENTITY_KIND_WITNESS }");
  v1::ProvideSanitisedRequest provide;
  provide.set_source_item_id(source);
  *provide.mutable_content() = content_of("");
  const log::Work providing = [&](log::UnitOfWork& unit) {
    return provide_sanitised(unit, provide);
  };
  expect_refused(kPolice, providing, "NOT_THE_OWNER");
  expect_refused(kRefuge, providing, "NOT_FOUND");
  const std::string version = run(kHealth, providing);
  v1::DecisionTerms made = terms(health_sanitises(), {source});
  made.mutable_items(0)->set_sanitised_item_id(version);
  const std::string id = run(kHealth, recording(made));
  EXPECT_EQ(reads_under(kTriage, version), id);
  EXPECT_EQ(reads_under(kTriage, source), "");
  EXPECT_EQ(item(source).grants.front().ground, "third-party-harm");
}

TEST_F(DecisionCommands, RefuseAnItemOfAnotherAgencyAndSayNoMoreOfIt) {
  const std::string secret = offer(kHealth, "handling { in_confidence: true }");
  v1::DecisionTerms made = terms(school_shares(), {secret});
  const auto refused = attempt(kSchool, recording(made));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, "DECISION_UNLAWFUL");
  EXPECT_EQ(refused.error().metadata.at("rules"), "item-is-own")
      << "that it is special category data and was given in confidence is not for the school";
}

TEST_F(DecisionCommands, RefuseAnItemOfAnotherCaseAsOneThatIsNotThere) {
  const std::string other = fresh();
  know_case(other, {"health"}, {fresh()});
  const std::string elsewhere = hold({child_}, "", other);
  std::vector<std::string> said;
  for (const std::string& item_id : {elsewhere, fresh()}) {
    const auto refused = attempt(kHealth, recording(terms(health_shares(), {item_id})));
    ASSERT_FALSE(refused.has_value());
    said.push_back(mash::testing::brief(refused.error()));
    EXPECT_THAT(refused.error().metadata.at("rules"), HasSubstr("item-in-case"));
  }
  EXPECT_EQ(said[0], said[1]);
}

TEST_F(DecisionCommands, RefuseARecipientThatDoesNotExist) {
  v1::DecisionTerms made = terms(health_shares(), {offer(kHealth)});
  made.mutable_recipients(0)->set_agency("the-moon");
  expect_refused(kHealth, recording(made), "DECISION_UNLAWFUL");
}

TEST_F(DecisionCommands, RefuseARequestThatWasNotPutToTheMaker) {
  v1::DecisionTerms made = terms(health_shares(), {offer(kHealth)});
  made.set_information_request_id(fresh());
  expect_refused(kHealth, recording(made), "INVALID_REQUEST", {"terms.information_request_id"});
}

TEST_F(DecisionCommands, AreNotFoundForStrangersAndWhereTheCaseIsClosedToThem) {
  const std::string arm = offer(kHealth);
  v1::DecisionTerms made = terms(refuge_shares(), {arm});
  expect_refused(kRefuge, recording(made), "NOT_FOUND");
  const std::string id = run(kHealth, recording(withheld(arm)));
  expect_refused(kRefuge, signing(id), "NOT_FOUND");
  expect_refused(kRefuge, superseding(id, made), "NOT_FOUND");
  happen_to_case(case_, "restricted {}");
  expect_refused(kHealth, recording(terms(health_shares(), {arm})), "NOT_FOUND");
  expect_refused(kHealthManager, signing(id), "NOT_FOUND");
}

TEST_F(DecisionCommands, MeetOverOneItemInTheOrderOfTheLog) {
  const std::string arm = offer(kHealth);
  std::string first;
  const auto refused =
      attempt(kHealth, interrupted(recording(terms(health_shares(), {arm})), [&] {
                first = run(kHealthManager, recording(terms(health_safeguards(), {arm})));
              }));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, "DECISION_UNLAWFUL");
  EXPECT_EQ(refused.error().metadata.at("rules"), "item-decided-once");
  EXPECT_EQ(reads_under(kTriage, arm), first);
  EXPECT_EQ(item(arm).grants.size(), 2u) << "one for each recipient of the first";
}

TEST_F(DecisionCommands, RestOnAConsentThatIsNotWithdrawnAMomentBefore) {
  auto record = proto<v1::RecordConsentRequest>(R"(
    terms { capacity: CONSENT_GIVER_PARENTAL_RESPONSIBILITY scope: "Her health."
            explicit: true freely_given: true })");
  record.mutable_terms()->set_case_id(case_);
  record.mutable_terms()->add_person_ids(child_);
  record.mutable_terms()->set_given_by(mother_);
  const std::string consent =
      run(kHealth, [&](log::UnitOfWork& unit) { return record_consent(unit, record); });
  involve(case_, "refuge");
  v1::DecisionTerms made = terms(refuge_shares_by_consent(), {offer(kRefuge)});
  made.mutable_consent()->set_consent_id(consent);
  const auto withdrawal = proto<v1::WithdrawConsentRequest>("statement: 'She took it back.'");
  const auto refused =
      attempt(kRefuge, interrupted(recording(made), [&] {
                run(kHealth, [&](log::UnitOfWork& unit) {
                  return unit.decide<Consent>({consent_stream(consent)}, withdrawal);
                });
              }));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, "DECISION_UNLAWFUL");
  EXPECT_THAT(refused.error().metadata.at("rules"), HasSubstr("consent-live"));
}

TEST_F(DecisionCommands, WaitForTheSecondSignatureAndReleaseNothingUntilThen) {
  const std::string arm = offer(kHealth);
  const std::string id = run(kHealth, recording(withheld(arm)));
  EXPECT_EQ(decision(id).status, v1::DECISION_STATUS_AWAITING_SIGNATURE);
  EXPECT_THAT(item(arm).grants, IsEmpty());
  expect_refused(kHealth, signing(id), "NOT_INDEPENDENT");
  run(kHealthManager, signing(id));
  EXPECT_TRUE(decision(id).in_force());
  ASSERT_EQ(item(arm).grants.size(), 1u);
  EXPECT_EQ(item(arm).grants.front().decision_version, 2u);
  const uint64_t size = log_->size();
  EXPECT_TRUE(attempt(kHealthManager, signing(id)).has_value()) << "already so";
  EXPECT_EQ(log_->size(), size);
}

TEST_F(DecisionCommands, ReleaseNothingOnceTheSecondSignatureIsRefused) {
  const std::string arm = offer(kHealth);
  const std::string id = run(kHealth, recording(withheld(arm)));
  run(kHealthManager, signing(id, true));
  EXPECT_EQ(decision(id).status, v1::DECISION_STATUS_DECLINED);
  EXPECT_THAT(item(arm).grants, IsEmpty());
}

TEST_F(DecisionCommands, AreSignedOnlyIfTheyAreLawfulByThen) {
  const std::string arm = offer(kHealth);
  const std::string waiting = run(kHealth, recording(withheld(arm)));
  run(kHealthManager, recording(terms(health_safeguards(), {arm})));
  expect_refused(kHealthManager, signing(waiting), "DECISION_UNLAWFUL");
}

TEST_F(DecisionCommands, TakeTheOldOnesPlaceOnItsItemsAtOnce) {
  const std::string arm = offer(kHealth);
  const std::string leg = offer(kHealth);
  const std::string old = run(kHealth, recording(terms(health_safeguards(), {arm, leg})));
  const std::string next = run(kHealthManager, superseding(old, terms(health_shares(), {arm})));
  EXPECT_EQ(decision(old).status, v1::DECISION_STATUS_SUPERSEDED);
  EXPECT_EQ(decision(old).superseded_by, next);
  EXPECT_EQ(reads_under(kTriage, arm), next);
  EXPECT_EQ(reads_under(kPolice, arm), "");
  EXPECT_EQ(reads_under(kTriage, leg), "") << "the new one says nothing of it";
  expect_refused(kHealth, superseding(old, terms(health_shares(), {leg})), "DECISION_NOT_IN_FORCE");
  expect_refused(kPolice, superseding(next, terms(health_shares(), {leg})), "NOT_FOUND");
  expect_refused(kTriage, superseding(next, terms(health_shares(), {leg})), "NOT_THE_MAKER");
}

TEST_F(DecisionCommands, StayInTheCaseOfTheDecisionTheySupersede) {
  const std::string old = run(kHealth, recording(terms(health_shares(), {offer(kHealth)})));
  const std::string other = fresh();
  know_case(other, {"health"}, {fresh()});
  v1::DecisionTerms made = terms(health_shares(), {offer(kHealth)});
  made.set_case_id(other);
  expect_refused(kHealth, superseding(old, made), "INVALID_REQUEST", {"terms.case_id"});
}

TEST_F(DecisionCommands, SupersedeWhatTheirMakerHasRead) {
  const std::string arm = offer(kHealth);
  const std::string old = run(kHealth, recording(terms(health_shares(), {arm})));
  const auto next = superseding(old, withheld(arm));
  const auto stale = attempt(kHealth, next, 1, 7);
  ASSERT_FALSE(stale.has_value());
  EXPECT_EQ(stale.error().reason, "VERSION_CONFLICT");
  EXPECT_TRUE(attempt(kHealth, next, 1, 1).has_value()) << "also where the new one has to wait";
}

TEST_F(DecisionCommands, LeaveTheOldOneInForceUntilTheNewOneIsSigned) {
  const std::string arm = offer(kHealth);
  const std::string old = run(kHealth, recording(terms(health_safeguards(), {arm})));
  const auto appended = attempt(kHealth, superseding(old, withheld(arm)));
  ASSERT_TRUE(appended.has_value()) << mash::testing::brief(appended.error());
  const std::string next = id_in(appended->events.front().stream);
  EXPECT_EQ(decision(next).status, v1::DECISION_STATUS_AWAITING_SIGNATURE);
  EXPECT_EQ(reads_under(kPolice, arm), old);
  run(kHealthManager, signing(next));
  EXPECT_EQ(reads_under(kPolice, arm), "");
  EXPECT_EQ(decision(old).superseded_by, next);
}

TEST_F(DecisionCommands, AreNotSignedInThePlaceOfWhatAnotherOneReplacedMeanwhile) {
  const std::string arm = offer(kHealth);
  const std::string old = run(kHealth, recording(terms(health_safeguards(), {arm})));
  const std::string waiting = run(kHealth, superseding(old, withheld(arm)));
  const auto refused = attempt(kHealthManager, interrupted(signing(waiting), [&] {
                                 run(kHealth, superseding(old, terms(health_shares(), {arm})));
                               }));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, "DECISION_NOT_IN_FORCE");
  EXPECT_EQ(decision(waiting).status, v1::DECISION_STATUS_AWAITING_SIGNATURE);
  EXPECT_NE(reads_under(kTriage, arm), "");
}

TEST_F(DecisionCommands, AreJudgedBeforehandAsTheyWouldBe) {
  v1::EvaluateDecisionRequest request;
  *request.mutable_draft() = terms(health_shares(), {offer(kHealth)});
  EXPECT_THAT(faults(evaluated(request, kHealth).judgement()), IsEmpty());
  request.mutable_draft()->clear_special_condition();
  EXPECT_THAT(evaluated(request, kHealth).judgement().faults(), ::testing::Not(IsEmpty()));
  v1::EvaluateDecisionResponse none;
  const auto refused = evaluate_decision(*log_, packs_, request, by(kRefuge), none);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, "NOT_FOUND");
}

TEST_F(DecisionCommands, AreJudgedBeforehandByTheLawOfAnotherDay) {
  v1::EvaluateDecisionRequest request;
  *request.mutable_draft() = terms(health_safeguards(), {offer(kHealth)});
  EXPECT_THAT(faults(evaluated(request, kHealth).judgement()), IsEmpty());
  request.set_day("2019-05-01");
  const v1::Judgement then = evaluated(request, kHealth).judgement();
  EXPECT_THAT(then.law(), HasSubstr("lawful-basis-2018@"));
  EXPECT_THAT(faults(then), ::testing::Contains("gateway-in-force terms.gateways[0]"));
}

TEST_F(DecisionCommands, AreJudgedLaterOnWhatWasSoWhenTheyWereMade) {
  const std::string arm = offer(kHealth);
  const std::string id = run(kHealth, recording(terms(health_shares(), {arm})));
  v1::RecallItemRequest recall;
  recall.set_reason("Of another child.");
  run(kHealth,
      [&](log::UnitOfWork& unit) { return unit.decide<Item>({item_stream(arm)}, recall); });
  v1::EvaluateDecisionRequest request;
  request.set_decision_id(id);
  for (const Actor& actor : {kHealth, kAuditor}) {
    const auto response = evaluated(request, actor);
    EXPECT_THAT(faults(response.judgement()), IsEmpty());
    EXPECT_THAT(faults(response.today()), IsEmpty());
    EXPECT_EQ(response.judgement().day(), "2026-11-25");
  }
  v1::EvaluateDecisionResponse none;
  for (const Actor& actor : {kPolice, kTriage, kRefuge}) {
    const auto refused = evaluate_decision(*log_, packs_, request, by(actor), none);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().reason, "NOT_FOUND");
  }
}

TEST_F(DecisionCommands, OfAnErasedCaseAreNotJudged) {
  const std::string id = run(kHealth, recording(terms(health_shares(), {offer(kHealth)})));
  erase(case_);
  v1::EvaluateDecisionRequest request;
  request.set_decision_id(id);
  v1::EvaluateDecisionResponse none;
  const auto refused = evaluate_decision(*log_, packs_, request, by(kHealth), none);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().reason, "KEY_DESTROYED");
}

}  // namespace
}  // namespace mash::sharing
