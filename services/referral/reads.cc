#include <optional>
#include <type_traits>

#include "core/caller.h"
#include "core/checks.h"
#include "log/as_at.h"
#include "log/event_log.h"
#include "log/handle.h"
#include "referral/cases/case_guard.h"
#include "referral/detail.h"
#include "referral/lists/row.h"
#include "referral/people/persons.h"
#include "referral/referral.h"
#include "referral/rules.h"

// Reading one referral, with what is sealed, for somebody who may see it.
namespace mash::referral {
namespace {

using Sees = Audience::Sees;

// A stream's events, opened where content is shown.
template <class Event>
Result<log::OpenedEvents<Event>> events_of(const log::EventLog& log,
                                           const log::StreamHistory& history, bool with_content) {
  if (with_content) return log::opened_events<Event>(log, history.records);
  return log::public_events<Event>(history.records).map([](std::vector<Event> events) {
    return log::OpenedEvents<Event>{.events = std::move(events)};
  });
}

// What happens to a referral's persons changes its summary as it changes its row in lists (row.h).
void follow(const std::vector<v1::PersonEvent>& events, v1::ReferralSummary& summary) {
  v1::ReferralRow row;
  row.mutable_summary()->Swap(&summary);
  for (const v1::PersonEvent& event : events)
    if (referral_changed_by(event) == row.summary().referral_id()) evolve_row(row, event);
  summary.Swap(row.mutable_summary());
}

// Who a child may be besides, and is: the hub's alone.
Result<void> fill_likenesses(const log::EventLog& log, const log::AsAt& at,
                             const std::vector<v1::PersonEvent>& events, v1::ReferralChild& child) {
  for (v1::MatchProposal& proposal : open_proposals(child.person_id(), events))
    *child.add_proposals() = std::move(proposal);
  return cluster_rows(log, child.person_id(), at.size)
      .map([&](const std::vector<PersonInRow>& cluster) {
        for (const PersonInRow& person : cluster)
          if (person.person_id != child.person_id()) child.add_same_as(person.person_id);
      });
}

// Fills in who somebody of the referral is: a child, or another involved.
template <class Shown>
Result<void> fill_person(const log::EventLog& log, const log::AsAt& at, const Audience& audience,
                         v1::ReferralSummary& summary, Shown& shown) {
  const bool with_content = audience.sees != Sees::kNoContent;
  const auto history = log.read_stream(person_stream(shown.person_id()), 1, at.size, with_content);
  if (!history) return tl::unexpected(history.error());
  const auto read = events_of<v1::PersonEvent>(log, *history, with_content);
  if (!read) return tl::unexpected(read.error());
  if (audience.sees == Sees::kAll || !with_content) follow(read->events, summary);
  if (!with_content) return {};
  const KnownIdentity known = identity_of(
      read->events, read->erased, audience.sees == Sees::kOwn ? audience.agency : std::string());
  shown.set_erased(known.erased);
  if (known.identity) *shown.mutable_identity() = *known.identity;
  if constexpr (std::is_same_v<Shown, v1::ReferralChild>)
    if (audience.sees == Sees::kAll) return fill_likenesses(log, at, read->events, shown);
  return {};
}

// What is found across cases tells of others: of earlier contacts, of whoever a child is like, is
// held to be or meets. It shows those of them that the caller may see.
Result<void> keep_admitted(CaseGuard& guard, v1::ReferralDetail& detail) {
  const auto earlier = [](const v1::EarlierContact& contact) { return contact.referral_id(); };
  auto kept = guard.keep_admitted_patterns(*detail.mutable_patterns());
  if (kept && detail.has_history())
    kept = guard.keep_admitted_referrals(*detail.mutable_history()->mutable_earlier(), earlier);
  for (v1::ReferralChild& child : *detail.mutable_children()) {
    if (kept) kept = guard.keep_admitted_proposals(*child.mutable_proposals());
    if (kept) kept = guard.keep_admitted(*child.mutable_same_as());
  }
  return kept;
}

Result<void> fill_persons(const log::EventLog& log, const log::AsAt& at, const Audience& audience,
                          v1::ReferralDetail& detail) {
  v1::ReferralSummary& summary = *detail.mutable_summary();
  for (v1::ReferralChild& child : *detail.mutable_children())
    if (auto filled = fill_person(log, at, audience, summary, child); !filled) return filled;
  for (v1::ReferralPerson& person : *detail.mutable_people())
    if (auto filled = fill_person(log, at, audience, summary, person); !filled) return filled;
  return {};
}

host::Looks look_at(const v1::ReferralDetail& detail, const log::AsAt& at) {
  host::Look look{.stream_id = detail.summary().case_id(),
                  .case_id = detail.summary().case_id(),
                  .ids = {detail.summary().referral_id()},
                  .as_at_size = at.size.value_or(0)};
  for (const v1::ReferralChild& child : detail.children()) look.ids.push_back(child.person_id());
  for (const v1::ReferralPerson& person : detail.people()) look.ids.push_back(person.person_id());
  return {std::move(look)};
}

void fill_submitter(const log::StreamHistory& history, const Audience& audience,
                    v1::ReferralDetail& detail) {
  const common::v1::Actor& submitter = history.records.front().body.actor();
  const bool own_only = audience.sees == Sees::kOwn || audience.sees == Sees::kReceived;
  if (own_only && submitter.agency() != audience.agency) return;
  *detail.mutable_submitted_by() = submitter;
}

}  // namespace

Result<v1::ReferralEvent> event_at(const log::EventLog& log, uint64_t position) {
  return log.read(position).and_then([](const log::Record& record) -> Result<v1::ReferralEvent> {
    v1::ReferralEvent event;
    if (record.body.type() != event.GetDescriptor()->full_name() ||
        !event.ParseFromString(record.body.event()))
      return refuse(Code::kDataLoss, "RECORD_MALFORMED", "The record's event cannot be read.");
    return event;
  });
}

Result<host::Looks> get_referral(const log::EventLog& log, const v1::GetReferralRequest& request,
                                 const Context& context, v1::GetReferralResponse& response) {
  if (auto sound = check_purpose(request.purpose()); !sound) return tl::unexpected(sound.error());
  const auto at = log::as_at(log, request, context);
  if (!at) return tl::unexpected(at.error());
  const auto history = log.read_stream(referral_stream(request.referral_id()), 1, at->size, true);
  if (!history) return tl::unexpected(history.error());
  const auto events = log::public_events<v1::ReferralEvent>(history->records);
  if (!events) return tl::unexpected(events.error());
  const Referral::State state = fold<Referral>(*events);
  if (!Referral::may_know(state, context.actor) && !(state.exists() && is_auditor(context.actor)))
    return no_such("referral");
  CaseGuard guard(log, context.actor);
  const std::string& case_id = history->records.front().body.case_id();
  if (auto admitted = guard.check(case_id, "referral"); !admitted)
    return tl::unexpected(admitted.error());

  const Audience audience = Audience::of(context.actor, request.purpose(), state);
  const bool with_content = audience.sees != Sees::kNoContent;
  const auto opened = events_of<v1::ReferralEvent>(log, *history, with_content);
  if (!opened) return tl::unexpected(opened.error());
  v1::ReferralDetail& detail = *response.mutable_referral();
  detail = detail_of(request.referral_id(), opened->events, audience, at->time);
  detail.set_erased(opened->erased);
  fill_submitter(*history, audience, detail);
  if (auto filled = fill_persons(log, *at, audience, detail); !filled)
    return tl::unexpected(filled.error());
  if (auto kept = keep_admitted(guard, detail); !kept) return tl::unexpected(kept.error());
  return with_content ? look_at(detail, *at) : host::Looks{};
}

}  // namespace mash::referral
