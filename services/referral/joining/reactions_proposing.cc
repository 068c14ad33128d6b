#include <algorithm>
#include <set>

#include "log/event_log.h"
#include "referral/joining/reactions.h"
#include "referral/people/person_row.h"
#include "referral/people/persons.h"
#include "referral/rules.h"

// The hub proposes that somebody is known already. A person decides.
namespace mash::referral {
namespace {

std::set<std::string> ids_of(const std::vector<PersonInRow>& cluster) {
  std::set<std::string> ids;
  for (const PersonInRow& person : cluster) ids.insert(person.person_id);
  return ids;
}

std::set<std::string> contacts_of(const std::vector<PersonInRow>& cluster) {
  std::set<std::string> contacts;
  for (const PersonInRow& person : cluster)
    for (std::string& contact : unpacked(person.row.contacts()))
      contacts.insert(std::move(contact));
  return contacts;
}

bool share_any(const std::set<std::string>& a, const std::set<std::string>& b) {
  return std::ranges::any_of(a, [&](const std::string& each) { return b.contains(each); });
}

}  // namespace

Result<log::LookupChanges> Reactions::know(const std::string& person_id,
                                           const v1::Identity& identity,
                                           const log::Record& record) {
  const auto id = Uuid::parse(person_id);
  log::LookupChanges changes;
  if (!id) return changes;
  return propose(*id, identity, record)
      .and_then([&] { return index_.learn(*id, record.prefix.position, changes); })
      .map([&] { return std::move(changes); });
}

Result<void> Reactions::propose(const Uuid& person, const v1::Identity& identity,
                                const log::Record& record) {
  const std::string person_id = person.text();
  const auto mine = person_row(parts_.log, person_id);
  if (!mine) return tl::unexpected(mine.error());
  if (!*mine) return {};
  const auto likely = index_.find(person, {identity}, parts_.matcher.weights().propose_at());
  if (!likely) return tl::unexpected(likely.error());
  for (const LikePerson& other : *likely) {
    const auto row = person_row(parts_.log, other.person_id);
    if (!row) return tl::unexpected(row.error());
    if (!*row) continue;
    const bool is_newer = (*row)->registered_at() > (*mine)->registered_at();
    auto proposed = is_newer ? propose_one(other.person_id, person_id, other.likeness, record)
                             : propose_one(person_id, other.person_id, other.likeness, record);
    if (!proposed) return proposed;
  }
  return {};
}

// Not where it is decided, of these two or of others who are one with them; and never of persons
// who came in one contact: whoever told of both knows that they are two.
Result<bool> Reactions::may_be_proposed(const std::string& newer, const std::string& older,
                                        log::UnitOfWork& unit) const {
  const auto mine = cluster_rows(parts_.log, newer);
  if (!mine) return tl::unexpected(mine.error());
  const auto others = cluster_rows(parts_.log, older);
  if (!others) return tl::unexpected(others.error());
  const std::set<std::string> other_ids = ids_of(*others);
  if (other_ids.contains(newer) || share_any(contacts_of(*mine), contacts_of(*others)))
    return false;
  // Differences stand in both streams: those of the newer one, most often shorter, are read.
  for (const PersonInRow& person : *mine) {
    const auto state = unit.observe<Person>(person_stream(person.person_id));
    if (!state) return tl::unexpected(state.error());
    if (share_any(state->not_same_as, other_ids)) return false;
  }
  return true;
}

Result<void> Reactions::propose_one(const std::string& newer, const std::string& older,
                                    const v1::Likeness& likeness, const log::Record& record) {
  const auto by = context();
  if (!by) return tl::unexpected(by.error());
  return append(*by, record, [&](log::UnitOfWork& unit) {
    return may_be_proposed(newer, older, unit).and_then([&](bool may) -> Result<void> {
      if (!may) return {};
      return unit.decide<Person>({person_stream(newer)},
                                 Person::Proposal{.other_person_id = older,
                                                  .likeness = likeness,
                                                  .weights = parts_.matcher.weights().citation()});
    });
  });
}

}  // namespace mash::referral
