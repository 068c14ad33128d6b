#include <gmock/gmock.h>

#include <functional>

#include "core/checks.h"
#include "strategy/discussions/discussion.h"
#include "strategy/testing/discussions.h"

namespace mash::strategy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using ::testing::ElementsAre;
using Effect = Discussion::ConferenceEffect;
using Terms = v1::DiscussionDecisionTerms;

Course::Scenario decide(Course& course, const Terms& terms, const std::string& reason = {},
                        const Actor& actor = kSocialWorker) {
  const auto request = Course::deciding(terms, reason);
  return course.when(actor, Discussion::Decide{.request = request, .conference_id = uuid(960)});
}

Course::Scenario conclude(Course& course, const v1::EnquiryConclusion& conclusion,
                          const Actor& actor = kSocialWorker) {
  v1::ConcludeEnquiryRequest request;
  *request.mutable_conclusion() = conclusion;
  return course.when(actor, Discussion::Conclude{.request = request, .conference_id = {}});
}
void concluded(Course& course, const v1::EnquiryConclusion& conclusion) {
  v1::ConcludeEnquiryRequest request;
  *request.mutable_conclusion() = conclusion;
  course.take(kSocialWorker, Discussion::Conclude{.request = request, .conference_id = {}});
}

// --- when it is recorded ---

Course::Scenario decide_at(Course& course, const char* at) {
  auto request = Course::deciding(joint());
  to_proto(utc(at), request.mutable_decided_at());
  return course.when(kSocialWorker,
                     Discussion::Decide{.request = request, .conference_id = uuid(960)});
}

TEST(Deciding, MayBeRecordedAfterwardsByWhoWasThereThen) {
  Course course = Course::begun();
  course.at("2026-11-25T11:00:00Z").left("police");
  course.at("2026-11-25T12:00:00Z");
  auto request = Course::deciding(joint());
  to_proto(utc("2026-11-25T10:59:59Z"), request.mutable_decided_at());
  course.take(kSocialWorker, Discussion::Decide{.request = request, .conference_id = uuid(960)});
  const v1::DiscussionDecisionRecorded& decided = course.last().decision_recorded();
  EXPECT_EQ(from_proto(decided.decided_at()), utc("2026-11-25T10:59:59Z"));
  EXPECT_THAT(decided.agencies(), ::testing::Contains("police"));
  EXPECT_TRUE(decided.quorum().quorate());
  decide_at(course, "2026-11-25T11:00:00Z").then_refused("LEAD_NOT_IN_THE_ROOM");
}

TEST(Deciding, IsNeitherToComeNorBeforeTheSittingBegan) {
  Course course = Course::begun();
  decide_at(course, "2026-11-25T09:59:59Z").then_refused("INVALID_REQUEST", {"decided_at"});
  decide_at(course, "2026-11-25T12:00:00Z").then_refused("INVALID_REQUEST", {"decided_at"});
}

// --- who decides ---

TEST(Deciding, SaysWhoWasThereUnderWhichPackAndWhichConferenceIsDue) {
  Course course = Course::begun();
  course.decided(single_agency());
  const v1::DiscussionDecisionRecorded& decided = course.last().decision_recorded();
  EXPECT_EQ(decided.sitting(), 1u);
  EXPECT_TRUE(decided.quorum().quorate());
  EXPECT_THAT(decided.agencies(), ElementsAre("health", "police", "social-care"));
  EXPECT_EQ(decided.decided_by(), "w-1");
  EXPECT_EQ(decided.agency(), "social-care");
  EXPECT_EQ(decided.pack(), pack().id());
  EXPECT_EQ(course.state().enquiry.conference_id, decided.conference_id());
  EXPECT_FALSE(decided.conference_id().empty());
}

TEST(Deciding, HappensAtASittingThatGoesOn) {
  Course convened;
  convened.convened().joined({"social-care", "police", "health"});
  for (Course course : {convened, Course::over()})
    decide(course, no_grounds())
        .then_refused(course.state().enquiry.runs ? "INVALID_REQUEST"
                                                  : "DISCUSSION_NOT_IN_PROGRESS");
  Course over = Course::over();
  decide(over, going_on()).then_refused("DISCUSSION_NOT_IN_PROGRESS");
  Course none;
  decide(none, single_agency()).then_refused("NOT_FOUND");
}

