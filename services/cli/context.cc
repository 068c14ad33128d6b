#include <CLI/CLI.hpp>

#include "cli/form.h"

// mash context show, find, register, correct, relate and end.
namespace mash::cli {
namespace {

const FormOption kId{"id", "context_id", "the context's id", true};
const FormOption kReason{"--reason", "reason", "why, and how it is known", true};
const FormOption kPurpose{"--purpose", "purpose", "why it is asked; it goes on the record"};

// What is known of a context.
std::vector<FormOption> context_options() {
  return {{"kind", "context.kind", "place, group, online-space or suspected-perpetrator", true},
          {"--name", "context.name", "what it is called", true},
          {"--known-as", "context.also_known_as", "another name for it"},
          {"--description", "context.description", "what is known of it"},
          {"--postcode", "context.postcode", "where a place is"},
          {"--handle", "context.handle", "where an online space is"},
          {"--suspect", "context.suspect_person_id", "who a suspected perpetrator is"}};
}

void add_looking(CLI::App& parent, Session& session) {
  add_form(parent, session,
           {.name = "show",
            .about = "A context of risk, and who is related to it.",
            .examples = "  mash context show 0192f3a4-... --user t-1\n",
            .method = "PersonService/GetContext",
            .usual = kUsualTriage,
            .options = {kId, {"--at", "as_at", "as was known at this time"}, kPurpose}});
  add_form(parent, session,
           {.name = "find",
            .about = "Contexts by what they are called, where they are, or who is in them.",
            .examples = "  mash context find --text 'eastgate' --user t-1\n",
            .method = "PersonService/FindContexts",
            .usual = kUsualTriage,
            .options = {{"--text", "text", "words of its name, a handle, or a postcode"},
                        {"--person", "person_id", "contexts this person has a part in"},
                        {"--kind", "kinds", "only of this kind"},
                        {"--limit", "limit", "at most so many"},
                        kPurpose}});
}

void add_recording(CLI::App& parent, Session& session) {
  add_form(parent, session,
           {.name = "register",
            .about = "Makes a context of risk known.",
            .examples = "  mash context register place --name 'Eastgate car park' --postcode "
                        "'GL1 1AA' --user t-1\n",
            .method = "PersonService/RegisterContext",
            .usual = kUsualTriage,
            .options = context_options()});
  auto options = context_options();
  options.insert(options.begin(), kId);
  options.push_back(kReason);
  add_form(parent, session,
           {.name = "correct",
            .about = "Says what is known of a context anew: all of it.",
            .examples = "  mash context correct 0192f3a4-... place --name 'Eastgate multi-storey' "
                        "--reason '...' --user t-1\n",
            .method = "PersonService/CorrectContext",
            .usual = kUsualTriage,
            .options = std::move(options)});
}

void add_relating(CLI::App& parent, Session& session) {
  add_form(parent, session,
           {.name = "relate",
            .about = "Relates a person to a context.",
            .examples = "  mash context relate 0192f3a4-... 0192e0aa-... --since 2026-02-01 \\\n"
                        "      --source 'Seen there by officers.' --user t-1\n",
            .method = "PersonService/RelateContext",
            .usual = kUsualTriage,
            .options = {kId,
                        {"person", "relation.person_id", "the person's id", true},
                        {"--source", "relation.source", "how it is known, and from whom", true},
                        {"--part", "relation.part", "in what way"},
                        {"--since", "relation.since", "since when: 2026-02-01"},
                        {"--until", "relation.until", "until when"}}});
  add_form(parent, session,
           {.name = "end",
            .about = "Ends a person's part in a context, or without --until says it was wrong.",
            .examples = "  mash context end 0192f3a4-... 0192f400-... --until 2026-03-01 --reason "
                        "'...' --user t-1\n",
            .method = "PersonService/RelateContext",
            .usual = kUsualTriage,
            .options = {kId,
                        {"relation", "ends_relation_id", "the relation's id", true},
                        {"--until", "relation.until", "until when it lasted: 2026-03-01"},
                        kReason}});
}

}  // namespace

void add_context(CLI::App& app, Session& session) {
  CLI::App* parent =
      add_command(app, "context",
                  "Contexts of risk: places, groups, online spaces, suspected perpetrators.", "");
  parent->require_subcommand(1);
  add_looking(*parent, session);
  add_recording(*parent, session);
  add_relating(*parent, session);
}

}  // namespace mash::cli
