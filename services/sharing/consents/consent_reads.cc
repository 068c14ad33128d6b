#include "sharing/consents/consent_reads.h"

#include <utility>
#include <vector>

#include "cases/case_guard.h"
#include "core/caller.h"
#include "core/checks.h"
#include "core/timestamp.h"
#include "log/as_at.h"
#include "log/event_log.h"
#include "log/handle.h"
#include "sharing/consents/consent.h"
#include "sharing/streams.h"

namespace mash::sharing {
namespace {

v1::Consent consent_of(const std::string& consent_id, const std::vector<v1::ConsentEvent>& events) {
  v1::Consent consent;
  consent.set_consent_id(consent_id);
  for (const v1::ConsentEvent& event : events) {
    if (event.has_recorded()) {
      *consent.mutable_terms() = event.recorded().terms();
      consent.set_agency(event.recorded().agency());
      *consent.mutable_recorded_at() = event.recorded().recorded_at();
    }
    if (event.has_withdrawn()) *consent.mutable_withdrawn_at() = event.withdrawn().withdrawn_at();
  }
  return consent;
}

}  // namespace

Result<host::Looks> get_consent(const log::EventLog& log, const v1::GetConsentRequest& request,
                                const Context& context, v1::GetConsentResponse& response) {
  response.Clear();  // a second judgement shows nothing of the first
  if (auto sound = check_purpose(request.purpose()); !sound) return tl::unexpected(sound.error());
  const auto at = log::as_at(log, request, context);
  if (!at) return tl::unexpected(at.error());
  const uint64_t now = log.size();
  const auto history = log.read_stream(consent_stream(request.consent_id()), 1, at->size, true);
  if (!history) return tl::unexpected(history.error());
  const auto events = log::public_events<v1::ConsentEvent>(history->records);
  if (!events) return tl::unexpected(events.error());
  if (events->empty()) return no_such("consent");
  const v1::Consent known = consent_of(request.consent_id(), *events);
  const std::string& case_id = known.terms().case_id();
  const auto family = cases::family_of(log, case_id, now);
  if (!family) return tl::unexpected(family.error());
  if (auto may = cases::may_know(*family, context.actor, "consent"); !may)
    return tl::unexpected(may.error());
  const bool auditor = is_auditor(context.actor);
  if (auditor && request.purpose().empty()) {
    *response.mutable_consent() = known;
    return host::Looks{};
  }
  const auto opened = log::opened_events<v1::ConsentEvent>(log, history->records);
  if (!opened) return tl::unexpected(opened.error());
  *response.mutable_consent() = consent_of(request.consent_id(), opened->events);
  if (!auditor && context.actor.agency != known.agency())
    response.mutable_consent()->mutable_terms()->clear_evidence();
  host::Look look{.stream_id = case_id,
                  .case_id = case_id,
                  .ids = {request.consent_id()},
                  .as_at_size = at->size.value_or(0)};
  if (auto rests = cases::rest_on(log, *family, now, look); !rests)
    return tl::unexpected(rests.error());
  return host::Looks{std::move(look)};
}

}  // namespace mash::sharing