TEST(Deciding, IsForAgenciesInTheRoom) {
  Course course;
  course.convened()
      .invited(invitation("education", "education", "t-3"))
      .joined({"social-care", "police", "health"})
      .started();
  decide(course, single_agency(), "", kSchool).then_refused("NOT_IN_THE_ROOM");
  decide(course, single_agency(), "", kRefuge).then_refused("NOT_FOUND");
  course.joined({"education"});
  decide(course, single_agency(), "", kSchool).outcome().value();
}

TEST(Deciding, IsNotForWhoHasLeft) {
  Course course = Course::begun();
  course.at("2026-11-25T10:10:00Z").left("social-care");
  decide(course, no_grounds(), "It cannot wait.").then_refused("NOT_IN_THE_ROOM");
}

TEST(Deciding, NeedsTheQuorumAsTheBeginningDid) {
  Course course = Course::begun();
  course.at("2026-11-25T10:10:00Z").left("health");
  decide(course, single_agency()).then_refused("NOT_QUORATE", {"absent.health"});
  course.decided(single_agency(), "He is on his way to her.");
  EXPECT_FALSE(course.last().decision_recorded().quorum().quorate());
  EXPECT_FALSE(course.state().sittings.back().quorate);
}

TEST(Deciding, TakesNoEmergencyWhereNobodyIsMissing) {
  Course course = Course::begun();
  decide(course, single_agency(), "To be sure.")
      .then_refused("INVALID_REQUEST", {"emergency_reason"});
}

TEST(Deciding, AfterAnEmergencyIsQuorateOnceTheOthersHaveCome) {
  Course course;
  course.convened().joined({"social-care", "police"}).started("He is on his way to her.");
  decide(course, single_agency()).then_refused("NOT_QUORATE");
  course.at("2026-11-25T10:10:00Z").joined({"health"}).decided(single_agency());
  EXPECT_TRUE(course.last().decision_recorded().quorum().quorate());
  EXPECT_FALSE(course.state().sittings.back().quorate);  // it was not when it began
}

// --- who leads ---

TEST(Leading, IsForAgenciesThatAreThereAsWhatTheyLead) {
  Course course;
  course.convened()
      .invited(invitation("refuge", "other", "r-2"))
      .joined({"social-care", "police", "health", "other"})
      .started();
  Terms terms = joint();
  terms.set_enquiry_lead("refuge");
  terms.set_investigation_lead("health");
  const auto refused = decide(course, terms);
  refused.then_refused("LEAD_NOT_IN_THE_ROOM", {"terms.enquiry_lead", "terms.investigation_lead"});
  EXPECT_FALSE(refused.outcome().error().sources.empty());
  terms.set_enquiry_lead("coastguard");
  decide(course, terms).then_refused("INVALID_REQUEST", {"terms.enquiry_lead"});
}

TEST(Leading, OfJointEnquiriesNeedsThePoliceInTheRoomAlsoInAnEmergency) {
  Course course;
  course.convened().joined({"social-care", "health"}).started("He is on his way to her.");
  decide(course, joint(), "He is on his way to her.")
      .then_refused("LEAD_NOT_IN_THE_ROOM", {"terms.investigation_lead"});
  course.at("2026-11-25T10:10:00Z").joined({"police"}).decided(joint());
}

// --- what is decided ---

struct Wrong {
  const char* what;
  std::function<void(Terms&)> make;
  std::vector<std::string> fields;
};

TEST(Terms, HearOfEverythingThatIsWrongAtOnce) {
  Course course = Course::begun();
  decide(course, Terms())
      .then_refused("INVALID_REQUEST",
                    {"terms.risk", "terms.section_47", "terms.investigation",
                     "terms.information_shared", "terms.medical", "terms.legal_action",
                     "terms.family", "terms.family_details", "terms.family_at", "terms.rationale"});
}

