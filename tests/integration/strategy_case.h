#pragma once
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "core/testing/times.h"
#include "core/timestamp.h"
#include "integration/hub_test.h"
#include "mash/referral/v1/referral_service.grpc.pb.h"
#include "mash/strategy/v1/strategy_service.grpc.pb.h"

// A referral whose outcome calls for a strategy discussion, in a hub whose clock the test sets.
namespace mash::testing {

inline const Caller kHeadTeacher{"education", "ht-1", "practitioner"};
inline const Caller kGp{"health", "gp-1", "practitioner"};
inline const Caller kNamedNurse{"health", "nn-1", "practitioner"};

// A Monday morning, three weeks before Christmas.
struct TheClock {
  ManualClock clock_{utc("2026-12-07T10:00:00Z")};
};

class StrategyCase : protected TheClock, public HubTest {
 protected:
  using Stub = strategy::v1::StrategyService::Stub;

  // Police tell of a child.
  explicit StrategyCase(const std::function<void(host::Config&)>& adjust = {})
      : HubTest(adjust, {.clock = &clock_}) {
    const auto taken = done(kPolice, &referral::v1::ReferralService::Stub::SubmitContact,
                            message<referral::v1::SubmitContactRequest>(R"(
      source: "6"
      children { identity { given_names: "Ada" family_name: "Bell" birth_date { year: 2019 } } }
      account { concern: "An injury." parents_know: PARENTS_KNOW_AND_AGREE }
      lawful_basis { article_6: ARTICLE6_PUBLIC_TASK })"));
    referral_id = taken.referral_id();
    case_id = taken.case_id();
    child_id = taken.child_ids(0);
  }

  // Another contact of the police; in danger.
  void tell_of_danger() {
    done(kPolice, &referral::v1::ReferralService::Stub::SubmitContact,
         message<referral::v1::SubmitContactRequest>(R"(
      source: "6" immediate_danger: true
      children { identity { given_names: "Bo" family_name: "Cole" birth_date { year: 2020 } } }
      account { concern: "Shouting." parents_know: PARENTS_KNOW_AND_AGREE }
      lawful_basis { article_6: ARTICLE6_PUBLIC_TASK })"));
  }

  // Accepts the contact, and decides it with an outcome.
  void decide_referral(const std::string& outcome = "strategy-discussion-or-section-47") {
    auto accept = message<referral::v1::DecideContactRequest>(
        "outcome: CONTACT_OUTCOME_ACCEPTED rationale: 'An injury.'");
    accept.set_referral_id(referral_id);
    done(kTriage, &referral::v1::ReferralService::Stub::DecideContact, accept);
    auto decide = message<referral::v1::DecideReferralRequest>(
        "decision { level_of_need: '4' rationale: 'Reasonable cause.' "
        "family_informed: FAMILY_INFORMED_NOT_JEOPARDISES_INVESTIGATION family_why_not: 'Later.' "
        "}");
    decide.set_referral_id(referral_id);
    decide.mutable_decision()->set_outcome(outcome);
    decide.mutable_decision()->add_evidence_ids(referral_id);
    done(kSocialWorker, &referral::v1::ReferralService::Stub::DecideReferral, decide);
  }

  // The discussions of the case; waits until the strategy log has followed, and there are some.
  std::vector<strategy::v1::DiscussionSummary> opened() {
    strategy::v1::ListDiscussionsRequest request;
    request.set_case_id(case_id);
    const auto latest = std::chrono::steady_clock::now() + std::chrono::seconds(120);
    while (std::chrono::steady_clock::now() < latest) {
      const auto found = call(kSocialWorker, &Stub::ListDiscussions, request);
      if (found && found->discussions_size() > 0)
        return {found->discussions().begin(), found->discussions().end()};
    }
    ADD_FAILURE() << "no discussion was opened";
    return {};
  }

  strategy::v1::ConveneDiscussionRequest convening(const std::string& due = {}) const {
    auto request = message<strategy::v1::ConveneDiscussionRequest>(R"(
      form: DISCUSSION_FORM_MEETING place: "Room 4" reason: "An injury that nobody explains."
      invitations { agency: "social-care" function: "social-care" practitioner: "sw-1" can_decide: true }
      invitations { agency: "police" function: "police" practitioner: "pc-1" can_decide: true }
      invitations { agency: "health" function: "health" practitioner: "gp-1" can_decide: true })");
    if (due.empty()) request.set_case_id(case_id);
    request.set_discussion_id(due);
    request.add_child_ids(child_id);
    to_proto(clock_.now(), request.mutable_scheduled_at());
    return request;
  }

  // Convenes one, a new one or one that is due, with social care, police and health in it.
  void convene(const std::string& due = {}) {
    const auto convened = done(kSocialWorker, &Stub::ConveneDiscussion, convening(due));
    discussion_id = convened.discussion_id();
    participants = {convened.participant_ids().begin(), convened.participant_ids().end()};
  }

  Result<strategy::v1::RecordAttendanceResponse> attend(const std::string& participant,
                                                        bool left = false) {
    strategy::v1::RecordAttendanceRequest request;
    request.set_discussion_id(discussion_id);
    request.set_participant_id(participant);
    request.set_can_decide(true);
    if (left) to_proto(clock_.now(), request.mutable_left_at());
    return call(kSocialWorker, &Stub::RecordAttendance, request);
  }

  Result<strategy::v1::StartDiscussionResponse> start(const std::string& emergency = {}) {
    strategy::v1::StartDiscussionRequest request;
    request.set_discussion_id(discussion_id);
    request.set_emergency_reason(emergency);
    return call(kSocialWorker, &Stub::StartDiscussion, request);
  }

  // Everybody comes, and it begins.
  void hold() {
    for (const std::string& participant : participants)
      ASSERT_EQ(told(attend(participant)), "accepted");
    ASSERT_EQ(told(start()), "accepted");
  }

  strategy::v1::RecordDiscussionDecisionRequest deciding() const {
    auto request = message<strategy::v1::RecordDiscussionDecisionRequest>(R"(
      terms {
        risk: RISK_LEVEL_HIGH section_47: SECTION47_JOINT enquiry_lead: "social-care"
        investigation: CRIMINAL_INVESTIGATION_STARTED investigation_lead: "police"
        investigation_timing: "Today." information_shared: "An injury in March, too."
        medical: MEDICAL_ASSESSMENT_NEEDED medical_consent: MEDICAL_CONSENT_TO_BE_SOUGHT
        medical_consent_capacity: MEDICAL_CONSENT_CAPACITY_PARENTAL_RESPONSIBILITY
        medical_details: "The paediatrician on duty." legal_action: LEGAL_ACTION_NONE
        family: FAMILY_TOLD_NOT_TOLD family_details: "Police speak to them first."
        rationale: "An injury that nobody explains." })");
    request.set_discussion_id(discussion_id);
    return request;
  }

  strategy::v1::AssignActionRequest action_of(const std::string& agency, Time due) const {
    strategy::v1::AssignActionRequest request;
    request.set_discussion_id(discussion_id);
    request.set_agency(agency);
    request.set_what("See the child.");
    to_proto(due, request.mutable_due());
    return request;
  }

  Result<strategy::v1::CloseDiscussionResponse> close(const Caller& caller = kSocialWorker) {
    strategy::v1::CloseDiscussionRequest request;
    request.set_discussion_id(discussion_id);
    request.set_summary("Joint enquiries.");
    return call(caller, &Stub::CloseDiscussion, request);
  }

  Result<strategy::v1::GetDiscussionResponse> get(const Caller& caller,
                                                  const std::string& purpose = {}) {
    strategy::v1::GetDiscussionRequest request;
    request.set_discussion_id(discussion_id);
    request.set_purpose(purpose);
    return call(caller, &Stub::GetDiscussion, request);
  }

  std::string referral_id;
  std::string case_id;
  std::string child_id;
  std::string discussion_id;
  std::vector<std::string> participants;  // social care, police, health
};

}  // namespace mash::testing
