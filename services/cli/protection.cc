#include <CLI/CLI.hpp>

#include "cli/strategy_commands.h"
#include "cli/strategy_shown.h"

// mash protection and mash missing: a child protected at once, and a child who is missing.
namespace mash::cli {
namespace {

void add_protecting(CLI::App& parent, Session& session) {
  add_form(
      parent, session,
      {.name = "record",
       .about = "Records that a child was taken into emergency protection.",
       .examples = "  mash protection record 0192f3a4-... police-protection --child 0192f3a5-... "
                   "--since '2026-03-04 22:10' \\\n"
                   "      --authority 'Insp. Hale' --reason '...' --other-children 'The sister is "
                   "with her aunt.' --acted-alone '...' --as police --user p-9\n",
       .method = "StrategyService/RecordProtection",
       .usual = {},
       .options = {case_of_it(),
                   {"kind", "kind", "emergency-protection-order or police-protection", true},
                   {"--child", "child_ids", "a child, by the hub's id", true},
                   {"--since", "started_at", "since when", true},
                   {"--authority", "authority", "the officer, or the court", true},
                   {"--reason", "reason", "what led to it", true},
                   {"--other-children", "other_children",
                    "what was considered of other children in the household", true},
                   {"--days", "days", "for how many days a court made the order; else 8"},
                   {"--counted-from", "counted_from",
                    "when the police protection began that the order took the place of"},
                   {"--agency", "agency", "the agency that acted, where the hub says so"},
                   {"--planned-in", "discussion_id", "the discussion that planned it"},
                   {"--acted-alone", "acted_alone", "why an agency acted before a discussion"},
                   {"--other-authority", "other_authority.area",
                    "another authority that is responsible, by its ONS code"},
                   {"--consulted", "other_authority.consulted_at", "when it was consulted"}}});
  add_form(parent, session,
           {.name = "extend",
            .about = "Records that a court extended an emergency protection order.",
            .examples = "  mash protection extend 0192f3f0-... --days 7 --reason 'Gloucester "
                        "Family Court, ...'\n",
            .method = "StrategyService/ExtendProtection",
            .usual = kUsualDecider,
            .options = {protection_id(),
                        {"--days", "days", "by how many days: 1 to 7", true},
                        {"--when", "extended_at", "when the court did; else now"},
                        {"--reason", "reason", "the court, and why", true}}});
}

void add_ending(CLI::App& parent, Session& session) {
  add_form(parent, session,
           {.name = "responsibility",
            .about = "Records that another authority was consulted, or accepted responsibility.",
            .examples = "  mash protection responsibility 0192f3f0-... --area E08000025 "
                        "--consulted '2026-03-04 23:00' --accepted '2026-03-05 09:30' --by 'J. "
                        "Hill, team manager'\n",
            .method = "StrategyService/RecordResponsibility",
            .usual = kUsualDecider,
            .options = {protection_id(),
                        {"--area", "other_authority.area", "which, by its ONS code", true},
                        {"--consulted", "other_authority.consulted_at", "when it was consulted"},
                        {"--accepted", "other_authority.accepted_at", "when it accepted"},
                        {"--by", "other_authority.accepted_by", "who accepted there"},
                        {"--written", "other_authority.written_at",
                         "when that was confirmed in writing"}}});
  add_form(parent, session,
           {.name = "end",
            .about = "Records that protection ended, and what follows.",
            .examples = "  mash protection end 0192f3f0-... accommodated --text 'Section 20, with "
                        "foster carers.' --user sw-3\n",
            .method = "StrategyService/EndProtection",
            .usual = kUsualDecider,
            .options = {protection_id(),
                        {"how", "end", "returned, order, accommodated, discharged or lapsed", true},
                        {"--when", "ended_at", "when; else now"},
                        {"--text", "text", "what follows for the child", true}}});
}

}  // namespace

void add_protection(CLI::App& app, Session& session) {
  CLI::App* parent =
      add_command(app, "protection", "Emergency protection orders and police protection.", "");
  parent->require_subcommand(1);
  add_protecting(*parent, session);
  add_ending(*parent, session);
}

void add_missing(CLI::App& app, Session& session) {
  CLI::App* parent = add_command(app, "missing", "Children who are missing.", "");
  parent->require_subcommand(1);
  const FormOption child{"child", "child_id", "the child, by the hub's id", true};
  add_form(*parent, session,
           {.name = "flag",
            .about = "Flags a child as missing: every agency with a part in the case sees it.",
            .examples = "  mash missing flag 0192f3a4-... 0192f3a5-... --since '2026-03-04 21:00' "
                        "--details 'Left school at four.' --as police --user p-9\n",
            .method = "StrategyService/FlagMissing",
            .usual = {},
            .options = {case_of_it(),
                        child,
                        {"--since", "missing_since", "since when", true},
                        {"--details", "details", "what is known", true},
                        {"--looked-after", "looked_after", "looked after by a local authority"},
                        {"--told", "authorities_told",
                         "another authority that was told, by its ONS code"}}});
  add_form(*parent, session,
           {.name = "found",
            .about = "Takes the flag down: the child was found.",
            .examples = "  mash missing found 0192f3a4-... 0192f3a5-... --details 'At her "
                        "father's.' --as police --user p-9\n",
            .method = "StrategyService/ClearMissing",
            .usual = {},
            .options = {case_of_it(),
                        child,
                        {"--when", "found_at", "when; else now"},
                        {"--details", "details", "where, and how they are", true}}});
  add_form(*parent, session,
           {.name = "list",
            .about = "Children who are missing, of cases the caller may know of.",
            .examples = "  mash missing list --as education --user ht-2\n",
            .method = "StrategyService/ListMissing",
            .usual = kUsualDecider,
            .options = paged({}),
            .show = print_missing});
}

}  // namespace mash::cli
