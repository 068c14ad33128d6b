#include <google/protobuf/message.h>

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "cli/inputs.h"
#include "cli/strategy_commands.h"
#include "cli/strategy_shown.h"
#include "mash/strategy/v1/strategy_service.pb.h"

// mash conference, protection and missing: what follows a strategy discussion.
namespace mash::cli {
namespace {

namespace v1 = strategy::v1;
using google::protobuf::Message;

// "CHILD:starts:NEG", "CHILD:ends:safe", "CHILD:ends:moved:E08000025", "CHILD:none".
Outcome<void> read_outcome(const std::string& text, v1::ChildOutcome& outcome) {
  const size_t first = text.find(':');
  if (first == std::string::npos)
    return wrong_usage("--child: '" + text + "' does not say what was decided.",
                       "Write the child's id and the plan's fate: 0192f3a5-...:starts:NEG, "
                       "...:continues:PHY, ...:ends:safe, ...:ends:moved:E08000025, ...:none.");
  const size_t second = text.find(':', first + 1);
  const std::string more = second == std::string::npos ? "" : text.substr(second + 1);
  outcome.set_child_id(text.substr(0, first));
  const auto plan = read_enum(
      *v1::PlanDecision_descriptor(),
      text.substr(first + 1, second == std::string::npos ? second : second - first - 1), "--child");
  if (!plan) return tl::unexpected(plan.error());
  outcome.set_plan(static_cast<v1::PlanDecision>(*plan));
  if (outcome.plan() != v1::PLAN_DECISION_ENDS) {
    outcome.set_category(more);
    return {};
  }
  const size_t third = more.find(':');
  const auto end = read_enum(*v1::PlanEnd_descriptor(), more.substr(0, third), "--child");
  if (!end) return tl::unexpected(end.error());
  outcome.set_end(static_cast<v1::PlanEnd>(*end));
  if (third != std::string::npos) outcome.set_moved_to_area(more.substr(third + 1));
  return {};
}

Outcome<void> add_outcomes(Message& request, const std::vector<std::string>& given) {
  auto& recording = static_cast<v1::RecordConferenceRequest&>(request);
  for (const std::string& text : given)
    if (auto read = read_outcome(text, *recording.add_outcomes()); !read) return read;
  return {};
}

void add_scheduling(CLI::App& parent, Session& session) {
  add_form(parent, session,
           {.name = "schedule",
            .about = "Gives a conference a date, or opens one that nothing before it made due.",
            .examples = "  mash conference schedule --due 0192f3e0-... --when '2026-03-20 10:00' "
                        "--chair ch-1 --user sw-3\n"
                        "  mash conference schedule --case 0192f3a4-... --kind transfer-in --child "
                        "0192f3a5-... --counted-from 2026-03-02 --reason 'Moved from Leeds.'\n",
            .method = "StrategyService/ScheduleConference",
            .usual = kUsualDecider,
            .options = {{"--due", "conference_id", "the conference that is due, or was asked for"},
                        {"--case", "case_id", "the case of a new one"},
                        {"--kind", "kind", "of a new one: initial, pre-birth or transfer-in"},
                        {"--child", "child_ids", "a child of a new one"},
                        {"--counted-from", "counted_from",
                         "when its time begins: the expected delivery, the notice of the move"},
                        {"--expected", "expected_delivery",
                         "when the birth is expected, of a pre-birth conference that is due"},
                        {"--reason", "reason", "why a new one is held"},
                        {"--when", "scheduled_at", "when it is held"},
                        {"--place", "place", "where, or how to dial in"},
                        {"--chair", "chair", "who chairs it: a practitioner's id"}}});
  add_form(parent, session,
           {.name = "request",
            .about = "Asks for a conference that children's social care did not call.",
            .examples = "  mash conference request 0192f3a4-... --child 0192f3a5-... --reason "
                        "'...' --as health --user n-4\n",
            .method = "StrategyService/RequestConference",
            .usual = {},
            .options = {case_of_it(),
                        {"--child", "child_ids", "a child it is about", true},
                        {"--reason", "reason", "what may not be safeguarded", true}}});
  add_form(parent, session,
           {.name = "extend",
            .about = "Puts the time a conference is due off, with reasons.",
            .examples = "  mash conference extend 0192f3e0-... --kind initial-conference --to "
                        "2026-03-27 --reasons '...'\n",
            .method = "StrategyService/ExtendDeadline",
            .usual = kUsualDecider,
            .options = {conference_id(),
                        {"--kind", "kind", "the timescale: initial-conference", true},
                        {"--to", "due", "when it is to be due", true},
                        {"--reasons", "reasons", "why it cannot be met", true}}});
}

void add_recording(CLI::App& parent, Session& session) {
  add_form(parent, session,
           {.name = "record",
            .about = "Records what a conference decided, or why it is not held.",
            .examples = "  mash conference record 0192f3e0-... --held '2026-03-20 10:00' --child "
                        "0192f3a5-...:starts:NEG --text '...' --user sw-3\n"
                        "  mash conference record 0192f3e0-... --text 'The family moved; ...'\n"
                        "  mash conference record 0192f3e3-... --child 0192f3a5-...:ends:died "
                        "--text '...'\n",
            .method = "StrategyService/RecordConference",
            .usual = kUsualDecider,
            .options = {conference_id(),
                        {"--held", "held_at", "when it was held; else it is not held"},
                        {.name = "--child",
                         .about = "what was decided of a child: ID:starts:NEG, ID:ends:safe, "
                                  "ID:ends:moved:AREA, ID:none",
                         .fill = add_outcomes},
                        {"--text", "text", "what was agreed, or why it is not held", true}}});
  add_form(parent, session,
           {.name = "birth",
            .about = "Says that a child was born about whom a pre-birth conference was held.",
            .examples = "  mash conference birth 0192f3e2-... --when '2026-05-02 04:10'\n",
            .method = "StrategyService/RecordBirth",
            .usual = kUsualDecider,
            .options = {conference_id(), {"--when", "born_at", "when", true}}});
  add_form(parent, session,
           {.name = "list",
            .about = "Conferences: what is due first.",
            .examples = "  mash conference list --open\n",
            .method = "StrategyService/ListConferences",
            .usual = kUsualDecider,
            .options = paged({{"--case", "case_id", "only those of this case"},
                              {"--kind", "kind", "only of this kind"},
                              {"--open", "open", "only those not held yet"},
                              {"--late", "late", "only those not held in time"}}),
            .show = print_conferences});
}

}  // namespace

void add_conference(CLI::App& app, Session& session) {
  CLI::App* parent = add_command(app, "conference", "Child protection conferences.", "");
  parent->require_subcommand(1);
  add_scheduling(*parent, session);
  add_recording(*parent, session);
}

}  // namespace mash::cli
