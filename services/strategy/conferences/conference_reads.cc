#include "strategy/conferences/conference_reads.h"

#include "strategy/conferences/conference_clocks.h"
#include "strategy/lists/pages.h"
#include "strategy/lists/views.h"

namespace mash::strategy {
namespace {

// What a list leaves out.
void show_texts(v1::Conference& conference, const v1::ConferenceEvent& event) {
  if (event.has_scheduled()) conference.set_place(event.scheduled().place());
  if (event.has_requested()) conference.set_request_reason(event.requested().reason());
  if (event.has_due() && conference.request_reason().empty())
    conference.set_request_reason(event.due().reason());
  if (event.has_not_held()) {
    *conference.mutable_outcomes() = event.not_held().outcomes();
    conference.set_text(event.not_held().reason());
  }
  if (event.has_held()) {
    *conference.mutable_outcomes() = event.held().outcomes();
    conference.set_text(event.held().text());
  }
}

bool is_wanted(const v1::ConferenceRow& row, const v1::ListConferencesRequest& request, Time now) {
  const v1::Conference& conference = row.conference();
  if (!request.case_id().empty() && request.case_id() != conference.case_id()) return false;
  if (request.kind() != v1::CONFERENCE_KIND_UNSPECIFIED && request.kind() != conference.kind())
    return false;
  if (request.open() && is_over(row)) return false;
  return !request.late() || is_late(row.due(), now);
}

}  // namespace

v1::Conference conference_of(const std::string& conference_id,
                             const std::vector<v1::ConferenceEvent>& events, Time now) {
  v1::ConferenceRow row;
  ConferenceClocks clocks;
  for (const v1::ConferenceEvent& event : events) {
    evolve_row(row, conference_id, event);
    clocks.evolve(event);
  }
  v1::Conference conference = shown(row, now);
  for (const v1::ConferenceEvent& event : events) show_texts(conference, event);
  conference.clear_deadline();
  if (const clocks::Clock* clock = clocks.current())
    to_proto(*clock, now, conference.mutable_deadline());
  return conference;
}

Result<host::Looks> list_conferences(const log::EventLog& log,
                                     const v1::ListConferencesRequest& request,
                                     const Context& context,
                                     v1::ListConferencesResponse& response) {
  return list_page<v1::ConferenceRow>(
      log, request, context, {.view = kConferencesView, .below = end_of(request)}, response,
      [&](const v1::ConferenceRow& row, Time now) { return is_wanted(row, request, now); },
      [](const v1::ConferenceRow& row) { return row.conference().case_id(); },
      [&](const v1::ConferenceRow& row, Time now) {
        *response.add_conferences() = shown(row, now);
      });
}

}  // namespace mash::strategy
