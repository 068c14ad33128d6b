#include <gmock/gmock.h>

#include <map>

#include "integration/grpc_helpers.h"
#include "integration/sharing_case.h"

// Every method of the sharing log, called by whoever may not know: over gRPC, against a whole hub.
namespace mash::testing {
namespace {

namespace v1 = sharing::v1;
using ::testing::HasSubstr;
using ::testing::Not;

const Caller kOtherOfficer{"police", "pc-2", "practitioner"};

// A whole request of each method, in text, where $CASE and the like stand for ids.
const std::map<std::string, std::string>& requests() {
  static const std::string item_content =
      "category: 'health' nature: ITEM_NATURE_FACT sensitivity: SENSITIVITY_ORDINARY "
      "person_ids: '$PERSON' text: 'More.'";
  static const std::string terms =
      "case_id: '$CASE' outcome: SHARING_OUTCOME_SHARE purpose: 'Look.' necessity: 'None.' "
      "proportionality: 'None.' regime: REGIME_UK_GDPR family_told: FAMILY_TOLD_YES "
      "items { item_id: '$ITEM' disposition: ITEM_DISPOSITION_RELEASED } "
      "recipients { agency: 'social-care' regime: REGIME_UK_GDPR }";
  static const std::map<std::string, std::string> all = {
      {"RequestInformation",
       "terms { referral_id: '$REFERRAL' agency: 'health' person_ids: '$PERSON' purpose: 'Look.' "
       "questions: 'What?' rating: RATING_RED without_consent_reason: 'None.' }"},
      {"AnswerRequest",
       "information_request_id: '$REQUEST' answer: REQUEST_ANSWER_NOTHING_HELD text: 'Looked.'"},
      {"OfferInformation", "case_id: '$CASE' items { " + item_content + " }"},
      {"AttachFile",
       "item_id: '$ITEM' name: 'a.txt' media_type: 'text/plain' bytes: 2 data: 'a\\n'"},
      {"ReadFile", "item_id: '$ITEM' file_id: '$FILE' purpose: 'Look.'"},
      {"ProvideSanitised", "source_item_id: '$ITEM' content { " + item_content + " }"},
      {"GetRequest", "information_request_id: '$REQUEST'"},
      {"ListRequests", "case_id: '$CASE'"},
      {"EvaluateDecision", "decision_id: '$DECISION'"},
      {"RecordDecision", "terms { " + terms + " }"},
      {"CountersignDecision", "decision_id: '$DECISION'"},
      {"SupersedeDecision", "decision_id: '$DECISION' reason: 'Why.' terms { " + terms + " }"},
      {"ChallengeDecision", "decision_id: '$DECISION' grounds: 'Why.'"},
      {"AnswerChallenge",
       "decision_id: '$DECISION' challenge_id: '$ITEM' resolution: CHALLENGE_RESOLUTION_AGREED "
       "answer: 'So.'"},
      {"ReviewDecision", "decision_id: '$DECISION' finding: 'It stands.'"},
      {"ExtendDeadline",
       "information_request_id: '$REQUEST' due { seconds: 4070908800 } reasons: 'Late.'"},
      {"GetDecision", "decision_id: '$DECISION'"},
      {"ListDecisions", "case_id: '$CASE'"},
      {"ReadItem", "item_id: '$ITEM' purpose: 'Look.'"},
      {"ListDisclosed", "case_id: '$CASE' purpose: 'Look.'"},
      {"RecordConsent",
       "terms { case_id: '$CASE' person_ids: '$PERSON' given_by: '$PERSON' scope: 'All.' "
       "capacity: CONSENT_GIVER_ADULT }"},
      {"GetConsent", "consent_id: '$CONSENT'"},
      {"WithdrawConsent", "consent_id: '$CONSENT' statement: 'So.'"},
      {"CorrectItem", "item_id: '$ITEM' reason: 'Why.' content { " + item_content + " }"},
      {"RecallItem", "item_id: '$ITEM' reason: 'Why.'"},
      {"AcknowledgeRecall", "item_id: '$ITEM' action: 'None.'"},
      {"ExplainAccess", "person_id: '$PERSON' purpose: 'Look.'"},
      {"ReportRequests", "from { seconds: 1 } to { seconds: 4070908800 }"}};
  return all;
}

class SharingAccess : public SharingCase {
 protected:
  SharingAccess() {
    record_threshold();
    ids_["$CASE"] = case_id;
    ids_["$REFERRAL"] = referral_id;
    ids_["$PERSON"] = child_id;
    ids_["$REQUEST"] = ask();
    const auto items = answer(ids_["$REQUEST"], {"A fracture in March."});
    ids_["$ITEM"] = items.at(0);
    const auto decided = decide(terms({"social-care"}, items));
    EXPECT_EQ(told(decided), "accepted");
    ids_["$DECISION"] = decided.value_or(v1::RecordDecisionResponse()).decision_id();
    auto consent =
        message<v1::RecordConsentRequest>("terms { scope: 'All.' capacity: CONSENT_GIVER_ADULT }");
    consent.mutable_terms()->set_case_id(case_id);
    consent.mutable_terms()->add_person_ids(child_id);
    consent.mutable_terms()->set_given_by(child_id);
    ids_["$CONSENT"] = done(kNurse, &Stub::RecordConsent, consent).consent_id();
    ids_["$FILE"] = new_request_id();
  }

