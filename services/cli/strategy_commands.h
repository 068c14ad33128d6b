#pragma once
#include "cli/form.h"

namespace mash::cli {

// What several commands about strategy discussions, and what follows them, take.
inline FormOption discussion_id() { return {"id", "discussion_id", "the discussion's id", true}; }
inline FormOption conference_id() { return {"id", "conference_id", "the conference's id", true}; }
inline FormOption protection_id() { return {"id", "protection_id", "the protection's id", true}; }
inline FormOption case_of_it() { return {"case", "case_id", "the case's id", true}; }

// Pages of a list, as at a time.
inline std::vector<FormOption> paged(std::vector<FormOption> options) {
  options.insert(options.end(), {{"--at", "as_at", "as it stood at this time"},
                                 {"--limit", "page_size", "at most so many, to 500"},
                                 {"--page", "page_token", "from the page before"}});
  return options;
}

// The parts of `mash discussion`.
void add_inviting(CLI::App& parent, Session& session);
void add_holding(CLI::App& parent, Session& session);
void add_deciding(CLI::App& parent, Session& session);
void add_following_up(CLI::App& parent, Session& session);

}  // namespace mash::cli