TEST(Terms, AreWholeEachPart) {
  const std::vector<Wrong> wrongs = {
      {"who leads", [](Terms& t) { t.clear_enquiry_lead(); }, {"terms.enquiry_lead"}},
      {"they do not start",
       [](Terms& t) { t.set_section_47(v1::SECTION47_NOT_STARTED); },
       {"terms.enquiry_lead"}},
      {"none go on",
       [](Terms& t) { t.set_section_47(v1::SECTION47_CONTINUES); },
       {"terms.section_47"}},
      {"joint, and no investigation",
       [](Terms& t) { t.set_section_47(v1::SECTION47_JOINT); },
       {"terms.investigation", "terms.investigation_lead"}},
      {"an investigation of nobody's",
       [](Terms& t) { t.set_investigation(v1::CRIMINAL_INVESTIGATION_STARTED); },
       {"terms.investigation_lead", "terms.investigation_timing"}},
      {"a lead of none",
       [](Terms& t) {
         t.set_investigation_lead("police");
         t.set_investigation_timing("Today.");
       },
       {"terms.investigation_lead", "terms.investigation_timing"}},
      {"an examination without consent",
       [](Terms& t) { t.set_medical(v1::MEDICAL_ASSESSMENT_NEEDED); },
       {"terms.medical_consent_capacity", "terms.medical_consent"}},
      {"one that was made",
       [](Terms& t) { t.set_medical(v1::MEDICAL_ASSESSMENT_MADE); },
       {"terms.medical_consent_capacity", "terms.medical_consent"}},
      {"consent to none",
       [](Terms& t) {
         t.set_medical_consent_capacity(v1::MEDICAL_CONSENT_CAPACITY_CHILD);
         t.set_medical_consent(v1::MEDICAL_CONSENT_GIVEN);
       },
       {"terms.medical_consent_capacity", "terms.medical_consent"}},
      {"an order that is not named",
       [](Terms& t) { t.set_legal_action(v1::LEGAL_ACTION_PROCEEDINGS); },
       {"terms.legal_details"}},
      {"an order that nobody asks for",
       [](Terms& t) { t.set_legal_details("An order."); },
       {"terms.legal_details"}},
      {"told, and not when",
       [](Terms& t) { t.set_family(v1::FAMILY_TOLD_TOLD); },
       {"terms.family_at"}},
      {"told tomorrow",
       [](Terms& t) {
         t.set_family(v1::FAMILY_TOLD_TOLD);
         to_proto(utc("2026-11-26T10:00:00Z"), t.mutable_family_at());
       },
       {"terms.family_at"}},
      {"to be told yesterday",
       [](Terms& t) {
         t.set_family(v1::FAMILY_TOLD_TO_BE_TOLD);
         to_proto(utc("2026-11-24T10:00:00Z"), t.mutable_family_at());
       },
       {"terms.family_at"}},
      {"not told, at a time",
       [](Terms& t) { to_proto(utc(kNow), t.mutable_family_at()); },
       {"terms.family_at"}},
      {"sharing decisions that are none",
       [](Terms& t) { t.add_sharing_decision_ids("none"); },
       {"terms.sharing_decision_ids[0]"}},
      {"too much to read",
       [](Terms& t) {
         const std::string text(kTextBytesMax + 1, 'a');
         t.set_information_shared(text);
         t.set_further_information(text);
         t.set_rationale(text);
       },
       {"terms.information_shared", "terms.further_information", "terms.rationale"}}};
  Course course = Course::begun();
  for (const Wrong& wrong : wrongs) {
    SCOPED_TRACE(wrong.what);
    Terms terms = single_agency();
    wrong.make(terms);
    decide(course, terms).then_refused("INVALID_REQUEST", wrong.fields);
  }
}

TEST(Terms, AreTakenWithAllThatGuidanceAsksFor) {
  Course course = Course::begun();
  Terms terms = joint();
  terms.set_medical(v1::MEDICAL_ASSESSMENT_NEEDED);
  terms.set_medical_consent_capacity(v1::MEDICAL_CONSENT_CAPACITY_PARENTAL_RESPONSIBILITY);
  terms.set_medical_consent(v1::MEDICAL_CONSENT_TO_BE_SOUGHT);
  terms.set_legal_action(v1::LEGAL_ACTION_PROCEEDINGS);
  terms.set_legal_details("An emergency protection order.");
  terms.set_family(v1::FAMILY_TOLD_TO_BE_TOLD);
  to_proto(utc("2026-11-25T16:00:00Z"), terms.mutable_family_at());
  terms.set_further_information("What the school saw.");
  terms.add_sharing_decision_ids(uuid(970));
  course.decided(terms);
  EXPECT_EQ(course.last().decision_recorded().terms().legal_details(),
            "An emergency protection order.");
}

TEST(Terms, MayLeaveAnInvestigationForLater) {
  Course course = Course::begun();
  Terms terms = joint();
  terms.set_investigation(v1::CRIMINAL_INVESTIGATION_DEFERRED);
  terms.clear_investigation_timing();
  course.decided(terms);
}

