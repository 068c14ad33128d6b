#include <CLI/CLI.hpp>

#include "cli/strategy_commands.h"
#include "cli/strategy_shown.h"

// mash discussion: holding one, deciding, and following up what was agreed.
namespace mash::cli {
namespace {

const FormOption kDecision{"decision", "decision_id", "the decision's id", true};

void add_dissent(CLI::App& parent, Session& session) {
  add_form(parent, session,
           {.name = "dissent",
            .about = "Records that an agency disagrees with what was decided, and why.",
            .examples = "  mash discussion dissent 0192f3d0-... 0192f3d5-... --reason 'We think "
                        "section 47 enquiries should start now.' --as police --user p-9\n",
            .method = "StrategyService/RecordDissent",
            .usual = {},
            .options = {discussion_id(),
                        kDecision,
                        {"--of", "agency", "the agency that disagrees; else the caller's"},
                        {"--reason", "reason", "why", true}}});
  add_form(
      parent, session,
      {.name = "challenge",
       .about = "Takes a disagreement further, or a challenge to the next level.",
       .examples = "  mash discussion challenge 0192f3d0-... --decision 0192f3d5-... --grounds "
                   "'...' --as police --user p-9\n",
       .method = "StrategyService/ChallengeDiscussionDecision",
       .usual = {},
       .options = {discussion_id(),
                   {"--decision", "decision_id", "the decision"},
                   {"--challenge", "challenge_id", "the challenge that is taken to the next level"},
                   {"--grounds", "grounds", "why, and what is wanted instead", true}}});
  add_form(parent, session,
           {.name = "answer-challenge",
            .about = "Answers a challenge at its level.",
            .examples = "  mash discussion answer-challenge 0192f3d0-... 0192f3d7-... agreed "
                        "--text 'We meet again tomorrow.' --user mgr-01\n",
            .method = "StrategyService/AnswerChallenge",
            .usual = kUsualManager,
            .options = {discussion_id(),
                        {"challenge", "challenge_id", "the challenge's id", true},
                        {"resolution", "resolution", "upheld, agreed or not-upheld", true},
                        {"--text", "answer", "in words for the challenger", true}}});
}

void add_actions(CLI::App& parent, Session& session) {
  add_form(
      parent, session,
      {.name = "action",
       .about = "Says who does what by when.",
       .examples = "  mash discussion action 0192f3d0-... --of health --what 'Examine Jayden.' "
                   "--due '2026-03-05 12:00' --user sw-3\n",
       .method = "StrategyService/AssignAction",
       .usual = kUsualDecider,
       .options = {discussion_id(),
                   {"--of", "agency", "the agency that does it", true},
                   {"--who", "practitioner", "who there"},
                   {"--what", "what", "what", true},
                   {"--immediate", "immediate", "it is done at once"},
                   {"--due", "due", "by when; else as the policy pack says"},
                   {"--agreed-with", "agreed_with",
                    "who agreed to it for an agency that is not in the room"}}});
  add_form(parent, session,
           {.name = "complete",
            .about = "Says that an action is done, or why it is not needed any more.",
            .examples = "  mash discussion complete 0192f3d0-... 0192f3d6-... done --text 'Seen at "
                        "11:00; report follows.' --as health --user n-7\n",
            .method = "StrategyService/CompleteAction",
            .usual = {},
            .options = {discussion_id(),
                        {"action", "action_id", "the action's id", true},
                        {"result", "result", "done or not-needed", true},
                        {"--text", "text", "what came of it, or why not", true},
                        {"--when", "completed_at", "when it was done; else now"}}});
  add_form(parent, session,
           {.name = "actions",
            .about = "Actions: what is open first, what is due first.",
            .examples = "  mash discussion actions --open --as health --user n-4\n"
                        "  mash discussion actions --late\n",
            .method = "StrategyService/ListActions",
            .usual = kUsualDecider,
            .options = paged({{"--case", "case_id", "only those of this case"},
                              {"--of", "agency", "only those that this agency does"},
                              {"--open", "open", "only those that are open"},
                              {"--late", "late", "only those not done in time"}}),
            .show = print_actions});
}

}  // namespace

void add_holding(CLI::App& parent, Session& session) {
  add_form(parent, session,
           {.name = "attend",
            .about = "Records who came, and who left when.",
            .examples = "  mash discussion attend 0192f3d0-... 0192f3d1-... --can-decide\n"
                        "  mash discussion attend 0192f3d0-... 0192f3d1-... --left '2026-03-04 "
                        "14:40'\n",
            .method = "StrategyService/RecordAttendance",
            .usual = kUsualDecider,
            .options = {discussion_id(),
                        {"participant", "participant_id", "whose invitation, by its id", true},
                        {"--joined", "joined_at", "from when; else now"},
                        {"--left", "left_at", "until when"},
                        {"--can-decide", "can_decide",
                         "whoever came is senior enough to decide for the agency"}}});
  add_form(
      parent, session,
      {.name = "start",
       .about = "Begins: everybody is there who must be, or it is an emergency.",
       .examples = "  mash discussion start 0192f3d0-...\n"
                   "  mash discussion start 0192f3d0-... --emergency 'He is discharged within "
                   "the hour; health cannot be reached.'\n",
       .method = "StrategyService/StartDiscussion",
       .usual = kUsualDecider,
       .options = {discussion_id(),
                   {"--when", "started_at", "when it began; else now"},
                   {"--emergency", "emergency_reason", "why it cannot wait for who is missing"}}});
  add_form(parent, session,
           {.name = "close",
            .about = "Ends a sitting.",
            .examples = "  mash discussion close 0192f3d0-... --summary 'Joint enquiries; Jayden "
                        "is seen today.'\n",
            .method = "StrategyService/CloseDiscussion",
            .usual = kUsualDecider,
            .options = {discussion_id(),
                        {"--summary", "summary", "what was said and agreed", true},
                        {"--when", "closed_at", "when it ended; else now"}}});
  add_form(parent, session,
           {.name = "issue-record",
            .about = "Says that the record went to those who attended.",
            .examples = "  mash discussion issue-record 0192f3d0-... --to police --to health\n",
            .method = "StrategyService/IssueRecord",
            .usual = kUsualDecider,
            .options = {discussion_id(),
                        {"--to", "agencies", "an agency it went to", true},
                        {"--sitting", "sitting", "of which sitting; else the last"}}});
}

void add_deciding(CLI::App& parent, Session& session) {
  add_form(
      parent, session,
      {.name = "decide",
       .about = "Records what was decided.",
       .examples = "  mash discussion decide 0192f3d0-... --terms decision.json --section-47 joint "
                   "--enquiry-lead social-care --investigation-lead police --user sw-3\n",
       .method = "StrategyService/RecordDiscussionDecision",
       .usual = kUsualDecider,
       .options = {
           discussion_id(),
           {"--terms", "terms", "file with what was decided, as JSON: DiscussionDecisionTerms",
            true},
           {"--section-47", "terms.section_47", "not-started, single-agency, joint or continues"},
           {"--enquiry-lead", "terms.enquiry_lead", "who leads the enquiries"},
           {"--investigation-lead", "terms.investigation_lead",
            "who leads the criminal investigation"},
           {"--sharing-decision", "terms.sharing_decision_ids",
            "a sharing decision under which something was shared"},
           {"--rationale", "terms.rationale", "why"},
           {"--when", "decided_at", "when it was decided; else now"},
           {"--emergency", "emergency_reason", "why it cannot wait for who is missing"}}});
  add_form(
      parent, session,
      {.name = "conclude",
       .about = "Says how section 47 enquiries ended, and what follows.",
       .examples = "  mash discussion conclude 0192f3d0-... initial-conference --substantiated "
                   "--rationale '...' --user sw-3\n",
       .method = "StrategyService/ConcludeEnquiry",
       .usual = kUsualDecider,
       .options = {discussion_id(),
                   {"outcome", "conclusion.outcome", "by its code in the policy pack", true},
                   {"--substantiated", "conclusion.substantiated",
                    "concerns of significant harm are substantiated"},
                   {"--rationale", "conclusion.rationale", "why", true}}});
  add_dissent(parent, session);
}

void add_following_up(CLI::App& parent, Session& session) {
  add_actions(parent, session);
  add_form(parent, session,
           {.name = "extend",
            .about = "Puts a deadline of a discussion off, with reasons.",
            .examples = "  mash discussion extend 0192f3d0-... --kind discussion-action --id "
                        "0192f3d6-... --to '2026-03-06 12:00' --reasons '...'\n",
            .method = "StrategyService/ExtendDeadline",
            .usual = kUsualDecider,
            .options = {discussion_id(),
                        {"--kind", "kind", "the timescale: discussion-action", true},
                        {"--id", "id",
                         "the action's or challenge's id, or the number of the sitting whose "
                         "record it is; of discussion-record else the last sitting"},
                        {"--to", "due", "when it is to be due", true},
                        {"--reasons", "reasons", "why it cannot be met", true}}});
}

}  // namespace mash::cli
