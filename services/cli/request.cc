#include <CLI/CLI.hpp>

#include "cli/sharing_commands.h"
#include "cli/sharing_shown.h"

// mash request: what the MASH asks agencies, and what they answer.
namespace mash::cli {
namespace {

void add_asking(CLI::App& parent, Session& session) {
  add_form(
      parent, session,
      {.name = "ask",
       .about = "Asks one agency what it holds on named persons.",
       .examples =
           "  mash request ask --referral 0192f3a4-... --of health --about 0192f3a5-... \\\n"
           "      --purpose 'To decide whether section 47 enquiries start.' --rating red \\\n"
           "      --question 'Injuries seen since January?' --user t-1 \\\n"
           "      --why-no-consent 'Asking would put the children at risk.'\n",
       .method = "SharingService/RequestInformation",
       .usual = kUsualTriage,
       .options = {{"--referral", "terms.referral_id", "the referral it is made for", true},
                   {"--of", "terms.agency", "the agency that is asked", true},
                   {"--about", "terms.person_ids", "whom it is about, by the hub's id", true},
                   {"--purpose", "terms.purpose", "what for, truly", true},
                   {"--question", "terms.questions", "what is asked", true},
                   {"--rating", "terms.rating", "red, amber or green: sets the deadline", true},
                   {"--consent", "terms.consent_id", "the consent it rests on"},
                   {"--gateway", "terms.gateway", "the power or duty it rests on: ca2004-s16la"},
                   {"--why-no-consent", "terms.without_consent_reason",
                    "why consent was not asked for or is not relied on"}}});
  add_form(parent, session,
           {.name = "extend",
            .about = "Puts the deadline of a request off, with reasons.",
            .examples = "  mash request extend 0192f3a4-... --to '2026-03-05 17:00' --reasons "
                        "'The record is on paper.' --user t-1\n",
            .method = "SharingService/ExtendDeadline",
            .usual = kUsualTriage,
            .options = {information_request_id(),
                        {"--to", "due", "when it is to be due", true},
                        {"--reasons", "reasons", "why it cannot be met", true}}});
}

void add_answering(CLI::App& parent, Session& session) {
  add_form(
      parent, session,
      {.name = "answer",
       .about = "Answers with items, that nothing is held, or why not.",
       .examples = "  mash request answer 0192f3a4-... items --items items.json --as health --user "
                   "n-4\n"
                   "  mash request answer 0192f3a4-... nothing-held --text 'Searched: SystmOne.' "
                   "--as education --user t-3\n"
                   "  mash request answer 0192f3a4-... declined --ground prejudice-investigation "
                   "--text '...' --as police --user p-7\n",
       .method = "SharingService/AnswerRequest",
       .usual = {},
       .options = {information_request_id(),
                   {"answer", "answer", "items, nothing-held or declined", true},
                   {"--items", "items",
                    "file with the items as JSON, one or an array; '-' is standard input"},
                   {"--text", "text", "where it was searched, or why it is declined"},
                   {"--ground", "ground", "why it is declined, by its code"}}});
}

void add_reading(CLI::App& parent, Session& session) {
  add_form(parent, session,
           {.name = "show",
            .about = "An information request, for who asked and who was asked.",
            .examples = "  mash request show 0192f3a4-... --as health --user n-4\n",
            .method = "SharingService/GetRequest",
            .usual = kUsualTriage,
            .options = {information_request_id(),
                        as_at(),
                        {"--purpose", "purpose", "why it is asked; an auditor must say"}}});
  add_form(parent, session,
           {.name = "list",
            .about = "Information requests: what is still to be answered first.",
            .examples = "  mash request list --open --as health --user n-4\n"
                        "  mash request list --late --of education\n",
            .method = "SharingService/ListRequests",
            .usual = kUsualTriage,
            .options = {{"--case", "case_id", "only those of this case"},
                        {"--of", "agency", "only those put to this agency"},
                        {"--open", "open", "only those not answered yet"},
                        {"--late", "late", "only those not answered in time"},
                        as_at(),
                        {"--limit", "page_size", "at most so many, to 1000"},
                        {"--page", "page_token", "from the page before"}},
            .show = print_requests});
}

}  // namespace

void add_request(CLI::App& app, Session& session) {
  CLI::App* parent = add_command(app, "request", "Information requests, and their answers.", "");
  parent->require_subcommand(1);
  add_asking(*parent, session);
  add_answering(*parent, session);
  add_reading(*parent, session);
}

}  // namespace mash::cli