  // How a method answers a caller, with these ids in the request: its code and all that it says.
  std::string answer_of(const std::string& name, const std::map<std::string, std::string>& ids,
                        const Caller& caller) {
    std::string text = requests().at(name);
    for (const auto& [mark, id] : ids)
      for (size_t at = text.find(mark); at != std::string::npos; at = text.find(mark))
        text.replace(at, mark.size(), id);
    const auto* method =
        v1::RecordDecisionRequest::descriptor()->file()->service(0)->FindMethodByName(name);
    const std::unique_ptr<google::protobuf::Message> request(
        google::protobuf::MessageFactory::generated_factory()
            ->GetPrototype(method->input_type())
            ->New());
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, request.get())) << text;
    if (const auto* field = method->input_type()->FindFieldByName("request_id"))
      request->GetReflection()->SetString(request.get(), field, new_request_id());
    const auto status =
        call_raw(hub_.channel(caller.agency), "/mash.sharing.v1.SharingService/" + name,
                 request->SerializeAsString(),
                 {{"mash-practitioner", caller.practitioner}, {"mash-role", caller.role}});
    const auto result = host::from_status(status);
    return status.ok() ? "OK" : result.reason + ": " + status.error_message();
  }

  // The same ids, none of which names anything.
  std::map<std::string, std::string> nothing() const {
    std::map<std::string, std::string> ids;
    for (const auto& [mark, id] : ids_) ids[mark] = new_request_id();
    return ids;
  }

  std::map<std::string, std::string> ids_;
};

TEST_F(SharingAccess, IsTestedOfEveryMethod) {
  const auto* service = v1::RecordDecisionRequest::descriptor()->file()->service(0);
  for (int i = 0; i < service->method_count(); ++i)
    EXPECT_TRUE(requests().contains(service->method(i)->name())) << service->method(i)->name();
}

TEST_F(SharingAccess, ToAStrangerNothingOfTheCaseExists) {
  int not_found = 0;
  for (const auto& [name, text] : requests()) {
    const std::string there = answer_of(name, ids_, kSchool);
    EXPECT_EQ(there, answer_of(name, nothing(), kSchool)) << name;
    if (there.starts_with("NOT_FOUND")) ++not_found;
    EXPECT_THAT(there, Not(HasSubstr("A fracture"))) << name;
  }
  EXPECT_GT(not_found, 14);  // and not for what was wrong with the requests
}

TEST_F(SharingAccess, ToWhoeverIsBarredNothingOfTheCaseExists) {
  referral::v1::BarPractitionerRequest bar;
  bar.set_case_id(case_id);
  bar.set_ground(referral::v1::BAR_GROUND_KNOWN_TO_FAMILY);
  bar.set_reason("Their neighbour.");
  for (const Caller& barred : {kOtherOfficer, kTriage, kNurse}) {
    bar.mutable_practitioner()->set_agency(barred.agency);
    bar.mutable_practitioner()->set_practitioner(barred.practitioner);
    done(kManager, &referral::v1::ReferralService::Stub::BarPractitioner, bar);
    ASSERT_TRUE(
        eventually([&] { return answer_of("ReadItem", ids_, barred).starts_with("NOT_FOUND"); }));
    for (const auto& [name, text] : requests())
      EXPECT_EQ(answer_of(name, ids_, barred), answer_of(name, nothing(), barred))
          << name << " to " << barred.agency;
  }
}

TEST_F(SharingAccess, AnAgencyWithAPartLearnsThatSomethingIsHeldAndNoMore) {
  EXPECT_THAT(answer_of("ReadItem", ids_, kOtherOfficer), HasSubstr("NOT_DISCLOSED"));
  const auto picture = explain(kOtherOfficer);
  ASSERT_EQ(told(picture), "accepted");
  ASSERT_EQ(picture->holdings_size(), 1);
  const v1::Holding& holding = picture->holdings(0);
  EXPECT_EQ(holding.owner(), "health");
  EXPECT_EQ(holding.ask(), kNurse.practitioner);
  EXPECT_EQ(holding.access_size(), 0) << holding.ShortDebugString();
  EXPECT_EQ(holding.person_ids_size(), 0);
}

}  // namespace
}  // namespace mash::testing
