#pragma once
#include <functional>
#include <iosfwd>
#include <string>

#include "cli/client.h"
#include "cli/outcome.h"
#include "cli/settings.h"

namespace CLI {
class App;
}

namespace mash::cli {

// One run of `mash`: what is common to all commands, where they read and write, and which of them
// was asked for. Lives as long as the App its commands are added to.
struct Session {
  Settings settings{};
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool asks = false;  // a person sits at the terminal and can be asked
  std::function<Outcome<void>()> run{};
};

// Who calls when nobody is named: the agency of the demonstration whose work the command is, and
// its role there. The role goes with that agency only.
struct UsualCaller {
  std::string agency;
  std::string role;
};

// A connection as the session's agency, or else as the usual caller.
Outcome<Client> connect(const Session& session, const UsualCaller& usual);

// Adds a command to the program, with its help; sets Session::run when it is chosen.
CLI::App* add_command(CLI::App& parent, const std::string& name, const std::string& about,
                      const std::string& examples);

inline const UsualCaller kUsualAuditor{.agency = "auditor", .role = "auditor"};
inline const UsualCaller kUsualDecider{.agency = "social-care", .role = "social-worker"};
inline const UsualCaller kUsualManager{.agency = "social-care", .role = "mash-manager"};
inline const UsualCaller kUsualTriage{.agency = "social-care", .role = "triage-officer"};

void add_access(CLI::App& app, Session& session);
void add_call(CLI::App& app, Session& session);
void add_case(CLI::App& app, Session& session);
void add_checkpoint(CLI::App& app, Session& session);
void add_conference(CLI::App& app, Session& session);
void add_consent(CLI::App& app, Session& session);
void add_contact(CLI::App& app, Session& session);
void add_context(CLI::App& app, Session& session);
void add_decision(CLI::App& app, Session& session);
void add_discussion(CLI::App& app, Session& session);
void add_erase(CLI::App& app, Session& session);
void add_inbox(CLI::App& app, Session& session);
void add_inbox_contacts(CLI::App& inbox, Session& session);
void add_item(CLI::App& app, Session& session);
void add_log(CLI::App& app, Session& session);
void add_missing(CLI::App& app, Session& session);
void add_person(CLI::App& app, Session& session);
void add_policy(CLI::App& app, Session& session);
void add_proof(CLI::App& app, Session& session);
void add_protection(CLI::App& app, Session& session);
void add_referral(CLI::App& app, Session& session);
void add_request(CLI::App& app, Session& session);
void add_replay(CLI::App& app, Session& session);
void add_report(CLI::App& app, Session& session);
void add_storage(CLI::App& app, Session& session);
void add_verify(CLI::App& app, Session& session);

// Runs the whole program; the caller's `argv` is main's.
int run(int argc, char** argv, Session& session);

}  // namespace mash::cli
