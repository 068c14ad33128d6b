#include <CLI/CLI.hpp>
#include <ostream>

#include "cli/inputs.h"
#include "cli/referral_commands.h"
#include "mash/referral/v1/referral_service.pb.h"

// mash referral acknowledge, accept, close, rate and add.
namespace mash::cli {
namespace {

namespace v1 = referral::v1;

struct TriageOptions {
  ChangeOptions change;
  std::string text;
  std::string rationale;
  std::string word;  // the outcome or rating
  std::string danger;
  std::string agency;
  std::string at;
  std::string basis;
  std::vector<std::string> powers;
  bool law_enforcement = false;
};

Outcome<void> acknowledge(const TriageOptions& options, Session& session) {
  v1::AcknowledgeContactRequest request;
  request.set_message(options.text);
  v1::AcknowledgeContactResponse reply;
  return send_change(options.change, kUsualTriage, "AcknowledgeContact", request, reply, session);
}

Outcome<void> decide_contact(v1::ContactOutcome outcome, const TriageOptions& options,
                             Session& session) {
  const auto rationale = read_text(options.rationale, session.in);
  if (!rationale) return tl::unexpected(rationale.error());
  v1::DecideContactRequest request;
  request.set_outcome(outcome);
  request.set_rationale(*rationale);
  v1::DecideContactResponse reply;
  return send_change(options.change, kUsualTriage, "DecideContact", request, reply, session);
}

Outcome<void> accept(const TriageOptions& options, Session& session) {
  return decide_contact(v1::CONTACT_OUTCOME_ACCEPTED, options, session);
}

Outcome<void> close(const TriageOptions& options, Session& session) {
  const auto outcome = read_enum(*v1::ContactOutcome_descriptor(), options.word, "--outcome");
  if (!outcome) return tl::unexpected(outcome.error());
  if (*outcome == v1::CONTACT_OUTCOME_ACCEPTED)
    return wrong_usage("--outcome: 'accepted' does not close a contact.",
                       "'mash referral accept' accepts it as a referral.");
  return decide_contact(static_cast<v1::ContactOutcome>(*outcome), options, session);
}

Outcome<void> rate(const TriageOptions& options, Session& session) {
  const auto rating = read_enum(*v1::Rating_descriptor(), options.word, "the rating");
  if (!rating) return tl::unexpected(rating.error());
  const auto rationale = read_text(options.rationale, session.in);
  if (!rationale) return tl::unexpected(rationale.error());
  v1::RateReferralRequest request;
  request.set_rating(static_cast<v1::Rating>(*rating));
  request.set_rationale(*rationale);
  v1::RateReferralResponse reply;
  return send_change(options.change, kUsualTriage, "RateReferral", request, reply, session);
}

Outcome<void> put_basis(const TriageOptions& options, v1::LawfulBasis& basis) {
  basis.set_law_enforcement(options.law_enforcement);
  if (!options.basis.empty()) {
    const auto value = read_enum(*v1::Article6_descriptor(), options.basis, "--basis");
    if (!value) return tl::unexpected(value.error());
    basis.set_article_6(static_cast<v1::Article6>(*value));
  }
  for (const std::string& word : options.powers) {
    const auto value = read_enum(*v1::StatutoryPower_descriptor(), word, "--power");
    if (!value) return tl::unexpected(value.error());
    basis.add_powers(static_cast<v1::StatutoryPower>(*value));
  }
  return {};
}

Outcome<void> add(const TriageOptions& options, Session& session) {
  const auto text = read_text(options.text, session.in);
  if (!text) return tl::unexpected(text.error());
  v1::AddInformationRequest request;
  request.set_text(*text);
  request.set_immediate_danger(!options.danger.empty());
  request.set_danger(options.danger);
  request.set_on_behalf_of_agency(options.agency);
  const bool has_basis =
      !options.basis.empty() || !options.powers.empty() || options.law_enforcement;
  if (has_basis)
    if (auto put = put_basis(options, *request.mutable_lawful_basis()); !put) return put;
  if (auto put = put_time(options.at, [&] { return request.mutable_occurred_at(); }); !put)
    return put;
  v1::AddInformationResponse reply;
  return send_change(options.change, {}, "AddInformation", request, reply, session);
}

using Action = Outcome<void> (*)(const TriageOptions&, Session&);

CLI::App* add_one(CLI::App& referral, Session& session,
                  const std::shared_ptr<TriageOptions>& options, const std::string& name,
                  const std::string& about, const std::string& examples, Action action) {
  CLI::App* command = add_command(referral, name, about, examples);
  add_change_options(command, options->change);
  command->callback([options, &session, action] {
    session.run = [options, &session, action] { return action(*options, session); };
  });
  return command;
}

void add_information(CLI::App& referral, Session& session) {
  auto options = std::make_shared<TriageOptions>();
  CLI::App* command = add_one(
      referral, session, options, "add", "Tells more about a contact or referral.",
      "  mash referral add 0192f3a4-... --as police --user p-7 --text 'Seen again today.' \\\n"
      "      --basis public-task --power children-act-2004-s11\n"
      "  mash referral add 0192f3a4-... --as health --user h-2 --text - < note.txt \\\n"
      "      --danger 'alone in the house'\n",
      add);
  command->add_option("--text", options->text, "what is told; '-' reads standard input")
      ->required();
  command->add_option("--danger", options->danger,
                      "a child is in immediate danger: what the danger is");
  command->add_option("--basis", options->basis,
                      "the Article 6 basis it is told on: public-task, legal-obligation...");
  command->add_option("--power", options->powers,
                      "a power or duty relied on: children-act-2004-s11...");
  command->add_flag("--law-enforcement", options->law_enforcement,
                    "told under Part 3 of the Data Protection Act 2018 instead");
  command->add_option("--on-behalf-of", options->agency,
                      "for the hub's roles: the agency whose information it is");
  command->add_option("--occurred-at", options->at, "when it happened");
}

}  // namespace

void add_triage(CLI::App& referral, Session& session) {
  auto options = std::make_shared<TriageOptions>();
  CLI::App* command =
      add_one(referral, session, options, "acknowledge", "Acknowledges receipt to the referrer.",
              "  mash referral acknowledge 0192f3a4-... --user t-1\n", acknowledge);
  command->add_option("--message", options->text, "in words for the referrer");

  options = std::make_shared<TriageOptions>();
  command = add_one(referral, session, options, "accept", "Accepts a contact as a referral.",
                    "  mash referral accept 0192f3a4-... --rationale 'Meets the threshold.' "
                    "--user t-1\n",
                    accept);
  command->add_option("--rationale", options->rationale, "why; '-' reads standard input")
      ->required();

  options = std::make_shared<TriageOptions>();
  command = add_one(referral, session, options, "close",
                    "Closes a contact that does not become a referral.",
                    "  mash referral close 0192f3a4-... --outcome early-help --rationale '...' "
                    "--user t-1\n",
                    close);
  command
      ->add_option("--outcome", options->word,
                   "information-and-advice, early-help, to-open-case, no-further-action")
      ->required();
  command->add_option("--rationale", options->rationale, "why; '-' reads standard input")
      ->required();

  options = std::make_shared<TriageOptions>();
  command = add_one(referral, session, options, "rate", "Says how urgent it is.",
                    "  mash referral rate 0192f3a4-... red --user t-1\n"
                    "  mash referral rate 0192f3a4-... amber --rationale 'Child is safe tonight.' "
                    "--user t-1\n",
                    rate);
  command->add_option("rating", options->word, "red, amber or green")->required();
  command->add_option("--rationale", options->rationale, "why; required of a change");
  add_information(referral, session);
}

}  // namespace mash::cli
