#include "cli/form.h"
#include "cli/referral_commands.h"

// mash referral challenge, answer, transfer and answer-transfer.
namespace mash::cli {
namespace {

const FormOption kId{"id", "referral_id", "the referral's id", true};

}  // namespace

void add_challenges(CLI::App& referral, Session& session) {
  add_form(
      referral, session,
      {.name = "challenge",
       .about = "Disagrees with a decision, or takes a challenge to the next level.",
       .examples =
           "  mash referral challenge 0192f3a4-... --decision 0192f3b1-... \\\n"
           "      --grounds 'She has been hungry for weeks.' --as education --user ht-02\n"
           "  mash referral challenge 0192f3a4-... --challenge 0192f3c0-... --grounds '...'\n",
       .method = "ReferralService/ChallengeDecision",
       .usual = {},
       .options = {kId,
                   {"--decision", "decision_id", "the decision, as feedback names it"},
                   {"--challenge", "challenge_id", "the challenge that is taken to the next level"},
                   {"--grounds", "grounds", "why, and what is wanted instead", true}}});
  add_form(referral, session,
           {.name = "answer",
            .about = "Answers a challenge at its level.",
            .examples = "  mash referral answer 0192f3a4-... 0192f3c0-... agreed --text 'An early "
                        "help assessment within the week.' --user mgr-01\n",
            .method = "ReferralService/AnswerChallenge",
            .usual = kUsualDecider,
            .options = {kId,
                        {"challenge", "challenge_id", "the challenge's id", true},
                        {"resolution", "resolution", "upheld, agreed or not-upheld", true},
                        {"--text", "answer", "in words for the challenger", true}}});
  add_form(
      referral, session,
      {.name = "transfer",
       .about = "Asks another authority to take responsibility. Nothing moves until it does.",
       .examples = "  mash referral transfer 0192f3a4-... --to E08000025 --ground moved-there \\\n"
                   "      --reason 'The family moved on Monday.' --user sw-3\n",
       .method = "ReferralService/TransferReferral",
       .usual = kUsualDecider,
       .options = {kId,
                   {"--to", "transfer.to_area", "the authority, by its ONS code", true},
                   {"--ground", "transfer.ground",
                    "lives-there, found-there, known-there, moved-there", true},
                   {"--reason", "transfer.reason", "why, in words", true},
                   {"--urgent-action", "transfer.urgent_action",
                    "with immediate danger: what has been done for the child's safety"}}});
  add_form(
      referral, session,
      {.name = "answer-transfer",
       .about = "The other authority's answer: it declines, or accepts with --accept.",
       .examples = "  mash referral answer-transfer 0192f3a4-... 0192f3d0-... --area E08000025 \\\n"
                   "      --accept --statement 'Accepted, J. Hill.' --role mash-manager --user "
                   "mgr-01\n",
       .method = "ReferralService/AcceptTransfer",
       .usual = kUsualManager,
       .options = {kId,
                   {"transfer", "transfer_id", "the transfer's id", true},
                   {"--area", "area", "the authority that answers, by its ONS code", true},
                   {"--accept", "accepted", "it accepts"},
                   {"--statement", "statement", "its words, as written", true}}});
}

}  // namespace mash::cli
