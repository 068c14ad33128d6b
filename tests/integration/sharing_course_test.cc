#include <gmock/gmock.h>

#include <future>

#include "core/timestamp.h"
#include "integration/grpc_helpers.h"
#include "integration/sharing_case.h"
#include "mash/log/v1/log_service.grpc.pb.h"

// What is asked, held, decided, read, corrected and called back: over gRPC, against a whole hub.
namespace mash::testing {
namespace {

namespace v1 = sharing::v1;
using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

class Sharing : public SharingCase {
 protected:
  // The looks that the log holds at an item, the newest last.
  std::vector<std::string> looks_at(const std::string& item_id) {
    log::v1::ReadLogRequest request;
    request.set_log("sharing");
    request.add_types("mash.log.v1.LookEvent");
    log::v1::LogService::Stub stub(hub_.channel(kAuditor.agency));
    grpc::ClientContext context;
    TestHub::dress(context, kAuditor);
    const auto reader = stub.ReadLog(&context, request);
    std::vector<std::string> found;
    for (log::v1::ReadLogResponse reply; reader->Read(&reply);)
      for (const log::v1::LogEntry& entry : reply.entries())
        if (entry.ShortDebugString().find(item_id) != std::string::npos)
          found.push_back(entry.ShortDebugString());
    EXPECT_TRUE(reader->Finish().ok());
    return found;
  }

  v1::SupersedeDecisionResponse supersede(const std::string& decision_id,
                                          const v1::DecisionTerms& terms) {
    v1::SupersedeDecisionRequest request;
    request.set_decision_id(decision_id);
    *request.mutable_terms() = terms;
    request.set_reason("Looked at again.");
    return done(kNurse, &Stub::SupersedeDecision, request);
  }

