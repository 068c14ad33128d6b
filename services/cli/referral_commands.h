#pragma once

namespace CLI {
class App;
}

namespace mash::cli {

struct Session;

// Commands of `mash referral` that are one call each.
void add_triage(CLI::App& referral, Session& session);      // what is done until it is decided
void add_decisions(CLI::App& referral, Session& session);   // the decision and what follows it
void add_challenges(CLI::App& referral, Session& session);  // disagreement, and other authorities

}  // namespace mash::cli
