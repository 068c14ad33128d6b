#include <google/protobuf/message.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "cli/inputs.h"
#include "cli/sharing_commands.h"
#include "cli/sharing_shown.h"
#include "mash/sharing/v1/sharing_service.pb.h"

// mash decision and mash consent: what is shared, in part or not at all, and on what basis.
namespace mash::cli {
namespace {

namespace v1 = sharing::v1;
using google::protobuf::Message;

using Given = std::vector<std::string>;
using Fill = std::function<Outcome<void>(Message&, const Given&)>;
// The terms that a request carries.
using TermsOf = v1::DecisionTerms& (*)(Message&);

template <class Request>
v1::DecisionTerms& terms_of(Message& request) {
  return *static_cast<Request&>(request).mutable_terms();
}
v1::DecisionTerms& draft_of(Message& request) {
  return *static_cast<v1::EvaluateDecisionRequest&>(request).mutable_draft();
}

// Items that go out, or do not.
Fill dispose(TermsOf terms, v1::ItemDisposition disposition) {
  return [=](Message& request, const Given& items) -> Outcome<void> {
    for (const std::string& item : items) {
      v1::DecidedItem& decided = *terms(request).add_items();
      decided.set_item_id(item);
      decided.set_disposition(disposition);
    }
    return {};
  };
}

// Items of which another version goes out.
Fill sanitise(TermsOf terms) {
  return [=](Message& request, const Given& pairs) -> Outcome<void> {
    for (const std::string& pair : pairs) {
      const size_t at = pair.find('=');
      if (at == std::string::npos)
        return wrong_usage("--sanitised: '" + pair + "' does not name two items.",
                           "Write the item and its sanitised version: 0192f3a4-...=0192f3b0-...");
      v1::DecidedItem& decided = *terms(request).add_items();
      decided.set_item_id(pair.substr(0, at));
      decided.set_disposition(v1::ITEM_DISPOSITION_SANITISED);
      decided.set_sanitised_item_id(pair.substr(at + 1));
    }
    return {};
  };
}

// Something said of every item that does not go out as it is.
Fill of_withheld(TermsOf terms,
                 const std::function<Outcome<void>(v1::DecidedItem&, const std::string&)>& put) {
  return [=](Message& request, const Given& given) -> Outcome<void> {
    for (v1::DecidedItem& item : *terms(request).mutable_items()) {
      if (item.disposition() == v1::ITEM_DISPOSITION_RELEASED) continue;
      if (auto done = put(item, given.back()); !done) return done;
    }
    return {};
  };
}

Outcome<void> put_ground(v1::DecidedItem& item, const std::string& code) {
  item.set_ground(code);
  return {};
}

Outcome<void> put_reasons(v1::DecidedItem& item, const std::string& reasons) {
  item.set_reasons(reasons);
  return {};
}

// Of what is withheld: a version that goes out says all that is to be said.
Outcome<void> put_look_again(v1::DecidedItem& item, const std::string& time) {
  if (item.disposition() != v1::ITEM_DISPOSITION_WITHHELD) return {};
  return put_time(time, [&] { return item.mutable_look_again_at(); });
}

// "police", or "police:law-enforcement" where it gets it for a law-enforcement purpose.
Fill add_recipients(TermsOf terms) {
  return [=](Message& request, const Given& agencies) -> Outcome<void> {
    for (const std::string& given : agencies) {
      const size_t colon = given.find(':');
      v1::Recipient& recipient = *terms(request).add_recipients();
      recipient.set_agency(given.substr(0, colon));
      recipient.set_regime(v1::REGIME_UK_GDPR);
      if (colon == std::string::npos) continue;
      const auto regime = read_enum(*v1::Regime_descriptor(), given.substr(colon + 1), "--to");
      if (!regime) return tl::unexpected(regime.error());
      recipient.set_regime(static_cast<v1::Regime>(*regime));
    }
    return {};
  };
}

// What a decision states: from a file, and what the line says besides.
std::vector<FormOption> terms_options(const std::string& field, TermsOf terms) {
  return {{"--terms", field, "file with what it states, as JSON: DecisionTerms"},
          {"--case", field + ".case_id", "the case's id"},
          {"--referral", field + ".referral_id", "the referral it is made for"},
          {"--request", field + ".information_request_id", "the information request it answers"},
          {"--outcome", field + ".outcome", "share, share-in-part or withhold"},
          {.name = "--release",
           .about = "an item that goes out, by its id",
           .fill = dispose(terms, v1::ITEM_DISPOSITION_RELEASED)},
          {.name = "--withhold",
           .about = "an item that does not, by its id",
           .fill = dispose(terms, v1::ITEM_DISPOSITION_WITHHELD)},
          {.name = "--sanitised",
           .about = "an item of which a sanitised version goes out: ITEM=VERSION",
           .fill = sanitise(terms)},
          {.name = "--ground",
           .about = "why what is withheld is, by its code: detriment-16la-3",
           .fill = of_withheld(terms, put_ground)},
          {.name = "--reasons",
           .about = "in words: the risk weighed",
           .fill = of_withheld(terms, put_reasons)},
          {.name = "--look-again",
           .about = "when what is withheld is looked at again",
           .fill = of_withheld(terms, put_look_again)},
          {.name = "--to",
           .about = "who gets it, or does not: police, or police:law-enforcement",
           .fill = add_recipients(terms)},
          {"--consent", field + ".consent.consent_id", "the consent relied on, by its id"}};
}

std::vector<FormOption> with(std::vector<FormOption> first, std::vector<FormOption> rest) {
  first.insert(first.end(), rest.begin(), rest.end());
  return first;
}

void add_making(CLI::App& parent, Session& session) {
  add_form(
      parent, session,
      {.name = "evaluate",
       .about =
           "Judges a draft, or a decision that was recorded, by the law of its day and today's.",
       .examples = "  mash decision evaluate --terms draft.json --as health --user n-4\n"
                   "  mash decision evaluate --id 0192f3a4-... --as auditor --user aud-03\n",
       .method = "SharingService/EvaluateDecision",
       .usual = {},
       .options = with(
           terms_options("draft", draft_of),
           {{"--id", "decision_id", "a recorded decision, instead of a draft"},
            {"--day", "day", "judge a draft by the law of this day"},
            {"--supersedes", "supersedes", "the decision in whose place the draft would stand"}}),
       .show = print_judgements});
  add_form(
      parent, session,
      {.name = "record",
       .about = "Records a decision, or refuses it with every rule it breaks.",
       .examples = "  mash decision record --terms share.json --case 0192f3a4-... --to social-care "
                   "\\\n"
                   "      --release 0192f3a5-... --withhold 0192f3a6-... --ground not-relevant \\\n"
                   "      --reasons '...' --look-again 2026-06-01 --as health --user n-4\n",
       .method = "SharingService/RecordDecision",
       .usual = {},
       .options = terms_options("terms", terms_of<v1::RecordDecisionRequest>)});
  add_form(parent, session,
           {.name = "supersede",
            .about = "Puts another decision in the place of one.",
            .examples = "  mash decision supersede 0192f3a4-... --terms share.json --reason 'The "
                        "mother agreed.' --as health --user n-4\n",
            .method = "SharingService/SupersedeDecision",
            .usual = {},
            .options = with({decision_id(), {"--reason", "reason", "why", true}},
                            terms_options("terms", terms_of<v1::SupersedeDecisionRequest>))});
  add_form(parent, session,
           {.name = "countersign",
            .about = "Gives, or refuses, the second signature.",
            .examples = "  mash decision countersign 0192f3a4-... --as health --user n-9\n",
            .method = "SharingService/CountersignDecision",
            .usual = {},
            .options = {decision_id(),
                        {"--decline", "decline", "refuse it"},
                        {"--statement", "statement", "what is said to it"}}});
}

void add_disputing(CLI::App& parent, Session& session) {
  add_form(parent, session,
           {.name = "challenge",
            .about = "Disagrees with a decision, or takes a challenge to the next level.",
            .examples = "  mash decision challenge 0192f3a4-... --grounds '...' --as police --user "
                        "p-7\n",
            .method = "SharingService/ChallengeDecision",
            .usual = kUsualTriage,
            .options = {decision_id(),
                        {"--challenge", "challenge_id", "the challenge to take further"},
                        {"--grounds", "grounds", "why, and what is wanted instead", true}}});
  add_form(parent, session,
           {.name = "answer",
            .about = "Answers a challenge at its level.",
            .examples = "  mash decision answer 0192f3a4-... 0192f3b0-... agreed --text '...' --as "
                        "health --user n-9\n",
            .method = "SharingService/AnswerChallenge",
            .usual = {},
            .options = {decision_id(),
                        {"challenge", "challenge_id", "the challenge's id", true},
                        {"resolution", "resolution", "upheld, agreed or not-upheld", true},
                        {"--text", "answer", "in words for the challenger", true}}});
  add_form(
      parent, session,
      {.name = "review",
       .about = "Looks at a decision again: it stands.",
       .examples = "  mash decision review 0192f3a4-... --finding '...' --look-again "
                   "2026-09-01 --as health --user n-4\n",
       .method = "SharingService/ReviewDecision",
       .usual = {},
       .options = {decision_id(),
                   {"--finding", "finding", "what was found", true},
                   {"--look-again", "look_again_at", "when what is withheld is looked at again"}}});
}

void add_reading(CLI::App& parent, Session& session) {
  add_form(parent, session,
           {.name = "show",
            .about = "A decision, as far as you may see it.",
            .examples = "  mash decision show 0192f3a4-... --as police --user p-7\n",
            .method = "SharingService/GetDecision",
            .usual = kUsualTriage,
            .options = {decision_id(),
                        as_at(),
                        {"--purpose", "purpose", "why it is asked; an auditor must say"}}});
  add_form(parent, session,
           {.name = "list",
            .about = "Decisions, the newest first.",
            .examples = "  mash decision list --case 0192f3a4-...\n"
                        "  mash decision list --awaiting-signature --as health --user n-9\n",
            .method = "SharingService/ListDecisions",
            .usual = kUsualTriage,
            .options = {{"--case", "case_id", "only those of this case"},
                        {"--by", "agency", "only those made by this agency"},
                        {"--awaiting-signature", "awaiting_signature",
                         "only those that wait for their second signature"},
                        {"--look-again-before", "look_again_before",
                         "only those that were to be looked at again before this time"},
                        {"--challenged", "challenged", "only those with an open challenge"},
                        as_at(),
                        {"--limit", "page_size", "at most so many, to 1000"},
                        {"--page", "page_token", "from the page before"}},
            .show = print_decisions});
}

}  // namespace

void add_decision(CLI::App& app, Session& session) {
  CLI::App* parent =
      add_command(app, "decision", "Sharing decisions: who is given what, why, and why not.", "");
  parent->require_subcommand(1);
  add_making(*parent, session);
  add_disputing(*parent, session);
  add_reading(*parent, session);
}

void add_consent(CLI::App& app, Session& session) {
  CLI::App* parent = add_command(app, "consent", "Consent to sharing, given or refused.", "");
  parent->require_subcommand(1);
  add_form(
      *parent, session,
      {.name = "record",
       .about = "Records what somebody answered when asked for consent.",
       .examples = "  mash consent record --case 0192f3a4-... --about 0192f3a5-... --by "
                   "0192f3a6-... \\\n"
                   "      --capacity parental-responsibility --scope '...' --explicit "
                   "--freely-given --as health --user n-4\n",
       .method = "SharingService/RecordConsent",
       .usual = kUsualTriage,
       .options = {{"--case", "terms.case_id", "the case's id", true},
                   {"--about", "terms.person_ids", "whose information it is about", true},
                   {"--by", "terms.given_by", "who answered, by the hub's id", true},
                   {"--capacity", "terms.capacity",
                    "competent-child, young-person, parental-responsibility, adult", true},
                   {"--refused", "terms.refused", "they refused"},
                   {"--scope", "terms.scope", "what may be shared, with whom and what for", true},
                   {"--holder", "terms.holders", "an agency whose information it covers"},
                   {"--recipient", "terms.recipients", "an agency it may be shared with"},
                   {"--explicit", "terms.explicit", "in so many words"},
                   {"--freely-given", "terms.freely_given", "nothing depended on it"},
                   {"--given", "terms.given_at", "when; default: now"},
                   {"--until", "terms.until", "until when it holds"},
                   {"--evidence", "terms.evidence", "how it was given"}}});
  add_form(*parent, session,
           {.name = "show",
            .about = "A consent, and whether it holds.",
            .examples = "  mash consent show 0192f3a4-... --as health --user n-4\n",
            .method = "SharingService/GetConsent",
            .usual = kUsualTriage,
            .options = {{"id", "consent_id", "the consent's id", true},
                        as_at(),
                        {"--purpose", "purpose", "why it is asked; an auditor must say"}}});
  add_form(*parent, session,
           {.name = "withdraw",
            .about = "Records that a consent was taken back.",
            .examples = "  mash consent withdraw 0192f3a4-... --statement 'She rang.' --as health "
                        "--user n-4\n",
            .method = "SharingService/WithdrawConsent",
            .usual = kUsualTriage,
            .options = {{"id", "consent_id", "the consent's id", true},
                        {"--statement", "statement", "what was said, and by whom", true}}});
}

}  // namespace mash::cli
