#include <optional>

#include "core/timestamp.h"
#include "log/event_log.h"
#include "log/handle.h"
#include "referral/caller.h"
#include "referral/checks.h"
#include "referral/detail.h"
#include "referral/person.h"
#include "referral/referral.h"
#include "referral/rules.h"

// Reading one referral or person, with what is sealed, for somebody who may see it.
namespace mash::referral {
namespace {

using Sees = Audience::Sees;

// What a read is as at: the log's size then, and whether that is the past.
struct AsAt {
  std::optional<uint64_t> size;
  Time time;
};

template <class Request>
Result<AsAt> as_at(const log::EventLog& log, const Request& request, const Context& context) {
  if (!request.has_as_at()) return AsAt{.size = {}, .time = context.now};
  return from_proto(request.as_at()).and_then([&](Time time) {
    return log.size_at(time).map([&](uint64_t size) { return AsAt{.size = size, .time = time}; });
  });
}

Result<void> check_purpose(const std::string& purpose) {
  Checks checks(false);
  checks.text("purpose", purpose, kNoteBytesMax);
  return checks.verdict();
}

// A stream's events, opened where content is shown.
template <class Event>
Result<log::OpenedEvents<Event>> events_of(const log::EventLog& log,
                                           const log::StreamHistory& history, bool with_content) {
  if (with_content) return log::opened_events<Event>(log, history.records);
  return log::public_events<Event>(history.records).map([](std::vector<Event> events) {
    return log::OpenedEvents<Event>{.events = std::move(events)};
  });
}

struct KnownIdentity {
  std::optional<v1::Identity> identity;
  bool erased = false;
};

// Who the person is as the audience may know it: an agency what it told itself, last; others what
// is known now.
KnownIdentity identity_of(const log::OpenedEvents<v1::PersonEvent>& opened,
                          const Audience& audience) {
  KnownIdentity known{.erased = opened.erased};
  if (opened.erased) return known;
  for (const v1::PersonEvent& event : opened.events) {
    const bool corrected = event.has_corrected();
    const std::string& agency =
        corrected ? event.corrected().agency() : event.registered().agency();
    if (audience.sees == Sees::kOwn && agency != audience.agency) continue;
    known.identity = corrected ? event.corrected().identity() : event.registered().identity();
  }
  return known;
}

Result<void> fill_children(const log::EventLog& log, const AsAt& at, const Audience& audience,
                           v1::ReferralDetail& detail) {
  if (audience.sees == Sees::kNoContent) return {};
  for (v1::ReferralChild& child : *detail.mutable_children()) {
    const auto history = log.read_stream(person_stream(child.person_id()), 1, at.size, true);
    if (!history) return tl::unexpected(history.error());
    const auto opened = log::opened_events<v1::PersonEvent>(log, history->records);
    if (!opened) return tl::unexpected(opened.error());
    const KnownIdentity known = identity_of(*opened, audience);
    child.set_erased(known.erased);
    if (known.identity) *child.mutable_identity() = *known.identity;
  }
  return {};
}

host::Looks look_at(const v1::ReferralDetail& detail, const AsAt& at) {
  host::Look look{.stream_id = detail.summary().case_id(),
                  .case_id = detail.summary().case_id(),
                  .ids = {detail.summary().referral_id()},
                  .as_at_size = at.size.value_or(0)};
  for (const v1::ReferralChild& child : detail.children()) look.ids.push_back(child.person_id());
  return {std::move(look)};
}

void fill_submitter(const log::StreamHistory& history, const Audience& audience,
                    v1::ReferralDetail& detail) {
  const common::v1::Actor& submitter = history.records.front().body.actor();
  if (audience.sees == Sees::kOwn && submitter.agency() != audience.agency) return;
  *detail.mutable_submitted_by() = submitter;
}

// The person's state and stream, for somebody who may know of them.
Result<log::StreamHistory> known_person(const log::EventLog& log, const std::string& person_id,
                                        const AsAt& at, const Actor& actor) {
  auto history = log.read_stream(person_stream(person_id), 1, at.size, true);
  if (!history) return history;
  const auto events = log::public_events<v1::PersonEvent>(history->records);
  if (!events) return tl::unexpected(events.error());
  const Person::State state = fold<Person>(*events);
  const bool may = Person::may_know(state, actor) || (state.known && is_auditor(actor));
  if (!may) return no_such("person");
  return history;
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
  const auto at = as_at(log, request, context);
  if (!at) return tl::unexpected(at.error());
  const auto history = log.read_stream(referral_stream(request.referral_id()), 1, at->size, true);
  if (!history) return tl::unexpected(history.error());
  const auto events = log::public_events<v1::ReferralEvent>(history->records);
  if (!events) return tl::unexpected(events.error());
  const Referral::State state = fold<Referral>(*events);
  if (!Referral::may_know(state, context.actor) && !(state.exists() && is_auditor(context.actor)))
    return no_such("referral");

  const Audience audience = Audience::of(context.actor, request.purpose());
  const bool with_content = audience.sees != Sees::kNoContent;
  const auto opened = events_of<v1::ReferralEvent>(log, *history, with_content);
  if (!opened) return tl::unexpected(opened.error());
  v1::ReferralDetail& detail = *response.mutable_referral();
  detail = detail_of(request.referral_id(), opened->events, audience, at->time);
  detail.set_erased(opened->erased);
  fill_submitter(*history, audience, detail);
  if (auto filled = fill_children(log, *at, audience, detail); !filled)
    return tl::unexpected(filled.error());
  return with_content ? look_at(detail, *at) : host::Looks{};
}

Result<host::Looks> get_person(const log::EventLog& log, const v1::GetPersonRequest& request,
                               const Context& context, v1::GetPersonResponse& response) {
  if (auto sound = check_purpose(request.purpose()); !sound) return tl::unexpected(sound.error());
  const auto at = as_at(log, request, context);
  if (!at) return tl::unexpected(at.error());
  const auto history = known_person(log, request.person_id(), *at, context.actor);
  if (!history) return tl::unexpected(history.error());
  const Audience audience = Audience::of(context.actor, request.purpose());
  const bool with_content = audience.sees != Sees::kNoContent;
  const auto opened = events_of<v1::PersonEvent>(log, *history, with_content);
  if (!opened) return tl::unexpected(opened.error());

  response.set_person_id(request.person_id());
  response.set_version(history->version);
  to_proto(history->records.front().prefix.recorded_at, response.mutable_registered_at());
  response.set_registered_by_agency(opened->events.front().registered().agency());
  if (history->records.size() > 1)
    to_proto(history->records.back().prefix.recorded_at, response.mutable_corrected_at());
  if (!with_content) return host::Looks{};
  const KnownIdentity known = identity_of(*opened, audience);
  response.set_erased(known.erased);
  if (known.identity) *response.mutable_identity() = *known.identity;
  return host::Looks{{.stream_id = request.person_id(),
                      .ids = {request.person_id()},
                      .as_at_size = at->size.value_or(0)}};
}

}  // namespace mash::referral
