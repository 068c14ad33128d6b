#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "log/event_log.h"
#include "mash/referral/v1/person_events.pb.h"
#include "mash/referral/v1/person_row.pb.h"
#include "referral/people/cluster.h"

namespace mash::log {
class UnitOfWork;
}

namespace mash::referral {

// The view of persons: a row for each (person_row.h).
inline constexpr std::string_view kPersonsView = "persons";

// Reading persons of the log, by point reads that take the same time however much is known of
// somebody. `as_at_size` is the log's size to read as at; absent: now.
using AsAtSize = std::optional<uint64_t>;

// A person's row; nothing where nobody is known by this id.
Result<std::optional<v1::PersonRow>> person_row(const log::EventLog& log,
                                                const std::string& person_id,
                                                AsAtSize as_at_size = {});

// Whether the caller may name this person in a contact: the hub, and agencies that told of them.
Result<bool> may_name(const log::EventLog& log, const std::string& person_id, const Actor& actor);

// Everyone who is held to be one person with this one, their rows with them, this one first.
struct PersonInRow {
  std::string person_id;
  v1::PersonRow row;
};
Result<std::vector<PersonInRow>> cluster_rows(const log::EventLog& log,
                                              const std::string& person_id,
                                              AsAtSize as_at_size = {});

// The same from the streams, as a command needs it: what it rests on is asserted when it commits.
Result<Cluster> observe_cluster(log::UnitOfWork& unit, const std::string& person_id);

// Who somebody is.
struct KnownIdentity {
  std::optional<v1::Identity> identity;
  bool erased = false;
};

// As is known at the row's time, opened.
Result<KnownIdentity> identity_in(const log::EventLog& log, const v1::PersonRow& row);

// As their events tell: to an agency what it told itself, last; to the others what is known.
KnownIdentity identity_of(const std::vector<v1::PersonEvent>& events, bool erased,
                          const std::string& only_agency = {});

// The likenesses with earlier persons that wait for a decision, as a person's events tell.
std::vector<v1::MatchProposal> open_proposals(const std::string& person_id,
                                              const std::vector<v1::PersonEvent>& events);

// Whether somebody is a child at `now`: under eighteen, or not born yet. Somebody whose age nobody
// knows counts as one, since to overlook a child is worse than to count an adult.
bool is_child(const v1::Identity& identity, Time now);

}  // namespace mash::referral
