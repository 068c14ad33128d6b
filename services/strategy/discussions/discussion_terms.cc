// What a strategy discussion decides, each part of it: Working Together 2018, chapter 1, strategy
// discussion tasks; for the medical assessment West Midlands procedures 1.18.
#include <string>

#include "core/timestamp.h"
#include "strategy/discussions/discussion_rules.h"

namespace mash::strategy {
namespace {

using Terms = v1::DiscussionDecisionTerms;

constexpr int kSharingDecisionsMax = 50;

bool starts(v1::Section47 section_47) {
  return section_47 == v1::SECTION47_SINGLE_AGENCY || section_47 == v1::SECTION47_JOINT;
}

// --- section 47 enquiries ---

void check_enquiry(const Terms& terms, const Discussion::Enquiry& enquiry, Checks& checks) {
  const v1::Section47 section_47 = terms.section_47();
  check_said("terms.section_47", section_47, v1::Section47_IsValid(section_47),
             "whether enquiries are made", checks);
  if (section_47 == v1::SECTION47_CONTINUES && !enquiry.runs)
    checks.fault("terms.section_47", "says that they go on, and none are being made");
  if (section_47 == v1::SECTION47_NOT_STARTED && enquiry.runs)
    checks.fault("terms.section_47",
                 "says that there are no grounds, and enquiries are being made: they are concluded "
                 "first, or go on");
  if (starts(section_47) && terms.enquiry_lead().empty())
    checks.fault("terms.enquiry_lead", "is missing: which agency leads the enquiries");
  if (section_47 == v1::SECTION47_NOT_STARTED && !terms.enquiry_lead().empty())
    checks.fault("terms.enquiry_lead", "goes with enquiries");
}

// --- criminal investigation ---

void check_investigation(const Terms& terms, Checks& checks) {
  const v1::CriminalInvestigation investigation = terms.investigation();
  check_said("terms.investigation", investigation, v1::CriminalInvestigation_IsValid(investigation),
             "whether there is one", checks);
  const bool joint = terms.section_47() == v1::SECTION47_JOINT;
  const bool started = investigation == v1::CRIMINAL_INVESTIGATION_STARTED;
  const bool none = investigation == v1::CRIMINAL_INVESTIGATION_NONE;
  if (joint && none) checks.fault("terms.investigation", "is none, and enquiries are joint");
  if ((joint || started) && terms.investigation_lead().empty())
    checks.fault("terms.investigation_lead", "is missing: which agency leads it");
  if (none && !joint && !terms.investigation_lead().empty())
    checks.fault("terms.investigation_lead", "goes with an investigation");
  if (started && terms.investigation_timing().empty())
    checks.fault("terms.investigation_timing", "is missing: its conduct and timing");
  if (none && !terms.investigation_timing().empty())
    checks.fault("terms.investigation_timing", "goes with an investigation");
  checks.text("terms.investigation_timing", terms.investigation_timing(), kTextBytesMax);
}

// --- medical assessment ---

void check_medical(const Terms& terms, Checks& checks) {
  const v1::MedicalAssessment medical = terms.medical();
  check_said("terms.medical", medical, v1::MedicalAssessment_IsValid(medical),
             "whether a doctor examines the child", checks);
  checks.text("terms.medical_details", terms.medical_details(), kNoteBytesMax);
  const bool examined =
      medical == v1::MEDICAL_ASSESSMENT_NEEDED || medical == v1::MEDICAL_ASSESSMENT_MADE;
  if (examined) {
    check_said("terms.medical_consent_capacity", terms.medical_consent_capacity(),
               v1::MedicalConsentCapacity_IsValid(terms.medical_consent_capacity()),
               "in what capacity consent is given", checks);
    check_said("terms.medical_consent", terms.medical_consent(),
               v1::MedicalConsent_IsValid(terms.medical_consent()), "how far consent has come",
               checks);
    return;
  }
  if (terms.medical_consent_capacity() != v1::MEDICAL_CONSENT_CAPACITY_UNSPECIFIED)
    checks.fault("terms.medical_consent_capacity", "goes with an examination");
  if (terms.medical_consent() != v1::MEDICAL_CONSENT_UNSPECIFIED)
    checks.fault("terms.medical_consent", "goes with an examination");
}

// --- law, and the family ---

void check_legal(const Terms& terms, Checks& checks) {
  const v1::LegalAction action = terms.legal_action();
  check_said("terms.legal_action", action, v1::LegalAction_IsValid(action), "whether there is any",
             checks);
  checks.text("terms.legal_details", terms.legal_details(), kNoteBytesMax);
  if (action == v1::LEGAL_ACTION_NONE && !terms.legal_details().empty())
    checks.fault("terms.legal_details", "goes with legal action");
  if (action == v1::LEGAL_ACTION_PROCEEDINGS && terms.legal_details().empty())
    checks.fault("terms.legal_details", "is missing: which order is asked for");
}

void check_family(const Terms& terms, Time now, Checks& checks) {
  check_said("terms.family", terms.family(), v1::FamilyTold_IsValid(terms.family()),
             "whether the child and family are told", checks);
  check_text("terms.family_details", terms.family_details(), kNoteBytesMax,
             "what they are told, or why they are not", checks);
  if (terms.family() == v1::FAMILY_TOLD_NOT_TOLD) {
    if (terms.has_family_at()) checks.fault("terms.family_at", "goes with a family that is told");
    return;
  }
  if (!terms.has_family_at())
    return checks.fault("terms.family_at", "is missing: when they were told, or will be by");
  if (terms.family() == v1::FAMILY_TOLD_TOLD) {
    checks.happened("terms.family_at", terms.family_at(), now);
    return;
  }
  const auto by = from_proto(terms.family_at());
  if (!by || *by <= now) checks.fault("terms.family_at", "is no time to come");
}

}  // namespace

void check_terms(const Terms& terms, const Discussion::Enquiry& enquiry, const Context& context,
                 Checks& checks) {
  check_said("terms.risk", terms.risk(), v1::RiskLevel_IsValid(terms.risk()), "the level of risk",
             checks);
  check_enquiry(terms, enquiry, checks);
  check_investigation(terms, checks);
  for (const auto& [field, agency] : {std::pair("terms.enquiry_lead", &terms.enquiry_lead()),
                                      {"terms.investigation_lead", &terms.investigation_lead()}})
    if (!agency->empty()) check_agency(field, *agency, context, checks);
  check_text("terms.information_shared", terms.information_shared(), kTextBytesMax,
             "what was shared and weighed", checks);
  check_ids("terms.sharing_decision_ids", terms.sharing_decision_ids(), kSharingDecisionsMax,
            checks);
  checks.text("terms.further_information", terms.further_information(), kTextBytesMax);
  check_medical(terms, checks);
  check_legal(terms, checks);
  check_family(terms, context.now, checks);
  check_text("terms.rationale", terms.rationale(), kTextBytesMax, "why all this", checks);
}

}  // namespace mash::strategy
