#pragma once
#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/timestamp.h"
#include "strategy/discussions/discussion.h"
#include "strategy/testing/conferences.h"

// Strategy discussions of tests, about a child of one case.
namespace mash::strategy::testing {

inline const std::string kBellReferral = uuid(920);
inline const Actor kMidwife{"health", "hea-01", "n-7", "practitioner"};

inline v1::Invitation invitation(const std::string& agency, const std::string& function,
                                 const std::string& practitioner) {
  v1::Invitation invitation;
  invitation.set_agency(agency);
  invitation.set_function(function);
  invitation.set_practitioner(practitioner);
  return invitation;
}
// Whom Working Together has there at least.
inline std::vector<v1::Invitation> minimum() {
  return {invitation("social-care", "social-care", "w-1"), invitation("police", "police", "p-17"),
          invitation("health", "health", "n-4")};
}

inline v1::ConveneDiscussionRequest convening(std::string_view scheduled_at,
                                              const std::vector<v1::Invitation>& invited) {
  auto request = proto<v1::ConveneDiscussionRequest>(R"(
    form: DISCUSSION_FORM_PHONE chair: "m-1" reason: "An injury that nobody explains.")");
  request.set_case_id(kBellCase);
  request.add_child_ids(kAda);
  to_proto(utc(scheduled_at), request.mutable_scheduled_at());
  for (const v1::Invitation& each : invited) *request.add_invitations() = each;
  return request;
}

// What was decided: enquiries by children's social care alone, and nothing else.
inline v1::DiscussionDecisionTerms single_agency() {
  return proto<v1::DiscussionDecisionTerms>(R"(
    risk: RISK_LEVEL_HIGH section_47: SECTION47_SINGLE_AGENCY enquiry_lead: "social-care"
    investigation: CRIMINAL_INVESTIGATION_NONE information_shared: "Three visits to hospital."
    medical: MEDICAL_ASSESSMENT_NOT_NEEDED legal_action: LEGAL_ACTION_NONE
    family: FAMILY_TOLD_NOT_TOLD family_details: "He would leave with her."
    rationale: "The injuries do not fit what is said of them.")");
}
inline v1::DiscussionDecisionTerms joint() {
  v1::DiscussionDecisionTerms terms = single_agency();
  terms.set_section_47(v1::SECTION47_JOINT);
  terms.set_investigation(v1::CRIMINAL_INVESTIGATION_STARTED);
  terms.set_investigation_lead("police");
  terms.set_investigation_timing("She is interviewed tomorrow.");
  return terms;
}
inline v1::DiscussionDecisionTerms no_grounds() {
  v1::DiscussionDecisionTerms terms = single_agency();
  terms.set_section_47(v1::SECTION47_NOT_STARTED);
  terms.clear_enquiry_lead();
  return terms;
}
inline v1::DiscussionDecisionTerms going_on() {
  v1::DiscussionDecisionTerms terms = single_agency();
  terms.set_section_47(v1::SECTION47_CONTINUES);
  return terms;
}

inline v1::EnquiryConclusion substantiated() {
  return proto<v1::EnquiryConclusion>(
      "outcome: 'initial-conference' substantiated: true rationale: 'She told her teacher.'");
}

// The pack of these tests, but that a conference counts from the last discussion at which enquiries
// went on.
inline const policy::Pack& pack_counting_from_last() {
  static const policy::Pack pack = [] {
    std::ifstream file(MASH_SOURCE_DIR "/deploy/policy/working-together-2018.yaml");
    std::string text((std::istreambuf_iterator<char>(file)), {});
    const std::string first = "initial_conference_counted_from: first";
    const size_t place = text.find(first);
    EXPECT_NE(place, std::string::npos);
    text.replace(place, first.size(), "initial_conference_counted_from: last");
    return policy::Pack::parse(text).value();
  }();
  return pack;
}

// The course of a discussion: each step is decided as the service decides it, and has to be taken.
// Ids made for its calls are all different.
class Course {
 public:
  using Scenario = mash::testing::Scenario<Discussion>;

  Course& at(std::string_view time) {
    now_ = std::string(time);
    return *this;
  }
  Context by(const Actor& actor) {
    Context context = as(actor, now_);
    context.fresh_ids.clear();
    for (int i = 0; i < 50; ++i) context.fresh_ids.push_back(uuid(next_id_++));
    return context;
  }

  // A command that is taken, and one of which that is to be seen.
  template <class Command>
  Course& take(const Actor& actor, const Command& command) {
    auto events = Discussion::decide(state_, command, by(actor));
    EXPECT_TRUE(events.has_value()) << mash::testing::brief(events.error());
    for (const auto& event : events.value_or(Discussion::Events{})) append(event);
    return *this;
  }
  template <class Command>
  Scenario when(const Actor& actor, const Command& command) {
    Scenario scenario = given<Discussion>(events_);
    scenario.when(command, by(actor));
    return scenario;
  }
  void append(const Discussion::Event& event) {
    events_.push_back(event);
    state_ = Discussion::evolve(std::move(state_), event);
  }

