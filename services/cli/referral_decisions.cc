#include <CLI/CLI.hpp>
#include <ostream>

#include "cli/inputs.h"
#include "cli/referral_commands.h"
#include "mash/referral/v1/referral_service.pb.h"

// mash referral decide, revise and feedback.
namespace mash::cli {
namespace {

namespace v1 = referral::v1;

const UsualCaller kUsualDecider{.agency = "social-care", .role = "social-worker"};

struct DecisionOptions {
  ChangeOptions change;
  v1::Decision decision;
  std::string rationale;
  std::string family;
  std::string ground;
};

struct FeedbackOptions {
  ChangeOptions change;
  v1::GiveFeedbackRequest request;
  std::string text;
};

// The decision as given; it rests on what the referrer sent where no other evidence is named.
Outcome<v1::Decision> read_decision(const DecisionOptions& options, Session& session) {
  v1::Decision decision = options.decision;
  const auto rationale = read_text(options.rationale, session.in);
  if (!rationale) return tl::unexpected(rationale.error());
  decision.set_rationale(*rationale);
  const auto family = read_enum(*v1::FamilyInformed_descriptor(), options.family, "--family");
  if (!family) return tl::unexpected(family.error());
  decision.set_family_informed(static_cast<v1::FamilyInformed>(*family));
  if (decision.evidence_ids().empty()) decision.add_evidence_ids(options.change.referral_id);
  return decision;
}

Outcome<void> decide(const DecisionOptions& options, Session& session) {
  auto decision = read_decision(options, session);
  if (!decision) return tl::unexpected(decision.error());
  v1::DecideReferralRequest request;
  *request.mutable_decision() = std::move(*decision);
  v1::DecideReferralResponse reply;
  return send_change(options.change, kUsualDecider, "DecideReferral", request, reply, session);
}

Outcome<void> revise(const DecisionOptions& options, Session& session) {
  auto decision = read_decision(options, session);
  if (!decision) return tl::unexpected(decision.error());
  const auto ground = read_enum(*v1::RevisionGround_descriptor(), options.ground, "--ground");
  if (!ground) return tl::unexpected(ground.error());
  v1::ReviseDecisionRequest request;
  *request.mutable_decision() = std::move(*decision);
  request.set_ground(static_cast<v1::RevisionGround>(*ground));
  v1::ReviseDecisionResponse reply;
  return send_change(options.change, kUsualDecider, "ReviseDecision", request, reply, session);
}

Outcome<void> give_feedback(FeedbackOptions& options, Session& session) {
  const auto text = read_text(options.text, session.in);
  if (!text) return tl::unexpected(text.error());
  options.request.set_text(*text);
  v1::GiveFeedbackResponse reply;
  return send_change(options.change, kUsualTriage, "GiveFeedback", options.request, reply, session);
}

void add_decision_options(CLI::App* command, DecisionOptions& options) {
  add_change_options(command, options.change);
  v1::Decision& decision = options.decision;
  const auto text = [command](const std::string& name, const std::string& about, auto set) {
    return command->add_option_function<std::string>(name, set, about);
  };
  text("--outcome", "one of the policy pack's: section-17-assessment",
       [&](const std::string& value) { decision.set_outcome(value); })
      ->required();
  text("--level", "the level of need, one of the policy pack's: 4", [&](const std::string& value) {
    decision.set_level_of_need(value);
  })->required();
  command->add_option("--rationale", options.rationale, "why; '-' reads standard input")
      ->required();
  command
      ->add_option("--family", options.family,
                   "told, to-be-told, not-jeopardises-investigation, not-places-child-at-risk")
      ->required();
  text("--family-why-not", "if the family is not told: why, in words",
       [&](const std::string& value) { decision.set_family_why_not(value); });
  text("--other-support", "other sources of support, where the threshold is not met",
       [&](const std::string& value) { decision.set_other_support(value); });
  command->add_option_function<std::vector<std::string>>(
      "--evidence",
      [&](const std::vector<std::string>& ids) {
        for (const std::string& id : ids) decision.add_evidence_ids(id);
      },
      "ids of the information it rests on; absent: what the referrer sent");
}

}  // namespace

void add_decisions(CLI::App& referral, Session& session) {
  auto decided = std::make_shared<DecisionOptions>();
  CLI::App* command = add_command(
      referral, "decide", "Decides a referral.",
      "  mash referral decide 0192f3a4-... --outcome section-17-assessment --level 4 \\\n"
      "      --rationale 'Needs a multi-agency assessment.' --family told --user sw-3\n");
  add_decision_options(command, *decided);
  command->callback([decided, &session] {
    session.run = [decided, &session] { return decide(*decided, session); };
  });

  auto revised = std::make_shared<DecisionOptions>();
  command = add_command(
      referral, "revise", "Puts another decision in the place of the one in force.",
      "  mash referral revise 0192f3a4-... --ground new-information --evidence 0192f3b0-... \\\n"
      "      --outcome strategy-discussion-or-section-47 --level 4 --rationale '...' \\\n"
      "      --family to-be-told --user sw-3\n");
  add_decision_options(command, *revised);
  command->add_option("--ground", revised->ground, "new-information or correction")->required();
  command->callback([revised, &session] {
    session.run = [revised, &session] { return revise(*revised, session); };
  });

  auto given = std::make_shared<FeedbackOptions>();
  command = add_command(
      referral, "feedback", "Tells one referrer of the decision, in words for it alone.",
      "  mash referral feedback 0192f3a4-... --to police --text 'An assessment begins.' "
      "--user t-1\n");
  add_change_options(command, given->change);
  command
      ->add_option_function<std::string>(
          "--to",
          [&request = given->request](const std::string& value) { request.set_agency(value); },
          "the agency it is for")
      ->required();
  command->add_option("--text", given->text, "the text; '-' reads standard input")->required();
  command->add_option_function<std::string>(
      "--other-support",
      [&request = given->request](const std::string& value) { request.set_other_support(value); },
      "other sources of support, where the threshold is not met");
  command->callback([given, &session] {
    session.run = [given, &session] { return give_feedback(*given, session); };
  });
}

}  // namespace mash::cli
