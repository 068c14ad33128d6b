#include "referral/joining/reactions.h"

#include <algorithm>
#include <future>
#include <set>

#include "core/caller.h"
#include "core/timestamp.h"
#include "log/event_log.h"
#include "mash/referral/v1/context_events.pb.h"
#include "mash/referral/v1/person_events.pb.h"
#include "policy/packs.h"
#include "referral/joining/history.h"
#include "referral/joining/lookups.h"
#include "referral/joining/patterns.h"
#include "referral/people/person_row.h"
#include "referral/people/persons.h"
#include "referral/rules.h"

// Which record calls for what, and how it is put on the record; proposing has a file of its own.
namespace mash::referral {
namespace {

// The newest contacts that are found anew when who is who, or who is in a context, changes.
constexpr size_t kContactsRefreshedMax = 200;

template <class Event>
bool is_a(const log::Record& record) {
  return record.body.type() == Event::descriptor()->full_name();
}

// A record's event with what is personal in it, or without where that is erased.
template <class Event>
Result<log::OpenedEvents<Event>> opened(const log::EventLog& log, const log::Record& record) {
  return log::opened_events<Event>(log, {record});
}

bool same(const google::protobuf::Message& a, const google::protobuf::Message& b) {
  return a.SerializeAsString() == b.SerializeAsString();
}

v1::PatternsFound as_found(const std::vector<v1::Pattern>& patterns) {
  v1::PatternsFound found;
  for (const v1::Pattern& pattern : patterns) *found.add_patterns() = pattern;
  found.set_count(static_cast<uint32_t>(patterns.size()));
  return found;
}

}  // namespace

Reactions::Reactions(const ReactionParts& parts)
    : parts_(parts), index_(parts.log, parts.keys, parts.lookup, parts.matcher) {}

uint64_t Reactions::next() const { return std::max(followed_, parts_.lookup.cursor()); }

Result<void> Reactions::follow(const log::Record& record) {
  return react(record).and_then([&](log::LookupChanges changes) -> Result<void> {
    if (auto goes_on = at_point("reacted"); !goes_on) return goes_on;
    const uint64_t after = record.prefix.position + 1;
    changes.cursor = after;
    const bool keeps =
        !changes.replaced.empty() || !changes.added.empty() || !changes.notes.empty();
    if (auto kept = keeps ? parts_.lookup.apply(changes) : Result<void>(); !kept) return kept;
    followed_ = after;
    return {};
  });
}

Result<void> Reactions::save_cursor() {
  if (followed_ <= parts_.lookup.cursor()) return {};
  return parts_.lookup.apply({.cursor = followed_});
}

Result<log::LookupChanges> Reactions::react(const log::Record& record) {
  if (is_a<v1::PersonEvent>(record)) return react_to_person(record);
  if (is_a<v1::ReferralEvent>(record)) return react_to_referral(record);
  if (is_a<v1::ContextEvent>(record)) return react_to_context(record);
  return log::LookupChanges{};
}

Result<log::LookupChanges> Reactions::react_to_person(const log::Record& record) {
  const auto read = opened<v1::PersonEvent>(parts_.log, record);
  if (!read) return tl::unexpected(read.error());
  const v1::PersonEvent& event = read->events.front();
  const std::string person_id = id_in(record.body.stream());
  Result<void> done;
  switch (event.kind_case()) {
    case v1::PersonEvent::kRegistered:
      if (read->erased) break;
      return know(person_id, event.registered().identity(), record);
    case v1::PersonEvent::kCorrected:
      if (read->erased) break;
      return know(person_id, event.corrected().identity(), record);
    case v1::PersonEvent::kSameDecided:
      done = refresh_contacts_of({person_id, event.same_decided().other_person_id()}, "", record);
      break;
    case v1::PersonEvent::kNotSameDecided:
      done =
          refresh_contacts_of({person_id, event.not_same_decided().other_person_id()}, "", record);
      break;
    case v1::PersonEvent::kMetContext:
      done = refresh_context(event.met_context().context_id(), record);
      break;
    case v1::PersonEvent::kLeftContext:
      // They have no part in it any more that would lead from it to their own contacts.
      done = refresh_contacts_of({person_id}, "", record).and_then([&] {
        return refresh_context(event.left_context().context_id(), record);
      });
      break;
    case v1::PersonEvent::kToldOf:
    case v1::PersonEvent::kSameProposed:
    case v1::PersonEvent::kRelated:
    case v1::PersonEvent::kUnrelated:
    case v1::PersonEvent::KIND_NOT_SET:
      break;
  }
  return done.map([] { return log::LookupChanges{}; });
}

Result<log::LookupChanges> Reactions::react_to_referral(const log::Record& record) {
  const auto read_public = log::public_events<v1::ReferralEvent>({record});
  if (!read_public) return tl::unexpected(read_public.error());
  const v1::ReferralEvent& event = read_public->front();
  const std::string referral_id = id_in(record.body.stream());
  if (event.has_contact_accepted()) {
    // Contacts after this one may be re-referrals now.
    const auto contact = contact_so_far(parts_.log, referral_id);
    if (!contact) return tl::unexpected(contact.error());
    if (!*contact) return log::LookupChanges{};
    const auto& children = (*contact)->received.child_ids();
    return refresh_contacts_of({children.begin(), children.end()}, referral_id, record).map([] {
      return log::LookupChanges{};
    });
  }
  if (!event.has_contact_received()) return log::LookupChanges{};
  if (auto refreshed = refresh(referral_id, record); !refreshed)
    return tl::unexpected(refreshed.error());
  return opened<v1::ReferralEvent>(parts_.log, record)
      .and_then(
          [&](const log::OpenedEvents<v1::ReferralEvent>& read) -> Result<log::LookupChanges> {
            const v1::ContactReceived& contact = read.events.front().contact_received();
            const auto id = Uuid::parse(referral_id);
            const auto key = Uuid::parse(contact.case_id());
            if (read.erased || contact.account().agency_reference().empty() || !id || !key)
              return log::LookupChanges{};
            return log::LookupChanges{
                .added = entries({reference_token(parts_.keys, contact.agency(),
                                                  contact.account().agency_reference())},
                                 *id, *key)};
          });
}

Result<log::LookupChanges> Reactions::react_to_context(const log::Record& record) {
  const auto read = opened<v1::ContextEvent>(parts_.log, record);
  if (!read) return tl::unexpected(read.error());
  const v1::ContextEvent& event = read->events.front();
  const auto id = Uuid::parse(id_in(record.body.stream()));
  if (read->erased || !id || !(event.has_registered() || event.has_corrected()))
    return log::LookupChanges{};
  const v1::RiskContext& known =
      event.has_registered() ? event.registered().context() : event.corrected().context();
  return log::LookupChanges{.replaced = {*id},
                            .added = entries(context_tokens(parts_.keys, known), *id, *id)};
}

Result<void> Reactions::refresh(const std::string& referral_id, const log::Record& cause) {
  const auto by = context();
  if (!by) return tl::unexpected(by.error());
  const auto contact = contact_so_far(parts_.log, referral_id);
  if (!contact) return tl::unexpected(contact.error());
  if (!*contact) return {};
  const auto history = history_of(parts_.log, **contact, *by);
  if (!history) return tl::unexpected(history.error());
  if (!same(*history, (*contact)->history)) {
    v1::ReferralEvent event;
    *event.mutable_history_found()->mutable_history() = *history;
    to_proto(by->now, event.mutable_history_found()->mutable_found_at());
    if (auto noted = note(**contact, event, *by, cause); !noted) return noted;
  }
  return note_patterns(**contact, *by, cause);
}

Result<void> Reactions::note_patterns(const ContactSoFar& contact, const Context& context,
                                      const log::Record& cause) {
  const auto patterns = patterns_of(parts_.log, contact, context);
  if (!patterns) return tl::unexpected(patterns.error());
  v1::PatternsFound before;
  if (contact.patterns) {
    const auto read = opened<v1::ReferralEvent>(parts_.log, *contact.patterns);
    if (!read) return tl::unexpected(read.error());
    if (read->erased) return {};  // with its case: nothing can be sealed there any more
    before = read->events.front().patterns_found();
    before.clear_found_at();
  }
  v1::ReferralEvent event;
  *event.mutable_patterns_found() = as_found(*patterns);
  if (same(event.patterns_found(), before)) return {};
  to_proto(context.now, event.mutable_patterns_found()->mutable_found_at());
  return note(contact, event, context, cause);
}

Result<void> Reactions::refresh_contacts_of(const std::vector<std::string>& persons,
                                            std::string_view after, const log::Record& cause) {
  std::set<std::string, std::greater<>> contacts;
  for (const std::string& person_id : persons) {
    const auto cluster = cluster_rows(parts_.log, person_id);
    if (!cluster) return tl::unexpected(cluster.error());
    for (const PersonInRow& person : *cluster)
      for (std::string& contact : unpacked(person.row.contacts()))
        if (contact > after) contacts.insert(std::move(contact));
  }
  size_t refreshed = 0;
  for (const std::string& referral_id : contacts) {
    if (refreshed++ == kContactsRefreshedMax) break;
    if (auto ok = refresh(referral_id, cause); !ok) return ok;
  }
  return {};
}

Result<void> Reactions::refresh_context(const std::string& context_id, const log::Record& cause) {
  return context_now(parts_.log, context_id).and_then([&](const ContextNow& now) {
    return refresh_contacts_of(now.persons, "", cause);
  });
}

Result<Context> Reactions::context() const {
  const Time now = parts_.clock.now();
  return parts_.packs.in_force(now, parts_.calendar.london()).map([&](const policy::Pack* pack) {
    return Context{.actor = hub_itself("joiner"),
                   .now = now,
                   .pack = pack,
                   .calendar = &parts_.calendar,
                   .fresh_ids = {}};
  });
}

Result<void> Reactions::append(const Context& context, const log::Record& cause,
                               const log::Work& work) {
  if (auto goes_on = at_point("appending"); !goes_on) return goes_on;
  std::promise<Result<log::Appended>> answered;
  log::handle(parts_.log,
              {.context = context,
               .received_at = context.now,
               .correlation_id = cause.body.correlation_id(),
               .causation_id = cause.body.event_id()},
              work, [&](Result<log::Appended> result) { answered.set_value(std::move(result)); });
  const auto appended = answered.get_future().get();
  if (!appended && appended.error().reason != "KEY_DESTROYED")
    return tl::unexpected(appended.error());
  return at_point("appended");
}

Result<void> Reactions::note(const ContactSoFar& contact, const v1::ReferralEvent& event,
                             const Context& context, const log::Record& cause) {
  return append(context, cause, [&](log::UnitOfWork& unit) {
    return unit.add({referral_stream(contact.referral_id), contact.received.case_id()}, event);
  });
}

Result<void> Reactions::at_point(std::string_view point) const {
  if (!parts_.at_point) return {};
  return parts_.at_point(point);
}

}  // namespace mash::referral
