#include <CLI/CLI.hpp>

#include "cli/item_files.h"
#include "cli/sharing_commands.h"
#include "cli/sharing_shown.h"

// mash item: what an agency holds, puts into the hub, corrects and calls back; and who reads it.
namespace mash::cli {
namespace {

void add_holding(CLI::App& parent, Session& session) {
  add_form(
      parent, session,
      {.name = "offer",
       .about = "Puts items into the hub that nobody asked for. They are held: nobody reads "
                "them before a decision.",
       .examples = "  mash item offer 0192f3a4-... --items items.json --as police --user "
                   "p-7\n"
                   "  mash call SharingService/OfferInformation --describe --as police    the "
                   "fields of an item\n",
       .method = "SharingService/OfferInformation",
       .usual = {},
       .options = {{"case", "case_id", "the case's id", true},
                   {"--items", "items",
                    "file with the items as JSON, one or an array; '-' is standard input", true}}});
  add_form(parent, session,
           {.name = "sanitise",
            .about = "Makes a version of an item without what must not go out.",
            .examples = "  mash item sanitise 0192f3a4-... --content sanitised.json --as health "
                        "--user n-4\n",
            .method = "SharingService/ProvideSanitised",
            .usual = {},
            .options = {{"id", "source_item_id", "the item it is made from", true},
                        {"--content", "content", "file with what it says, as JSON", true}}});
}

void add_recalling(CLI::App& parent, Session& session) {
  add_form(parent, session,
           {.name = "correct",
            .about = "Corrects an item that proved wrong: everyone it reached must acknowledge.",
            .examples = "  mash item correct 0192f3a4-... --content right.json --reason 'Another "
                        "child of that name.' --as health --user n-4\n",
            .method = "SharingService/CorrectItem",
            .usual = {},
            .options = {item_id(),
                        {"--content", "content", "file with the whole item as it is right", true},
                        {"--reason", "reason", "what was wrong, and how that is known", true}}});
  add_form(parent, session,
           {.name = "recall",
            .about = "Calls an item back: nobody reads it any more.",
            .examples = "  mash item recall 0192f3a4-... --reason 'Not about this family.' --as "
                        "health --user n-4\n",
            .method = "SharingService/RecallItem",
            .usual = {},
            .options = {item_id(), {"--reason", "reason", "why", true}}});
  add_form(parent, session,
           {.name = "acknowledge",
            .about = "Acknowledges a correction or recall.",
            .examples = "  mash item acknowledge 0192f3a4-... --action 'Struck from our record.' "
                        "--as police --user p-7\n",
            .method = "SharingService/AcknowledgeRecall",
            .usual = {},
            .options = {item_id(),
                        {"--action", "action", "what was done with what rested on it", true}}});
}

void add_reading(CLI::App& parent, Session& session) {
  add_form(parent, session,
           {.name = "read",
            .about = "What an item says, to its owner and to whom it was disclosed.",
            .examples = "  mash item read 0192f3a4-... --purpose 'To plan the visit.' --as police "
                        "--user p-7\n",
            .method = "SharingService/ReadItem",
            .usual = {},
            .options = {item_id(), purpose_of_look(), as_at()}});
  add_form(parent, session,
           {.name = "disclosed",
            .about = "What was disclosed to your agency, of a case or a person.",
            .examples = "  mash item disclosed --case 0192f3a4-... --purpose triage --as police "
                        "--user p-7\n",
            .method = "SharingService/ListDisclosed",
            .usual = {},
            .options = {{"--case", "case_id", "of this case"},
                        {"--person", "person_id", "of this person, in whatever cases"},
                        {"--to-acknowledge", "to_acknowledge",
                         "only what was corrected or recalled and waits for you"},
                        purpose_of_look(),
                        {"--limit", "page_size", "at most so many, to 1000"},
                        {"--page", "page_token", "from the page before"}},
            .show = print_disclosed});
}

}  // namespace

void add_item(CLI::App& app, Session& session) {
  CLI::App* parent = add_command(app, "item", "What agencies hold, and who reads it.", "");
  parent->require_subcommand(1);
  add_holding(*parent, session);
  add_recalling(*parent, session);
  add_reading(*parent, session);
  add_item_files(*parent, session);
}

void add_access(CLI::App& app, Session& session) {
  add_form(app, session,
           {.name = "access",
            .about = "Who holds what about a person or in a case, and who was given it or not.",
            .examples = "  mash access --person 0192f3a4-... --purpose 'Subject access request.' "
                        "--as auditor --user aud-03\n"
                        "  mash access --case 0192f3a4-... --purpose triage --at '2026-03-03 "
                        "10:00'\n",
            .method = "SharingService/ExplainAccess",
            .usual = kUsualTriage,
            .options = {{"--case", "case_id", "of this case"},
                        {"--person", "person_id", "about this person, in whatever cases"},
                        purpose_of_look(),
                        as_at(),
                        {"--limit", "page_size", "at most so many items"},
                        {"--page", "page_token", "from the page before"}},
            .show = print_holdings});
}

}  // namespace mash::cli
