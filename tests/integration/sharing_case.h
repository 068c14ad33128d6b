#pragma once
#include <string>
#include <utility>
#include <vector>

#include "integration/hub_test.h"
#include "mash/referral/v1/referral_service.grpc.pb.h"
#include "mash/sharing/v1/sharing_service.grpc.pb.h"

// A case that agencies share information about, for tests over a whole hub.
namespace mash::testing {

inline const Caller kSchool{"education", "t-1", "practitioner"};
inline const Caller kNurse{"health", "nurse-1", "practitioner"};
inline const Caller kMatron{"health", "matron-1", "practitioner"};

class SharingCase : public HubTest {
 protected:
  using Service = sharing::v1::SharingService;
  using Stub = Service::Stub;

  // Police tell of a child.
  explicit SharingCase(const std::function<void(host::Config&)>& adjust = {},
                       TestHub::Parts made_of = hub::parts)
      : HubTest(adjust, {}, std::move(made_of)) {
    const auto taken = done(kPolice, &referral::v1::ReferralService::Stub::SubmitContact,
                            message<referral::v1::SubmitContactRequest>(R"(
      source: "6"
      children { identity { given_names: "Ada" family_name: "Bell" birth_date { year: 2019 } } }
      people { role: PERSON_ROLE_PARENT identity { given_names: "Eve" family_name: "Bell" } }
      account { concern: "Left alone overnight." parents_know: PARENTS_KNOW_AND_AGREE }
      lawful_basis { article_6: ARTICLE6_PUBLIC_TASK })"));
    referral_id = taken.referral_id();
    case_id = taken.case_id();
    child_id = taken.child_ids(0);
  }

  void record_threshold() {
    referral::v1::RecordThresholdRequest request;
    request.set_referral_id(referral_id);
    request.mutable_threshold()->set_kind(referral::v1::THRESHOLD_KIND_REASONABLE_CAUSE);
    request.mutable_threshold()->set_rationale("An injury nobody has explained.");
    done(kSocialWorker, &referral::v1::ReferralService::Stub::RecordThreshold, request);
  }

  sharing::v1::RequestInformationRequest question(const std::string& agency = "health") const {
    auto request = message<sharing::v1::RequestInformationRequest>(R"(
      terms { purpose: "To decide whether section 47 enquiries start."
              questions: "Injuries since January?" rating: RATING_RED
              without_consent_reason: "Asking would put her at risk." })");
    request.mutable_terms()->set_referral_id(referral_id);
    request.mutable_terms()->set_agency(agency);
    request.mutable_terms()->add_person_ids(child_id);
    return request;
  }

  std::string ask(const std::string& agency = "health") {
    return done(kTriage, &Stub::RequestInformation, question(agency)).information_request_id();
  }

  sharing::v1::ItemContent content(const std::string& text, const char* more = "") const {
    auto item =
        message<sharing::v1::ItemContent>(std::string("category: 'health' nature: ITEM_NATURE_FACT "
                                                      "sensitivity: SENSITIVITY_SENSITIVE ") +
                                          more);
    item.set_text(text);
    item.add_person_ids(child_id);
    return item;
  }

  std::vector<std::string> answer(const std::string& request_id,
                                  const std::vector<std::string>& texts,
                                  const Caller& caller = kNurse) {
    sharing::v1::AnswerRequestRequest request;
    request.set_information_request_id(request_id);
    request.set_answer(sharing::v1::REQUEST_ANSWER_ITEMS);
    for (const std::string& text : texts) *request.add_items() = content(text);
    const auto answered = done(caller, &Stub::AnswerRequest, request);
    return {answered.item_ids().begin(), answered.item_ids().end()};
  }

  // A decision that health may lawfully make: to whom, which items go out, which do not.
  sharing::v1::DecisionTerms terms(const std::vector<std::string>& recipients,
                                   const std::vector<std::string>& released,
                                   const std::vector<std::string>& withheld = {}) const {
    using namespace sharing::v1;  // NOLINT(google-build-using-namespace): names of one message
    auto terms = message<DecisionTerms>(R"(
      purpose: "To decide whether section 47 enquiries start."
      necessity: "Nobody else has seen the injury."
      proportionality: "Only what bears on the injury."
      regime: REGIME_UK_GDPR basis: "6-1-e" special_condition: "9-2-g"
      schedule_1_condition: "sch1-18"
      without_consent: WITHOUT_CONSENT_WOULD_PREJUDICE_PROTECTION gateways: "ca2004-s16la"
      consent { not_sought_reason: "Asking would put her at risk." }
      family_told: FAMILY_TOLD_LATER policy_document: "NHS-APD-2026-3")");
    terms.set_case_id(case_id);
    for (const std::string& agency : recipients) {
      terms.add_recipients()->set_agency(agency);
      terms.mutable_recipients()->rbegin()->set_regime(REGIME_UK_GDPR);
    }
    for (const std::string& item : released) {
      terms.add_items()->set_item_id(item);
      terms.mutable_items()->rbegin()->set_disposition(ITEM_DISPOSITION_RELEASED);
    }
    for (const std::string& item : withheld) {
      DecidedItem& decided = *terms.add_items();
      decided.set_item_id(item);
      decided.set_disposition(ITEM_DISPOSITION_WITHHELD);
      decided.set_ground("not-relevant");
      decided.set_reasons("Nothing to do with the injury.");
      decided.mutable_look_again_at()->set_seconds(4'070'908'800);
    }
    terms.set_outcome(withheld.empty()   ? SHARING_OUTCOME_SHARE
                      : released.empty() ? SHARING_OUTCOME_WITHHOLD
                                         : SHARING_OUTCOME_SHARE_IN_PART);
    return terms;
  }

  Result<sharing::v1::RecordDecisionResponse> decide(const sharing::v1::DecisionTerms& terms,
                                                     const Caller& caller = kNurse) {
    sharing::v1::RecordDecisionRequest request;
    *request.mutable_terms() = terms;
    return call(caller, &Stub::RecordDecision, request);
  }

  Result<sharing::v1::ReadItemResponse> read(const Caller& caller, const std::string& item_id) {
    sharing::v1::ReadItemRequest request;
    request.set_item_id(item_id);
    request.set_purpose("The assessment.");
    return call(caller, &Stub::ReadItem, request);
  }

  Result<sharing::v1::ExplainAccessResponse> explain(const Caller& caller) {
    sharing::v1::ExplainAccessRequest request;
    request.set_case_id(case_id);
    request.set_purpose("The assessment.");
    return call(caller, &Stub::ExplainAccess, request);
  }

  std::string referral_id;
  std::string case_id;
  std::string child_id;
};

}  // namespace mash::testing
