#include "referral/people/person_reads.h"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "core/caller.h"
#include "core/checks.h"
#include "log/as_at.h"
#include "log/handle.h"
#include "referral/cases/case_guard.h"
#include "referral/detail.h"
#include "referral/joining/history.h"
#include "referral/people/person.h"
#include "referral/people/person_row.h"
#include "referral/people/persons.h"
#include "referral/rules.h"

namespace mash::referral {
namespace {

using Sees = Audience::Sees;

// A person's stream, and what of it the caller may see.
struct PersonRead {
  log::StreamHistory history;
  std::vector<v1::PersonEvent> events;  // opened where content is shown
  bool erased = false;
  Person::State state;
};

Result<PersonRead> read_person(const log::EventLog& log, const std::string& person_id,
                               const log::AsAt& at, const Actor& actor, bool with_content) {
  auto history = log.read_stream(person_stream(person_id), 1, at.size, with_content);
  if (!history) return tl::unexpected(history.error());
  auto events = log::public_events<v1::PersonEvent>(history->records);
  if (!events) return tl::unexpected(events.error());
  PersonRead read{.history = std::move(*history), .events = std::move(*events)};
  read.state = fold<Person>(read.events);
  const bool may = Person::may_know(read.state, actor) || (read.state.known && is_auditor(actor));
  if (!may) return no_such("person");
  if (!with_content) return read;
  auto opened = log::opened_events<v1::PersonEvent>(log, read.history.records);
  if (!opened) return tl::unexpected(opened.error());
  read.events = std::move(opened->events);
  read.erased = opened->erased;
  return read;
}

void fill_head(const PersonRead& read, v1::GetPersonResponse& response) {
  response.set_version(read.history.version);
  to_proto(read.history.records.front().prefix.recorded_at, response.mutable_registered_at());
  response.set_registered_by_agency(read.events.front().registered().agency());
  for (size_t i = 0; i < read.events.size(); ++i)
    if (read.events[i].has_corrected())
      to_proto(read.history.records[i].prefix.recorded_at, response.mutable_corrected_at());
}

// Relations as they were recorded, with their end where they have one; those that were recorded
// wrongly are left out, as far as content tells which these are.
void fill_relations(const PersonRead& read, bool with_content, v1::GetPersonResponse& response) {
  std::map<std::string, v1::Relation> relations;
  for (const v1::PersonEvent& event : read.events) {
    if (event.has_related())
      relations[event.related().relation().relation_id()] = event.related().relation();
    if (!event.has_unrelated()) continue;
    if (!event.unrelated().until().empty())
      relations[event.unrelated().relation_id()].set_until(event.unrelated().until());
    else if (with_content && !read.erased)
      relations.erase(event.unrelated().relation_id());
  }
  for (auto& [id, relation] : relations) *response.add_relations() = std::move(relation);
}

Result<void> fill_contacts(const log::EventLog& log, const std::vector<PersonInRow>& cluster,
                           const log::AsAt& at, CaseGuard& guard, v1::GetPersonResponse& response) {
  std::map<std::string, std::string, std::greater<>> named;  // the person each contact named
  for (const PersonInRow& person : cluster)
    for (const std::string& contact : unpacked(person.row.contacts()))
      named.emplace(contact, person.person_id);
  for (const auto& [referral_id, person_id] : named) {
    if (static_cast<size_t>(response.contacts_size()) == kEarlierShown) break;
    const auto admitted = guard.admits_to_referral(referral_id);
    if (!admitted) return tl::unexpected(admitted.error());
    if (!*admitted) continue;
    auto contact = contact_about(log, referral_id, person_id, at.size);
    if (!contact) return tl::unexpected(contact.error());
    if (*contact) *response.add_contacts() = std::move(**contact);
  }
  return {};
}

// Others and contacts that the caller may not see are left out.
Result<void> fill_connections(const log::EventLog& log, const PersonRead& read, const log::AsAt& at,
                              bool with_content, CaseGuard& guard,
                              v1::GetPersonResponse& response) {
  for (const std::string& other : read.state.not_same_as) response.add_not_same_as(other);
  for (v1::MatchProposal& proposal : open_proposals(response.person_id(), read.events))
    *response.add_proposals() = std::move(proposal);
  fill_relations(read, with_content, response);
  const auto other = [](const auto& item) { return item.other_person_id(); };
  auto kept = guard.keep_admitted_proposals(*response.mutable_proposals());
  if (kept) kept = guard.keep_admitted(*response.mutable_relations(), other);
  if (kept) kept = guard.keep_admitted(*response.mutable_not_same_as());
  if (!kept) return kept;
  std::set<std::string> contexts;
  for (const auto& [relation_id, context_id] : read.state.contexts) contexts.insert(context_id);
  for (const std::string& context_id : contexts) response.add_context_ids(context_id);
  const auto cluster = cluster_rows(log, response.person_id(), at.size);
  if (!cluster) return tl::unexpected(cluster.error());
  for (const PersonInRow& person : *cluster)
    if (person.person_id != response.person_id()) response.add_same_as(person.person_id);
  // As at the past they may have been held to be one with somebody they are not any more.
  if (kept = guard.keep_admitted(*response.mutable_same_as()); !kept) return kept;
  return fill_contacts(log, *cluster, at, guard, response);
}

}  // namespace

Result<host::Looks> get_person(const log::EventLog& log, const v1::GetPersonRequest& request,
                               const Context& context, v1::GetPersonResponse& response) {
  if (auto sound = check_purpose(request.purpose()); !sound) return tl::unexpected(sound.error());
  const auto at = log::as_at(log, request, context);
  if (!at) return tl::unexpected(at.error());
  const Audience audience = Audience::of(context.actor, request.purpose());
  const bool with_content = audience.sees != Sees::kNoContent;
  const auto read = read_person(log, request.person_id(), *at, context.actor, with_content);
  if (!read) return tl::unexpected(read.error());
  CaseGuard guard(log, context.actor);
  if (auto admitted = guard.check_person(request.person_id()); !admitted)
    return tl::unexpected(admitted.error());

  response.set_person_id(request.person_id());
  fill_head(*read, response);
  if (audience.sees != Sees::kOwn)
    if (auto filled = fill_connections(log, *read, *at, with_content, guard, response); !filled)
      return tl::unexpected(filled.error());
  if (!with_content) return host::Looks{};
  const KnownIdentity known =
      identity_of(read->events, read->erased, audience.sees == Sees::kOwn ? audience.agency : "");
  response.set_erased(known.erased);
  if (known.identity) *response.mutable_identity() = *known.identity;
  return host::Looks{{.stream_id = request.person_id(),
                      .ids = {request.person_id()},
                      .as_at_size = at->size.value_or(0)}};
}

}  // namespace mash::referral
