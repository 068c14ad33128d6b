#include <CLI/CLI.hpp>
#include <cstdlib>
#include <ostream>

#include "cli/commands.h"
#include "cli/credentials.h"
#include "cli/near_miss.h"
#include "cli/print.h"

#ifndef MASH_VERSION
#define MASH_VERSION "test"
#endif

// The program as a whole: its common options, its commands, and what a typing error is answered
// with.
namespace mash::cli {
namespace {

constexpr const char* kAbout =
    "mash - the multi-agency safeguarding hub's command line, for agencies, auditors and "
    "operators";

constexpr const char* kFooter =
    "\nExit codes: 0 done; 1 the hub refused; 2 the command line or its input is wrong;\n"
    "3 no hub, or it does not accept who is calling; 4 what was to be verified does not hold;\n"
    "5 some of several were refused; 6 a file cannot be read or written.\n"
    "'mash COMMAND --help' has examples.";

void add_common_options(CLI::App& app, Settings& settings) {
  const std::string group = "Common options (anywhere on the line)";
  app.add_option("--address", settings.address,
                 "the hub's address; or, of services apart, SERVICE=ADDRESS,SERVICE=ADDRESS...")
      ->envname("MASH_ADDRESS")
      ->capture_default_str()
      ->group(group);
  app.add_option("--pki", settings.pki, "folder with ca.pem and AGENCY/{cert,key}.pem")
      ->envname("MASH_PKI")
      ->capture_default_str()
      ->group(group);
  app.add_option("--as", settings.agency, "call with this agency's certificate")
      ->envname("MASH_AS")
      ->type_name("AGENCY")
      ->group(group);
  app.add_option("--user", settings.user, "the practitioner who is acting, by their opaque id")
      ->envname("MASH_USER")
      ->group(group);
  app.add_option("--role", settings.role, "the role they act in, one of the certificate's")
      ->envname("MASH_ROLE")
      ->group(group);
  app.add_option("--timeout", settings.timeout_s,
                 "seconds to wait; default: 30 for an answer, for ever on a stream")
      ->check(CLI::PositiveNumber)
      ->group(group);
  app.add_flag("--json", settings.json, "write JSON, one object a line, for programs")
      ->group(group);
}

// An option that may be given several times takes one value each time: what follows is not its.
void take_one_value_each(CLI::App& app) {
  for (CLI::Option* option : app.get_options())
    if (!option->get_positional()) option->allow_extra_args(false);
  for (CLI::App* command : app.get_subcommands([](CLI::App*) { return true; }))
    take_one_value_each(*command);
}

std::vector<std::string> names_of(const std::vector<CLI::App*>& commands) {
  std::vector<std::string> out;
  out.reserve(commands.size());
  for (const CLI::App* command : commands) out.push_back(command->get_name());
  return out;
}

std::vector<std::string> long_options_of(const CLI::App& app) {
  std::vector<std::string> out;
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) out.push_back("--" + name);
  return out;
}

// The command the line got to before it went wrong.
CLI::App& deepest(CLI::App& app) {
  const std::vector<CLI::App*> chosen = app.get_subcommands();
  return chosen.empty() ? app : deepest(*chosen.back());
}

std::string usage_of(const CLI::App& app) {
  const CLI::App* parent = app.get_parent();
  return (parent != nullptr ? usage_of(*parent) + " " : "") + app.get_name();
}

// What CLI11 says, with what was perhaps meant.
Failure usage_failure(const CLI::ParseError& error, CLI::App& app) {
  CLI::App& at = deepest(app);
  Failure out{Exit::kUsage,
              {.code = Code::kInvalidArgument, .reason = "USAGE", .message = error.what()},
              "'" + usage_of(at) + " --help' shows how it is used."};
  const auto commands = at.get_subcommands([](CLI::App*) { return true; });
  const std::vector<std::string> extras = app.remaining(true);
  if (!extras.empty()) {
    const std::string& word = extras.front();
    std::vector<std::string> known = names_of(commands);
    if (word.starts_with('-')) {
      known = long_options_of(at);
      const auto common = long_options_of(app);
      known.insert(known.end(), common.begin(), common.end());
    }
    const bool command_wanted = !commands.empty() && !word.starts_with('-');
    out.error.message = usage_of(at) + (command_wanted ? " has no command '" : " does not take '") +
                        shown(word) + "'.";
    const std::string meant = did_you_mean(word.substr(0, word.find('=')), known);
    if (!meant.empty()) out.advice = meant + " " + out.advice;
  }
  return out;
}

}  // namespace

CLI::App* add_command(CLI::App& parent, const std::string& name, const std::string& about,
                      const std::string& examples) {
  CLI::App* command = parent.add_subcommand(name, about);
  command->fallthrough();
  if (!examples.empty()) command->footer("\nExamples:\n" + examples);
  return command;
}

Outcome<Client> connect(const Session& session, const UsualCaller& usual) {
  Settings settings = session.settings;
  if (settings.agency.empty()) settings.agency = usual.agency;
  if (settings.role.empty() && settings.agency == usual.agency) settings.role = usual.role;
  if (settings.agency.empty()) {
    const std::vector<std::string> known = agencies_in(settings.pki);
    std::string advice;
    for (const std::string& name : known) advice += (advice.empty() ? "There are: " : ", ") + name;
    return wrong_usage("Who is calling? Name the agency with --as, or set MASH_AS.",
                       advice.empty() ? advice : advice + ".");
  }
  return Client::connect(settings, settings.agency);
}

int run(int argc, char** argv, Session& session) {
  CLI::App app(kAbout, "mash");
  app.set_version_flag("--version", std::string("mash ") + MASH_VERSION);
  app.require_subcommand(1);
  app.footer(kFooter);
  app.get_formatter()->column_width(34);
  add_common_options(app, session.settings);
  add_call(app, session);
  add_contact(app, session);
  add_referral(app, session);
  add_case(app, session);
  add_person(app, session);
  add_context(app, session);
  add_request(app, session);
  add_item(app, session);
  add_decision(app, session);
  add_consent(app, session);
  add_access(app, session);
  add_discussion(app, session);
  add_conference(app, session);
  add_protection(app, session);
  add_missing(app, session);
  add_inbox(app, session);
  add_log(app, session);
  add_replay(app, session);
  add_report(app, session);
  add_checkpoint(app, session);
  add_proof(app, session);
  add_verify(app, session);
  add_storage(app, session);
  add_erase(app, session);
  add_policy(app, session);
  take_one_value_each(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked_for_help) {
    return app.exit(asked_for_help, session.out, session.err);
  } catch (const CLI::ParseError& error) {
    explain(usage_failure(error, app), session.settings.json, session.err);
    return static_cast<int>(Exit::kUsage);
  }
  const Outcome<void> done = session.run();
  session.out.flush();
  if (done) return static_cast<int>(Exit::kDone);
  explain(done.error(), session.settings.json, session.err);
  return static_cast<int>(done.error().exit);
}

}  // namespace mash::cli
