#include "cli/form.h"
#include "cli/referral_commands.h"
#include "mash/referral/v1/referral_service.pb.h"

// mash referral decide, revise, feedback, inform-family and assessed.
namespace mash::cli {
namespace {

namespace v1 = referral::v1;
using google::protobuf::Message;

const FormOption kId{"id", "referral_id", "the referral's id", true};

// A decision rests on what the referrer sent where no other evidence is named.
template <class Request>
Outcome<void> rest_on_referral(Message& message) {
  auto& request = static_cast<Request&>(message);
  if (request.decision().evidence_ids().empty())
    request.mutable_decision()->add_evidence_ids(request.referral_id());
  return {};
}

std::vector<FormOption> decision_options() {
  return {
      kId,
      {"--outcome", "decision.outcome", "one of the policy pack's: section-17-assessment", true},
      {"--level", "decision.level_of_need", "the level of need, one of the policy pack's: 4", true},
      {"--rationale", "decision.rationale", "why; '-' reads standard input", true},
      {"--family", "decision.family_informed",
       "told, to-be-told, not-jeopardises-investigation, not-places-child-at-risk", true},
      {"--family-why-not", "decision.family_why_not", "if the family is not told: why, in words"},
      {"--other-support", "decision.other_support",
       "other sources of support, where the threshold is not met"},
      {"--evidence", "decision.evidence_ids",
       "ids of the information it rests on; absent: what the referrer sent"}};
}

void add_deciding(CLI::App& referral, Session& session) {
  add_form(referral, session,
           {.name = "decide",
            .about = "Decides a referral.",
            .examples =
                "  mash referral decide 0192f3a4-... --outcome section-17-assessment --level 4 \\\n"
                "      --rationale 'Needs a multi-agency assessment.' --family told --user sw-3\n",
            .method = "ReferralService/DecideReferral",
            .usual = kUsualDecider,
            .options = decision_options(),
            .finish = rest_on_referral<v1::DecideReferralRequest>});
  auto options = decision_options();
  options.push_back({"--ground", "ground", "new-information or correction", true});
  add_form(
      referral, session,
      {.name = "revise",
       .about = "Puts another decision in the place of the one in force.",
       .examples =
           "  mash referral revise 0192f3a4-... --ground new-information --evidence 0192f3b0-... "
           "\\\n"
           "      --outcome strategy-discussion-or-section-47 --level 4 --rationale '...' \\\n"
           "      --family to-be-told --user sw-3\n",
       .method = "ReferralService/ReviseDecision",
       .usual = kUsualDecider,
       .options = std::move(options),
       .finish = rest_on_referral<v1::ReviseDecisionRequest>});
}

void add_telling_of_it(CLI::App& referral, Session& session) {
  add_form(referral, session,
           {.name = "feedback",
            .about = "Tells one referrer of the decision, in words for it alone.",
            .examples =
                "  mash referral feedback 0192f3a4-... --to police --text 'An assessment begins.' "
                "--user t-1\n",
            .method = "ReferralService/GiveFeedback",
            .usual = kUsualTriage,
            .options = {kId,
                        {"--to", "agency", "the agency it is for", true},
                        {"--text", "text", "the text; '-' reads standard input", true},
                        {"--other-support", "other_support",
                         "other sources of support, where the threshold is not met"}}});
  add_form(referral, session,
           {.name = "inform-family",
            .about = "Records that the child and family were told, or why they are not.",
            .examples = "  mash referral inform-family 0192f3a4-... told --account 'Mother, by "
                        "telephone.' --user t-1\n",
            .method = "ReferralService/InformFamily",
            .usual = kUsualTriage,
            .options = {kId,
                        {"informed", "family.informed",
                         "told, to-be-told, not-jeopardises-investigation, "
                         "not-places-child-at-risk",
                         true},
                        {"--account", "family.account", "who was told, how, and what they said"},
                        {"--why-not", "family.why_not", "if they are not told: why, in words"},
                        {"--at", "family.informed_at", "when; default: now"}}});
}

void add_assessing(CLI::App& referral, Session& session) {
  add_form(referral, session,
           {.name = "assessed",
            .about = "Records a complete assessment.",
            .examples = "  mash referral assessed 0192f3a4-... --conclusion '...' --factor 3B "
                        "--factor 16A --user sw-3\n",
            .method = "ReferralService/CompleteAssessment",
            .usual = kUsualDecider,
            .options = {kId,
                        {"--conclusion", "assessment.conclusion",
                         "what it found; '-' reads standard input", true},
                        {"--factor", "assessment.factors",
                         "a factor by its code in the census; 21: none", true},
                        {"--category", "assessment.category_of_abuse",
                         "category of abuse: NEG, PHY, SAB, EMO, MUL"},
                        {"--need", "assessment.primary_need", "primary need: N1 to N8"},
                        {"--late-reasons", "assessment.late_reasons",
                         "why it took longer than the law gives it"},
                        {"--at", "assessment.completed_at", "when; default: now"}}});
}

}  // namespace

void add_decisions(CLI::App& referral, Session& session) {
  add_deciding(referral, session);
  add_telling_of_it(referral, session);
  add_assessing(referral, session);
}

}  // namespace mash::cli
