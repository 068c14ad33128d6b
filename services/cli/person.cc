#include <CLI/CLI.hpp>

#include "cli/form.h"

// mash person show, find, proposals, register, same, not-same, relate and unrelate.
namespace mash::cli {
namespace {

const FormOption kId{"id", "person_id", "the person's id", true};
const FormOption kOther{"other", "other_person_id", "the other person's id", true};
const FormOption kReason{"--reason", "reason", "why, and how it is known", true};
const FormOption kPurpose{"--purpose", "purpose", "why it is asked; it goes on the record"};

// Who somebody is, as far as it is known.
std::vector<FormOption> identity_options() {
  return {{"--given", "identity.given_names", "given names"},
          {"--family", "identity.family_name", "family name"},
          {"--known-as", "identity.also_known_as", "another name"},
          {"--born", "identity.birth_date", "date of birth, or what is known of it: 2019-05"},
          {"--sex", "identity.sex", "male, female or indeterminate"},
          {"--nhs-number", "identity.nhs_number.value", "NHS number"},
          {"--upn", "identity.upn.value", "unique pupil number"},
          {"--postcode", "identity.addresses.postcode", "postcode"},
          {"--description", "identity.description", "in words"}};
}

void add_looking(CLI::App& parent, Session& session) {
  add_form(parent, session,
           {.name = "show",
            .about = "A person: who they are, who they may be, how they are related.",
            .examples = "  mash person show 0192f3a4-... --user t-1\n",
            .method = "PersonService/GetPerson",
            .usual = kUsualTriage,
            .options = {kId, {"--at", "as_at", "as was known at this time"}, kPurpose}});
  auto options = identity_options();
  options.push_back({"--likely", "probability_min", "only those at least this likely: 0.9"});
  options.push_back({"--limit", "limit", "at most so many"});
  options.push_back(kPurpose);
  add_form(parent, session,
           {.name = "find",
            .about = "Persons like one described, the likeliest first, each with why.",
            .examples = "  mash person find --given Ada --family Bell --born 2019-05 --user t-1\n"
                        "  mash person find --nhs-number 9990000018 --user t-1\n",
            .method = "PersonService/FindPersons",
            .usual = kUsualTriage,
            .options = std::move(options)});
  add_form(parent, session,
           {.name = "proposals",
            .about = "Persons who may be the same, undecided, the likeliest first.",
            .examples = "  mash person proposals --user t-1\n",
            .method = "PersonService/ListMatchProposals",
            .usual = kUsualTriage,
            .options = {{"--referral", "referral_id", "only of this referral's people"},
                        {"--limit", "page_size", "at most so many"},
                        {"--page", "page_token", "the page after, as the one before says"}}});
}

void add_identifying(CLI::App& parent, Session& session) {
  add_form(parent, session,
           {.name = "register",
            .about = "Makes a person known who came with no contact.",
            .examples = "  mash person register --given Rose --family Bell --user t-1\n",
            .method = "PersonService/RegisterPerson",
            .usual = kUsualTriage,
            .options = identity_options()});
  add_form(parent, session,
           {.name = "same",
            .about = "Decides that two persons are one. It can be undone.",
            .examples = "  mash person same 0192f3a4-... 0192e0aa-... --reason 'Same NHS number.' "
                        "--user t-1\n",
            .method = "PersonService/SamePerson",
            .usual = kUsualTriage,
            .options = {kId, kOther, kReason}});
  add_form(parent, session,
           {.name = "not-same",
            .about = "Decides that two persons are not one, or are not any more.",
            .examples = "  mash person not-same 0192f3a4-... 0192e0aa-... --reason 'Cousins.' "
                        "--user t-1\n",
            .method = "PersonService/NotSamePerson",
            .usual = kUsualTriage,
            .options = {kId, kOther, kReason}});
}

void add_relating(CLI::App& parent, Session& session) {
  add_form(parent, session,
           {.name = "relate",
            .about = "Relates two persons: what the first is to the other.",
            .examples = "  mash person relate 0192f3a4-... parent-of 0192e0aa-... --source 'Birth "
                        "certificate.' --user t-1\n",
            .method = "PersonService/RelatePersons",
            .usual = kUsualTriage,
            .options = {kId,
                        {"kind", "relation.kind",
                         "parent-of, child-of, sibling-of, partner-of, cares-for, "
                         "same-household-as...",
                         true},
                        {"other", "relation.other_person_id", "the other person's id", true},
                        {"--source", "relation.source", "how it is known, and from whom", true},
                        {"--since", "relation.since", "since when: 2024-09-01"},
                        {"--until", "relation.until", "until when"}}});
  add_form(parent, session,
           {.name = "unrelate",
            .about = "Ends a relation, or without --until says that it was wrong.",
            .examples = "  mash person unrelate 0192f3a4-... 0192f400-... --until 2026-01-31 \\\n"
                        "      --reason 'He moved out.' --user t-1\n",
            .method = "PersonService/UnrelatePersons",
            .usual = kUsualTriage,
            .options = {kId,
                        {"relation", "relation_id", "the relation's id", true},
                        {"--until", "until", "until when it lasted: 2026-01-31"},
                        kReason}});
}

}  // namespace

void add_person(CLI::App& app, Session& session) {
  CLI::App* parent =
      add_command(app, "person", "People: who is who, and how they are related.", "");
  parent->require_subcommand(1);
  add_looking(*parent, session);
  add_identifying(*parent, session);
  add_relating(*parent, session);
}

}  // namespace mash::cli