// --- section 47 enquiries ---

TEST(Enquiries, StartGoOnAndAreConcluded) {
  Course course = Course::begun();
  conclude(course, substantiated()).then_refused("ENQUIRY_NOT_STARTED");
  course.decided(single_agency());
  EXPECT_TRUE(course.state().enquiry.runs);
  decide(course, no_grounds()).then_refused("INVALID_REQUEST", {"terms.section_47"});
  course.decided(going_on()).closed();
  concluded(course, substantiated());
  EXPECT_FALSE(course.state().enquiry.runs);
  EXPECT_EQ(course.last().enquiry_concluded().concluded_by(), "w-1");
  conclude(course, substantiated()).then_refused("ENQUIRY_CONCLUDED");
}

TEST(Enquiries, MayBecomeJointAndStayTheSame) {
  Course course = Course::begun();
  course.decided(single_agency()).decided(joint());
  EXPECT_TRUE(course.state().enquiry.runs);
}

TEST(Enquiries, ThatAreConcludedMayStartAnewAtALaterSitting) {
  Course course = Course::over();
  auto other = substantiated();
  other.set_outcome("no-further-action");
  other.set_substantiated(false);
  concluded(course, other);
  course.reconvened(kNow).joined({"social-care", "police", "health"}).started();
  decide(course, going_on()).then_refused("INVALID_REQUEST", {"terms.section_47"});
  const std::string before = course.state().enquiry.conference_id;
  course.decided(single_agency());
  EXPECT_TRUE(course.state().enquiry.runs);
  EXPECT_NE(course.state().enquiry.conference_id, before);
}

TEST(Enquiries, AreConcludedByTheHubWithAnOutcomeOfThePack) {
  Course course = Course::over();
  conclude(course, substantiated(), kPolice).then_refused("NOT_FOUND");
  auto conclusion = proto<v1::EnquiryConclusion>("outcome: 'we-shall-see'");
  conclude(course, conclusion)
      .then_refused("INVALID_REQUEST", {"conclusion.outcome", "conclusion.rationale"});
}

TEST(Enquiries, LeadToAConferenceOnlyWhereConcernsAreSubstantiated) {
  Course course = Course::over();
  auto conclusion = substantiated();
  conclusion.set_substantiated(false);
  const auto refused = conclude(course, conclusion);
  refused.then_refused("INVALID_REQUEST", {"conclusion.substantiated"});
  EXPECT_FALSE(refused.outcome().error().sources.empty());
  conclusion.set_outcome("section-17-services");
  concluded(course, conclusion);
  EXPECT_TRUE(Discussion::calls_conference_off(conclusion));
  EXPECT_FALSE(Discussion::calls_conference_off(substantiated()));
}

TEST(Enquiries, HaveTheirConferenceFallDueOnceAndCountedFromTheFirst) {
  Course course = Course::begun();
  const auto effect = [&](v1::Section47 section_47) {
    return Discussion::conference_effect(course.state(), section_47, pack());
  };
  EXPECT_EQ(effect(v1::SECTION47_NOT_STARTED), Effect::kNone);
  EXPECT_EQ(effect(v1::SECTION47_SINGLE_AGENCY), Effect::kFallsDue);
  EXPECT_EQ(effect(v1::SECTION47_JOINT), Effect::kFallsDue);
  course.decided(single_agency());
  EXPECT_EQ(effect(v1::SECTION47_CONTINUES), Effect::kNone);
  EXPECT_EQ(effect(v1::SECTION47_JOINT), Effect::kNone);
}

TEST(Enquiries, HaveTheirConferenceCountedFromTheLastWhereThePackSaysSo) {
  Course course = Course::begun();
  const auto effect = [&](v1::Section47 section_47) {
    return Discussion::conference_effect(course.state(), section_47, pack_counting_from_last());
  };
  EXPECT_EQ(effect(v1::SECTION47_SINGLE_AGENCY), Effect::kFallsDue);
  course.decided(single_agency());
  EXPECT_EQ(effect(v1::SECTION47_CONTINUES), Effect::kCountsAgain);
  EXPECT_EQ(effect(v1::SECTION47_JOINT), Effect::kCountsAgain);
}

}  // namespace
}  // namespace mash::strategy
