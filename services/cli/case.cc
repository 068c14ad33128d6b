#include <CLI/CLI.hpp>

#include "cli/form.h"

// mash case show, join, part, restrict and bar.
namespace mash::cli {
namespace {

const FormOption kId{"id", "case_id", "the case's id", true};
const FormOption kReason{"--reason", "reason", "why", true};

void add_joining(CLI::App& parent, Session& session) {
  add_form(
      parent, session,
      {.name = "join",
       .about = "Joins a case into another: they are one family.",
       .examples = "  mash case join 0192f3a4-... --into 0192e0aa-... --reason 'Siblings.' "
                   "--user sw-3\n",
       .method = "ReferralService/JoinCases",
       .usual = kUsualDecider,
       .options = {kId, {"--into", "into_case_id", "the case it becomes part of", true}, kReason}});
  add_form(parent, session,
           {.name = "part",
            .about = "Parts a case from the one it was joined into.",
            .examples = "  mash case part 0192f3a4-... --reason 'Other children after all.' "
                        "--user sw-3\n",
            .method = "ReferralService/PartCases",
            .usual = kUsualDecider,
            .options = {kId, kReason}});
}

void add_restricting(CLI::App& parent, Session& session) {
  add_form(parent, session,
           {.name = "restrict",
            .about = "Lets only those named see a case; naming nobody lifts that.",
            .examples = "  mash case restrict 0192f3a4-... --to social-care/sw-3 --reason '...' "
                        "--user mgr-01\n"
                        "  mash case restrict 0192f3a4-... --reason 'No longer needed.' --user "
                        "mgr-01\n",
            .method = "ReferralService/RestrictCase",
            .usual = kUsualManager,
            .options = {kId, {"--to", "named", "who may see it: social-care/sw-3"}, kReason}});
  add_form(parent, session,
           {.name = "bar",
            .about = "Bars a practitioner from a case; --lift lifts the bar.",
            .examples = "  mash case bar 0192f3a4-... police/pc-4821 --ground known-to-family \\\n"
                        "      --reason 'The father is his brother.' --user mgr-01\n",
            .method = "ReferralService/BarPractitioner",
            .usual = kUsualManager,
            .options = {kId,
                        {"practitioner", "practitioner", "who: police/pc-4821", true},
                        {"--ground", "ground",
                         "subject, alleged-perpetrator, known-to-family, other-conflict"},
                        kReason,
                        {"--lift", "lift", "lift the bar instead"}}});
}

}  // namespace

void add_case(CLI::App& app, Session& session) {
  CLI::App* parent =
      add_command(app, "case", "Cases: what joins a family's referrals, and who may see it.", "");
  parent->require_subcommand(1);
  add_form(*parent, session,
           {.name = "show",
            .about = "A case: its referrals, people, relations and patterns.",
            .examples = "  mash case show 0192f3a4-... --user t-1\n"
                        "  mash case show 0192f3a4-... --at '2026-03-03 10:00'\n",
            .method = "ReferralService/GetCase",
            .usual = kUsualTriage,
            .options = {kId,
                        {"--at", "as_at", "as it stood at this time"},
                        {"--purpose", "purpose",
                         "why it is asked; it goes on the record, and an auditor must say"}}});
  add_form(*parent, session,
           {.name = "strategy",
            .about = "What strategy knows of a case: discussions, conferences, protection, flags.",
            .examples = "  mash case strategy 0192f3a4-... --user sw-3\n",
            .method = "StrategyService/GetCaseStrategy",
            .usual = kUsualDecider,
            .options = {kId,
                        {"--at", "as_at", "as it stood at this time"},
                        {"--purpose", "purpose", "why it is asked; an auditor must say"}}});
  add_joining(*parent, session);
  add_restricting(*parent, session);
}

}  // namespace mash::cli
