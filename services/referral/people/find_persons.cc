#include "referral/people/find_persons.h"

#include <set>

#include "referral/cases/case_guard.h"
#include "referral/intake/intake_checks.h"
#include "referral/matching/blocking.h"
#include "referral/people/identity.h"
#include "referral/people/persons.h"

namespace mash::referral {
namespace {

constexpr uint32_t kFound = 20;
constexpr uint32_t kFoundMax = 100;

// What to look by, in the form in which identities are kept. A part that does not check finds
// nobody, so the caller is told.
Result<v1::Identity> checked(const v1::FindPersonsRequest& request,
                             const matching::Weights& weights, Time now) {
  IntakeChecks lenient(true);
  v1::Identity identity = request.identity();
  check_identity("identity", identity, Whose::kAnyone, now, lenient);
  Checks checks;
  for (const FieldFault& fault : lenient.faults()) checks.fault(fault.field, fault.description);
  for (const v1::SetAside& aside : identity.set_aside()) checks.fault(aside.field(), aside.fault());
  checks.text("purpose", request.purpose(), kNoteBytesMax);
  if (request.limit() > kFoundMax)
    checks.fault("limit", "is more than " + std::to_string(kFoundMax));
  if (request.has_probability_min() &&
      !(request.probability_min() >= 0 && request.probability_min() <= 1))
    checks.fault("probability_min", "is no probability: 0 to 1");
  const auto profile = matching::profile_of(identity, weights);
  if (checks.faults().empty() && matching::blocking_keys(profile).empty())
    checks.fault("identity",
                 "says too little to look by: give a number, a name, or a date of birth with a "
                 "postcode");
  return checks.verdict().map([&] { return identity; });
}

}  // namespace

Result<host::Looks> find_persons(const PersonSearch& search, const v1::FindPersonsRequest& request,
                                 const Context& context, v1::FindPersonsResponse& response) {
  const auto identity = checked(request, search.weights, context.now);
  if (!identity) return tl::unexpected(identity.error());
  response.set_position(search.lookup.cursor());
  const double least =
      request.has_probability_min() ? request.probability_min() : search.weights.possible_at();
  const auto found = search.index.find(*identity, least);
  if (!found) return tl::unexpected(found.error());
  const uint32_t limit = request.limit() == 0 ? kFound : request.limit();
  CaseGuard guard(search.log, context.actor);
  host::Looks looks;
  std::set<std::string> seen;
  for (const LikePerson& likely : *found) {
    if (looks.size() == limit) break;
    if (seen.contains(likely.person_id)) continue;
    const auto admitted = guard.admits_to_person(likely.person_id);
    if (!admitted) return tl::unexpected(admitted.error());
    if (!*admitted) continue;
    const auto cluster = cluster_rows(search.log, likely.person_id);
    if (!cluster) return tl::unexpected(cluster.error());
    v1::FoundPerson& person = *response.add_persons();
    person.set_person_id(likely.person_id);
    *person.mutable_identity() = likely.identity;
    *person.mutable_likeness() = likely.likeness;
    for (const PersonInRow& same : *cluster) {
      seen.insert(same.person_id);
      if (same.person_id != likely.person_id) person.add_same_as(same.person_id);
    }
    looks.push_back({.stream_id = likely.person_id, .ids = {likely.person_id}});
  }
  return looks;
}

}  // namespace mash::referral
