#include <google/protobuf/message.h>

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "cli/inputs.h"
#include "cli/strategy_commands.h"
#include "cli/strategy_shown.h"
#include "mash/strategy/v1/strategy_service.pb.h"

// mash discussion: strategy discussions, from being convened until they are over.
namespace mash::cli {
namespace {

namespace v1 = strategy::v1;
using google::protobuf::Message;

// "health:health" or "health:health:nurse-4": agency, as what, and who; "!" at the end: senior
// enough to decide.
Outcome<void> read_invitation(std::string text, v1::Invitation& invitation) {
  if (text.ends_with('!')) {
    invitation.set_can_decide(true);
    text.pop_back();
  }
  const size_t first = text.find(':');
  if (first == std::string::npos)
    return wrong_usage("--invite: '" + text + "' does not say as what.",
                       "Write agency and function, and who if known: health:health:n-4! where '!' "
                       "says that they can decide for the agency.");
  const size_t second = text.find(':', first + 1);
  invitation.set_agency(text.substr(0, first));
  invitation.set_function(
      text.substr(first + 1, second == std::string::npos ? std::string::npos : second - first - 1));
  if (second != std::string::npos) invitation.set_practitioner(text.substr(second + 1));
  return {};
}

Outcome<void> add_invitations(Message& request, const std::vector<std::string>& given) {
  auto& convening = static_cast<v1::ConveneDiscussionRequest&>(request);
  for (const std::string& text : given)
    if (auto read = read_invitation(text, *convening.add_invitations()); !read) return read;
  return {};
}

const std::vector<FormOption> kWhenAndWhere{
    {"--form", "form", "meeting, phone or video", true},
    {"--when", "scheduled_at", "when people come together", true},
    {"--place", "place", "where, or how to dial in"},
    {"--chair", "chair", "who chairs it: a practitioner's id; else the caller"},
    {"--reason", "reason", "the reasonable cause, or what is new", true},
    {"--looked-after", "looked_after", "a child is looked after by a local authority"},
    {"--unborn", "unborn", "a child is not born yet"}};

std::vector<FormOption> with_when_and_where(std::vector<FormOption> options) {
  options.insert(options.end(), kWhenAndWhere.begin(), kWhenAndWhere.end());
  return options;
}

void add_convening(CLI::App& parent, Session& session) {
  add_form(
      parent, session,
      {.name = "convene",
       .about =
           "Convenes a discussion that is due, or a new one in a case; or, for another time or "
           "place, one that has not begun.",
       .examples = "  mash discussion convene --due 0192f3d0-... --child 0192f3a5-... --form "
                   "meeting --when '2026-03-04 14:00' \\\n"
                   "      --reason 'An injury that nobody explains.' --invite police:police:p-9! "
                   "--invite health:health! --user sw-3\n"
                   "  mash discussion convene --case 0192f3a4-... --child 0192f3a5-... --form "
                   "phone --when '2026-03-04 10:30' --reason '...'\n",
       .method = "StrategyService/ConveneDiscussion",
       .usual = kUsualDecider,
       .options = with_when_and_where(
           {{"--due", "discussion_id", "the discussion that is due, or has not begun"},
            {"--case", "case_id", "the case of a new one"},
            {"--referral", "referral_id", "the referral a new one is about"},
            {"--child", "child_ids", "a child it is about, by the hub's id", true},
            {.name = "--invite",
             .about = "who is invited: AGENCY:FUNCTION[:PRACTITIONER][!]; '!' can decide",
             .fill = add_invitations}})});
  add_form(parent, session,
           {.name = "call-off",
            .about = "Says why a discussion that nobody has come to is not held.",
            .examples = "  mash discussion call-off 0192f3d0-... --reason 'The decision was "
                        "revised.' --user sw-3\n",
            .method = "StrategyService/CallOffDiscussion",
            .usual = kUsualDecider,
            .options = {discussion_id(), {"--reason", "reason", "why", true}}});
  add_form(parent, session,
           {.name = "reconvene",
            .about = "Has a discussion that is over held once more.",
            .examples = "  mash discussion reconvene 0192f3d0-... --form meeting --when "
                        "'2026-03-06 09:00' --reason 'The scan is back.' --user sw-3\n",
            .method = "StrategyService/ReconveneDiscussion",
            .usual = kUsualDecider,
            .options = with_when_and_where({discussion_id()})});
}

void add_reading(CLI::App& parent, Session& session) {
  add_form(parent, session,
           {.name = "show",
            .about = "A discussion: who came, what was decided, who does what by when.",
            .examples = "  mash discussion show 0192f3d0-... --as health --user n-4\n"
                        "  mash discussion show 0192f3d0-... --at '2026-03-04 15:00' --as auditor "
                        "--user a-3 --purpose 'Rapid review.'\n",
            .method = "StrategyService/GetDiscussion",
            .usual = kUsualDecider,
            .options = {discussion_id(),
                        {"--at", "as_at", "as it stood at this time"},
                        {"--purpose", "purpose", "why it is asked; an auditor must say"}},
            .show = print_discussion});
  add_form(
      parent, session,
      {.name = "list",
       .about = "Discussions: what is still to be held first, what is due first.",
       .examples = "  mash discussion list --open\n"
                   "  mash discussion list --late --as auditor --user a-3\n",
       .method = "StrategyService/ListDiscussions",
       .usual = kUsualDecider,
       .options = paged({{"--case", "case_id", "only those of this case"},
                         {"--stage", "stage", "due, convened, in-progress, closed or called-off"},
                         {"--open", "open", "only those that are not over"},
                         {"--late", "late", "only those not held in time"}}),
       .show = print_discussions});
}

}  // namespace

void add_inviting(CLI::App& parent, Session& session) {
  add_form(
      parent, session,
      {.name = "invite",
       .about = "Invites somebody, for an agency and as what.",
       .examples = "  mash discussion invite 0192f3d0-... --of education --function education "
                   "--who ht-2 --name 'H. Reed, head teacher' --can-decide\n",
       .method = "StrategyService/InviteParticipant",
       .usual = kUsualDecider,
       .options = {
           discussion_id(),
           {"--of", "invitation.agency", "the agency", true},
           {"--function", "invitation.function", "as what: social-care, police, health...", true},
           {"--who", "invitation.practitioner", "who, by the practitioner's id"},
           {"--name", "invitation.name", "name and post"},
           {"--can-decide", "invitation.can_decide", "senior enough to decide for the agency"}}});
  add_form(parent, session,
           {.name = "withdraw",
            .about = "Takes back an invitation by which nobody has come.",
            .examples = "  mash discussion withdraw 0192f3d0-... 0192f3d1-... --reason 'Another "
                        "practice is theirs.'\n",
            .method = "StrategyService/WithdrawInvitation",
            .usual = kUsualDecider,
            .options = {discussion_id(),
                        {"participant", "participant_id", "whose invitation, by its id", true},
                        {"--reason", "reason", "why", true}}});
  add_form(
      parent, session,
      {.name = "answer",
       .about = "Accepts an invitation, declines it, or names a substitute.",
       .examples =
           "  mash discussion answer 0192f3d0-... 0192f3d1-... accepted --as police --user p-9\n"
           "  mash discussion answer 0192f3d0-... 0192f3d1-... substituted --reason 'On leave.' "
           "\\\n"
           "      --substitute n-7 --substitute-name 'A. Cole, named nurse' --can-decide --as "
           "health --user n-4\n",
       .method = "StrategyService/AnswerInvitation",
       .usual = {},
       .options = {
           discussion_id(),
           {"participant", "participant_id", "whose invitation, by its id", true},
           {"answer", "answer", "accepted, declined or substituted", true},
           {"--reason", "reason", "why nobody comes, or another one"},
           {"--substitute", "substitute.practitioner", "who comes instead"},
           {"--substitute-name", "substitute.name", "their name and post"},
           {"--can-decide", "substitute.can_decide", "senior enough to decide for the agency"}}});
}

void add_discussion(CLI::App& app, Session& session) {
  CLI::App* parent = add_command(
      app, "discussion", "Strategy discussions: who comes, what is decided, who does what.", "");
  parent->require_subcommand(1);
  add_convening(*parent, session);
  add_inviting(*parent, session);
  add_holding(*parent, session);
  add_deciding(*parent, session);
  add_following_up(*parent, session);
  add_reading(*parent, session);
}

}  // namespace mash::cli