  std::string to_acknowledge(const Caller& caller) {
    v1::ListDisclosedRequest request;
    request.set_case_id(case_id);
    request.set_to_acknowledge(true);
    request.set_purpose("Recalls.");
    const auto found = done(caller, &Stub::ListDisclosed, request);
    return found.items_size() == 1 ? found.items(0).item().item_id()
                                   : std::to_string(found.items_size());
  }
};

TEST_F(Sharing, NobodyIsAskedWithoutConsentBeforeAThresholdIsRecorded) {
  const auto refused = call(kTriage, &Stub::RequestInformation, question());
  ASSERT_EQ(told(refused), "REQUEST_UNLAWFUL");
  EXPECT_THAT(refused.error().sources.front().description, HasSubstr("Haringey"));
  record_threshold();
  const auto asked = done(kTriage, &Stub::RequestInformation, question());
  EXPECT_EQ(asked.deadline().kind(), "information-request-red");
}

TEST_F(Sharing, AnsweredItemsAreHeldUntilTheirOwnerDecides) {
  record_threshold();
  const auto items = answer(ask(), {"A fracture in March."});
  ASSERT_EQ(items.size(), 1u);
  for (const Caller& other : {kTriage, kSocialWorker, kManager, kPolice})
    EXPECT_EQ(told(read(other, items[0])), "NOT_DISCLOSED") << other.agency;
  EXPECT_EQ(read(kMatron, items[0]).value().item().content().text(), "A fracture in March.");

  ASSERT_EQ(told(decide(terms({"social-care"}, items))), "accepted");
  const auto seen = read(kTriage, items[0]);
  ASSERT_EQ(told(seen), "accepted");
  EXPECT_EQ(seen->item().content().text(), "A fracture in March.");
  EXPECT_EQ(told(read(kPolice, items[0])), "NOT_DISCLOSED");
}

TEST_F(Sharing, EveryLookIsRecordedWithTheDecisionItRestsOn) {
  record_threshold();
  const auto items = answer(ask(), {"A fracture in March."});
  const auto decided = decide(terms({"social-care"}, items));
  ASSERT_EQ(told(decided), "accepted");
  ASSERT_EQ(told(read(kTriage, items[0])), "accepted");
  EXPECT_EQ(told(read(kPolice, items[0])), "NOT_DISCLOSED");
  const auto looks = looks_at(items[0]);
  ASSERT_EQ(looks.size(), 1u);
  EXPECT_THAT(looks[0], AllOf(HasSubstr(decided->decision_id()), HasSubstr("to-1")));
}

TEST_F(Sharing, AnUnlawfulDecisionIsRefusedWithEveryFaultAndItsSource) {
  record_threshold();
  const auto items = answer(ask(), {"A fracture in March."});
  auto draft = terms({"social-care", "nobody"}, items);
  draft.clear_special_condition();
  draft.clear_gateways();
  v1::EvaluateDecisionRequest evaluate;
  *evaluate.mutable_draft() = draft;
  const auto judged = done(kNurse, &Stub::EvaluateDecision, evaluate).judgement();
  const auto refused = decide(draft);
  ASSERT_EQ(told(refused), "DECISION_UNLAWFUL");
  EXPECT_GE(refused.error().faults.size(), 3u);
  EXPECT_EQ(static_cast<size_t>(judged.faults_size()), refused.error().faults.size());
  for (const v1::RuleFault& fault : judged.faults()) {
    EXPECT_NE(fault.source(), "") << fault.rule();
    EXPECT_NE(fault.remedy(), "") << fault.rule();
  }
  EXPECT_EQ(told(read(kTriage, items[0])), "NOT_DISCLOSED");
}

TEST_F(Sharing, OfTwoDecisionsAtOnceOverOneItemOneIsRefused) {
  record_threshold();
  const auto items = answer(ask(), {"A fracture in March."});
  const auto share = [&] { return told(decide(terms({"social-care"}, items))); };
  const auto keep = [&] { return told(decide(terms({"social-care"}, {}, items), kMatron)); };
  auto first = std::async(std::launch::async, share);
  auto second = std::async(std::launch::async, keep);
  EXPECT_THAT((std::vector{first.get(), second.get()}),
              UnorderedElementsAre("accepted", AnyOf("DECISION_UNLAWFUL", "DECISION_IN_FORCE")));
}

TEST_F(Sharing, ASupersededDecisionLetsNobodyReadAnyMore) {
  record_threshold();
  const auto items = answer(ask(), {"A fracture in March.", "Withdrawn at school."});
  const auto decided = decide(terms({"social-care"}, items));
  ASSERT_EQ(told(read(kTriage, items[1])), "accepted");
  const auto second =
      supersede(decided->decision_id(), terms({"social-care"}, {items[0]}, {items[1]}));
  EXPECT_EQ(second.status(), v1::DECISION_STATUS_IN_FORCE);
  EXPECT_EQ(told(read(kTriage, items[0])), "accepted");
  EXPECT_EQ(told(read(kTriage, items[1])), "NOT_DISCLOSED");
}

TEST_F(Sharing, AConsentTakenBackCarriesNoDecisionAnyMore) {
  record_threshold();
  const auto items = answer(ask(), {"A fracture in March."});
  auto consent = message<v1::RecordConsentRequest>(R"(
    terms { capacity: CONSENT_GIVER_PARENTAL_RESPONSIBILITY scope: "All that health holds."
            explicit: true freely_given: true })");
  consent.mutable_terms()->set_case_id(case_id);
  consent.mutable_terms()->add_person_ids(child_id);
  consent.mutable_terms()->set_given_by(child_id);
  const auto given = done(kNurse, &Stub::RecordConsent, consent);
  auto draft = terms({"social-care"}, items);
  draft.set_basis("6-1-a");
  draft.set_special_condition("9-2-a");
  draft.clear_schedule_1_condition();
  draft.clear_without_consent();
  draft.mutable_consent()->Clear();
  draft.mutable_consent()->set_sought(true);
  draft.mutable_consent()->set_consent_id(given.consent_id());
  v1::EvaluateDecisionRequest evaluate;
  *evaluate.mutable_draft() = draft;
  EXPECT_EQ(done(kNurse, &Stub::EvaluateDecision, evaluate).judgement().faults_size(), 0)
      << "while the consent holds";

  v1::GetConsentRequest get;
  get.set_consent_id(given.consent_id());
  EXPECT_EQ(done(kPolice, &Stub::GetConsent, get).consent().terms().scope(),
            "All that health holds.");

  v1::WithdrawConsentRequest withdraw;
  withdraw.set_consent_id(given.consent_id());
  withdraw.set_statement("She rang.");
  done(kNurse, &Stub::WithdrawConsent, withdraw);
  EXPECT_EQ(told(decide(draft)), "DECISION_UNLAWFUL");
}

TEST_F(Sharing, ACorrectionReachesEveryoneAndWaitsUntilTheySaySo) {
  record_threshold();
  const auto items = answer(ask(), {"A fracture in March."});
  ASSERT_EQ(told(decide(terms({"social-care", "police"}, items))), "accepted");
  ASSERT_EQ(told(read(kPolice, items[0])), "accepted");
  v1::CorrectItemRequest correct;
  correct.set_item_id(items[0]);
  *correct.mutable_content() = content("A sprain in March.");
  correct.set_reason("The X-ray was another child's.");
  EXPECT_THAT(done(kNurse, &Stub::CorrectItem, correct).agencies(),
              UnorderedElementsAre("police", "social-care"));
  EXPECT_EQ(to_acknowledge(kPolice), items[0]);
  const auto seen = read(kPolice, items[0]);
  EXPECT_EQ(seen->item().content().text(), "A sprain in March.");
  EXPECT_TRUE(seen->acknowledge());

  v1::AcknowledgeRecallRequest heard;
  heard.set_item_id(items[0]);
  heard.set_action("Struck out.");
  EXPECT_FALSE(done(kPolice, &Stub::AcknowledgeRecall, heard).complete());
  EXPECT_EQ(to_acknowledge(kPolice), "0");
  EXPECT_TRUE(done(kSocialWorker, &Stub::AcknowledgeRecall, heard).complete());
}

TEST_F(Sharing, ARecalledItemIsReadByNobodyButItsOwner) {
  record_threshold();
  const auto items = answer(ask(), {"A fracture in March."});
  ASSERT_EQ(told(decide(terms({"social-care"}, items))), "accepted");
  v1::RecallItemRequest recall;
  recall.set_item_id(items[0]);
  recall.set_reason("Not about this child.");
  done(kNurse, &Stub::RecallItem, recall);
  EXPECT_EQ(told(read(kTriage, items[0])), "ITEM_RECALLED");
  EXPECT_EQ(told(read(kNurse, items[0])), "accepted");
}

TEST_F(Sharing, ARecallReachesTheVersionsOfAnItemAndSaysWhy) {
  record_threshold();
  const auto items = answer(ask(), {"A fracture in March, seen by Dr Bell."});
  v1::ProvideSanitisedRequest sanitise;
  sanitise.set_source_item_id(items[0]);
  *sanitise.mutable_content() = content("A fracture in March.");
  const std::string version = done(kNurse, &Stub::ProvideSanitised, sanitise).item_id();
  auto draft = terms({"police"}, {}, items);
  draft.set_outcome(v1::SHARING_OUTCOME_SHARE_IN_PART);
  draft.mutable_items(0)->set_disposition(v1::ITEM_DISPOSITION_SANITISED);
  draft.mutable_items(0)->set_sanitised_item_id(version);
  draft.mutable_items(0)->clear_look_again_at();
  const auto decided = decide(draft);
  ASSERT_EQ(told(decided), "accepted") << decided.error().faults.front().field;
  ASSERT_EQ(told(read(kPolice, version)), "accepted");
  const auto seen = explain(kPolice);
  ASSERT_EQ(told(seen), "accepted");
  for (const v1::Holding& holding : seen->holdings())
    EXPECT_EQ(holding.access_size(), holding.item_id() == version ? 1 : 0)
        << "nothing tells whose version it is";

  v1::CorrectItemRequest correct;
  correct.set_item_id(items[0]);
  *correct.mutable_content() = content("A sprain in March, seen by Dr Bell.");
  correct.set_reason("Another child's X-ray.");
  EXPECT_THAT(done(kNurse, &Stub::CorrectItem, correct).version_ids(), ElementsAre(version));
  v1::RecallItemRequest recall;
  recall.set_item_id(items[0]);
  recall.set_reason("Not about this child.");
  EXPECT_THAT(done(kNurse, &Stub::RecallItem, recall).agencies(), ElementsAre("police"));
  EXPECT_EQ(told(read(kPolice, version)), "ITEM_RECALLED");
  v1::ListDisclosedRequest disclosed;
  disclosed.set_case_id(case_id);
  disclosed.set_to_acknowledge(true);
  disclosed.set_purpose("Recalls.");
  const auto waiting = done(kPolice, &Stub::ListDisclosed, disclosed);
  ASSERT_EQ(waiting.items_size(), 1);
  EXPECT_EQ(waiting.items(0).notice_reason(), "Not about this child.");
  v1::AcknowledgeRecallRequest heard;
  heard.set_item_id(version);
  heard.set_action("Struck out.");
  done(kPolice, &Stub::AcknowledgeRecall, heard);
  const auto owned = read(kNurse, version);
  ASSERT_EQ(owned->item().recalls_size(), 1);
  EXPECT_EQ(owned->item().recalls(0).action(), "Struck out.");
}

TEST_F(Sharing, WhatIsGivenToOnePractitionerIsForNobodyElseOfTheAgency) {
  const Caller other{"police", "pc-2", "practitioner"};
  record_threshold();
  const auto items = answer(ask(), {"A fracture in March."});
  auto draft = terms({"police"}, items);
  draft.mutable_recipients(0)->set_practitioner(kPolice.practitioner);
  ASSERT_EQ(told(decide(draft)), "accepted");
  EXPECT_EQ(told(read(kPolice, items[0])), "accepted");
  EXPECT_EQ(told(read(other, items[0])), "NOT_DISCLOSED");
  v1::ListDisclosedRequest disclosed;
  disclosed.set_case_id(case_id);
  disclosed.set_purpose("What we were given.");
  EXPECT_EQ(done(kPolice, &Stub::ListDisclosed, disclosed).items_size(), 1);
  EXPECT_EQ(done(other, &Stub::ListDisclosed, disclosed).items_size(), 0);
  EXPECT_EQ(explain(kPolice)->holdings(0).access_size(), 1);
  EXPECT_EQ(explain(other)->holdings(0).access_size(), 0);
}

TEST_F(Sharing, NobodySignsADecisionOnItemsThatHaveChanged) {
  record_threshold();
  const auto items = answer(ask(), {"A fracture in March.", "Afraid at home."});
  auto draft = terms({"social-care"}, {items[0]}, {items[1]});
  draft.mutable_items(1)->set_ground("detriment-16la-3");
  const auto decided = decide(draft);
  ASSERT_EQ(told(decided), "accepted");
  ASSERT_EQ(decided->status(), v1::DECISION_STATUS_AWAITING_SIGNATURE);
  v1::CorrectItemRequest correct;
  correct.set_item_id(items[0]);
  *correct.mutable_content() = content("A sprain in March.");
  correct.set_reason("Another child's X-ray.");
  done(kNurse, &Stub::CorrectItem, correct);
  v1::CountersignDecisionRequest sign;
  sign.set_decision_id(decided->decision_id());
  EXPECT_EQ(told(call(kMatron, &Stub::CountersignDecision, sign)), "ITEM_CHANGED");
  sign.set_decline(true);
  sign.set_statement("It says something else by now.");
  done(kMatron, &Stub::CountersignDecision, sign);
  v1::GetDecisionRequest get;
  get.set_decision_id(decided->decision_id());
  EXPECT_EQ(done(kNurse, &Stub::GetDecision, get).decision().signature_statement(),
            "It says something else by now.");
}

TEST_F(Sharing, NobodyReleasesAnothersItem) {
  record_threshold();
  const auto items = answer(ask(), {"A fracture in March."});
  const auto refused = decide(terms({"education"}, items), kPolice);
  ASSERT_EQ(told(refused), "DECISION_UNLAWFUL");
  EXPECT_THAT(refused.error().faults.front().field, HasSubstr("items[0]"));
}

TEST_F(Sharing, WhatWasAcknowledgedOutlivesARestartAndFollowsOnce) {
  record_threshold();
  const auto items = answer(ask(), {"A fracture in March."});
  const auto decided = decide(terms({"social-care"}, items));
  for (int restart = 0; restart < 2; ++restart) {
    hub_.stop();
    hub_.start();
    EXPECT_EQ(told(read(kTriage, items[0])), "accepted");
    const auto picture = explain(kManager);
    ASSERT_EQ(told(picture), "accepted");
    ASSERT_EQ(picture->holdings_size(), 1);
    ASSERT_EQ(picture->holdings(0).access_size(), 1);
    EXPECT_EQ(picture->holdings(0).access(0).decision_id(), decided->decision_id());
  }
}

TEST_F(Sharing, ARestrictionInTheReferralLogHoldsHereToo) {
  record_threshold();
  const auto items = answer(ask(), {"A fracture in March."});
  ASSERT_EQ(told(decide(terms({"social-care"}, items))), "accepted");
  referral::v1::RestrictCaseRequest restrict;
  restrict.set_case_id(case_id);
  restrict.set_reason("A colleague's family.");
  restrict.add_named()->set_agency("social-care");
  restrict.mutable_named(0)->set_practitioner(kSocialWorker.practitioner);
  done(kManager, &referral::v1::ReferralService::Stub::RestrictCase, restrict);
  EXPECT_TRUE(eventually([&] { return told(read(kTriage, items[0])) == "NOT_FOUND"; }));
  EXPECT_EQ(told(read(kSocialWorker, items[0])), "accepted");
}

}  // namespace
}  // namespace mash::testing