  // --- commands, by what differs ---

  Discussion::Convene convene(const v1::ConveneDiscussionRequest& request) const {
    return {.request = request, .family = family, .case_id = kBellCase, .first_id = 1};
  }
  Course& convened(const std::vector<v1::Invitation>& invited = minimum(),
                   std::string_view scheduled_at = kNow, bool looked_after = false,
                   bool unborn = false) {
    auto request = convening(scheduled_at, invited);
    request.set_looked_after(looked_after);
    request.set_unborn(unborn);
    return take(kSocialWorker, convene(request));
  }
  Course& invited(const v1::Invitation& whom) {
    v1::InviteParticipantRequest request;
    *request.mutable_invitation() = whom;
    return take(kTriage, Discussion::Invite{.request = request, .family = family});
  }

  // The part of whoever was invited as a function, the last of them.
  std::string part(std::string_view function) const {
    std::string id = uuid(0);
    for (const auto& participant : state_.participants)
      if (participant.function == function) id = participant.id;
    return id;
  }
  v1::RecordAttendanceRequest attendance(std::string_view function, bool can_decide = true) const {
    v1::RecordAttendanceRequest request;
    request.set_participant_id(part(function));
    request.set_can_decide(can_decide);
    return request;
  }
  Discussion::Attend attend(const v1::RecordAttendanceRequest& request) const {
    return {.request = request, .family = family};
  }
  Course& joined(const std::vector<std::string>& functions, bool can_decide = true) {
    for (const std::string& function : functions) {
      const auto request = attendance(function, can_decide);
      take(kTriage, attend(request));
    }
    return *this;
  }
  Course& left(const std::string& function) {
    auto request = attendance(function);
    to_proto(utc(now_), request.mutable_left_at());
    return take(kTriage, attend(request));
  }
  Course& answered(const Actor& actor, std::string_view function, const char* answer) {
    auto request = proto<v1::AnswerInvitationRequest>(answer);
    request.set_participant_id(part(function));
    return take(actor, Discussion::Answer{.request = request, .family = family});
  }
  Course& started(const std::string& emergency_reason = {}) {
    v1::StartDiscussionRequest request;
    request.set_emergency_reason(emergency_reason);
    return take(kManager, request);
  }
  Course& decided(const v1::DiscussionDecisionTerms& terms, const std::string& reason = {}) {
    const auto request = deciding(terms, reason);
    return take(kSocialWorker,
                Discussion::Decide{.request = request, .conference_id = uuid(next_id_++)});
  }
  static v1::RecordDiscussionDecisionRequest deciding(const v1::DiscussionDecisionTerms& terms,
                                                      const std::string& reason = {}) {
    v1::RecordDiscussionDecisionRequest request;
    *request.mutable_terms() = terms;
    request.set_emergency_reason(reason);
    return request;
  }
  Course& closed() {
    return take(kManager, proto<v1::CloseDiscussionRequest>("summary: 'As decided.'"));
  }
  static v1::ReconveneDiscussionRequest reconvening(std::string_view scheduled_at) {
    auto request = proto<v1::ReconveneDiscussionRequest>(
        "form: DISCUSSION_FORM_MEETING reason: 'The results have come.'");
    to_proto(utc(scheduled_at), request.mutable_scheduled_at());
    return request;
  }
  Discussion::Reconvene reconvene(const v1::ReconveneDiscussionRequest& request) const {
    return {.request = request, .family = family};
  }
  Course& reconvened(std::string_view scheduled_at) {
    const auto request = reconvening(scheduled_at);
    return take(kManager, reconvene(request));
  }
  static v1::AssignActionRequest action(const std::string& agency) {
    auto request = proto<v1::AssignActionRequest>("what: 'Sees the child at home.'");
    request.set_agency(agency);
    return request;
  }
  Discussion::Assign assign(const v1::AssignActionRequest& request) const {
    return {.request = request, .family = family};
  }
  Course& assigned(const std::string& agency) {
    const auto request = action(agency);
    return take(kSocialWorker, assign(request));
  }

  // Convened, everybody there who must be, and begun.
  static Course begun() {
    Course course;
    course.convened().joined({"social-care", "police", "health"}).started();
    return course;
  }
  // The same, decided and over.
  static Course over() {
    Course course = begun();
    course.decided(single_agency()).closed();
    return course;
  }

  const Discussion::State& state() const { return state_; }
  const Discussion::Events& events() const { return events_; }
  const Discussion::Event& last() const { return events_.back(); }
  const std::string& decision() const { return state_.decisions.back().id; }
  const clocks::Clock* clock(std::string_view kind, std::string_view id = {}) const {
    const DiscussionClocks& clocks = state_.clocks;
    return clocks.find(kind, id);
  }

  cases::Family family = bell_family();

 private:
  std::string now_ = kNow;
  int next_id_ = 2000;
  Discussion::State state_;
  Discussion::Events events_;
};

}  // namespace mash::strategy::testing
