#include "referral/contexts/find_contexts.h"

#include <algorithm>
#include <functional>
#include <set>

#include "core/checks.h"
#include "referral/cases/case_guard.h"
#include "referral/contexts/context_reads.h"
#include "referral/joining/lookups.h"
#include "referral/people/person_row.h"
#include "referral/people/persons.h"

namespace mash::referral {
namespace {

constexpr uint32_t kFound = 20;
constexpr uint32_t kFoundMax = 100;
// Who searches for a word that more contexts have is to add another.
constexpr size_t kContextsRead = 200;

// Which contexts the request may mean.
Result<std::vector<std::string>> meant(const log::EventLog& log, const log::Lookup& lookup,
                                       const vault::KeyRing& keys,
                                       const v1::FindContextsRequest& request, CaseGuard& guard) {
  if (request.person_id().empty()) return contexts_found_by(lookup, keys, request.text());
  const auto admitted = guard.admits_to_person(request.person_id());
  if (!admitted) return tl::unexpected(admitted.error());
  if (!*admitted) return std::vector<std::string>{};
  return cluster_rows(log, request.person_id()).map([](const std::vector<PersonInRow>& cluster) {
    std::set<std::string> contexts;
    for (const PersonInRow& person : cluster)
      for (std::string& context : unpacked(person.row.contexts()))
        contexts.insert(std::move(context));
    return std::vector<std::string>(contexts.begin(), contexts.end());
  });
}

Result<void> check(const v1::FindContextsRequest& request) {
  Checks checks;
  if (request.text().empty() == request.person_id().empty())
    checks.fault("text", "or person_id is needed, and not both");
  checks.line("text", request.text());
  checks.text("purpose", request.purpose(), kNoteBytesMax);
  if (request.limit() > kFoundMax)
    checks.fault("limit", "is more than " + std::to_string(kFoundMax));
  return checks.verdict();
}

}  // namespace

Result<host::Looks> find_contexts(const log::EventLog& log, const log::Lookup& lookup,
                                  const vault::KeyRing& keys,
                                  const v1::FindContextsRequest& request, const Context& context,
                                  v1::FindContextsResponse& response) {
  if (auto sound = check(request); !sound) return tl::unexpected(sound.error());
  const log::AsAt now{.size = {}, .time = context.now};
  CaseGuard guard(log, context.actor);
  auto ids = meant(log, lookup, keys, request, guard);
  if (!ids) return tl::unexpected(ids.error());
  if (ids->size() > kContextsRead) ids->resize(kContextsRead);
  std::vector<v1::ContextDetail> found;
  for (const std::string& context_id : *ids) {
    auto detail = read_context(log, context_id, now, true, guard);
    if (!detail) return tl::unexpected(detail.error());
    if (!*detail || (*detail)->erased()) continue;
    const auto& kinds = request.kinds();
    if (!kinds.empty() && std::ranges::find(kinds, (*detail)->context().kind()) == kinds.end())
      continue;
    found.push_back(std::move(**detail));
  }
  std::ranges::stable_sort(found, std::greater<>(), &v1::ContextDetail::children);
  const size_t limit = request.limit() == 0 ? kFound : request.limit();
  if (found.size() > limit) found.resize(limit);
  host::Looks looks;
  for (v1::ContextDetail& detail : found) {
    looks.push_back(look_at(detail));
    *response.add_contexts() = std::move(detail);
  }
  return looks;
}

}  // namespace mash::referral
