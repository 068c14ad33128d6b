#include "sharing/requests/request_reads.h"

#include <string>
#include <utility>
#include <vector>

#include "cases/case_guard.h"
#include "cases/cases_known.h"
#include "core/caller.h"
#include "core/checks.h"
#include "host/pages.h"
#include "log/as_at.h"
#include "log/event_log.h"
#include "log/handle.h"
#include "mash/sharing/v1/request_events.pb.h"
#include "sharing/lists/rows.h"
#include "sharing/lists/views.h"
#include "sharing/requests/request_clocks.h"
#include "sharing/streams.h"

namespace mash::sharing {
namespace {

using Events = std::vector<v1::RequestEvent>;

// A request in full, from its events in order: with its texts where these are there.
v1::InformationRequest request_of(const std::string& request_id, const Events& events, Time now) {
  v1::RequestRow row;
  RequestClocks clocks;  // with every time it was put off, and why where the events say that
  for (const v1::RequestEvent& event : events) {
    evolve_row(row, request_id, event);
    clocks.evolve(event);
  }
  v1::InformationRequest request = shown(row, now);
  *request.mutable_terms() = events.front().requested().terms();
  if (clocks.answer() != nullptr) {
    request.clear_deadline();
    clocks::to_proto(*clocks.answer(), now, request.mutable_deadline());
  }
  for (const v1::RequestEvent& event : events)
    if (event.has_answered()) request.set_answer_text(event.answered().text());
  return request;
}

bool has_part(const v1::InformationRequested& requested, const Actor& actor) {
  return is_hub(actor) || actor.agency == requested.agency() ||
         actor.agency == requested.terms().agency();
}

bool is_listed_for(const v1::RequestRow& row, const Actor& actor) {
  return is_hub(actor) || is_auditor(actor) || actor.agency == row.request().terms().agency();
}

bool is_wanted(const v1::RequestRow& row, const v1::ListRequestsRequest& request, Time now) {
  if (!request.case_id().empty() && request.case_id() != row.request().case_id()) return false;
  if (!request.agency().empty() && request.agency() != row.request().terms().agency()) return false;
  if (request.open() && row.request().has_answered_at()) return false;
  if (!request.late()) return true;
  const auto deadline = deadline_of(row);
  return deadline && deadline->state(now) == DeadlineState::kMissed;
}

}  // namespace

Result<host::Looks> get_request(const log::EventLog& log, const v1::GetRequestRequest& request,
                                const Context& context, v1::GetRequestResponse& response) {
  if (auto sound = check_purpose(request.purpose()); !sound) return tl::unexpected(sound.error());
  response.Clear();  // a second judgement shows nothing of the first
  const auto at = log::as_at(log, request, context);
  if (!at) return tl::unexpected(at.error());
  const uint64_t now = log.size();
  const std::string& id = request.information_request_id();
  const auto history = log.read_stream(request_stream(id), 1, at->size, true);
  if (!history) return tl::unexpected(history.error());
  auto events = log::public_events<v1::RequestEvent>(history->records);
  if (!events) return tl::unexpected(events.error());
  if (events->empty()) return no_such("request");
  const v1::InformationRequested& requested = events->front().requested();
  const auto family = cases::family_of(log, requested.case_id(), now);
  if (!family) return tl::unexpected(family.error());
  if (auto may = cases::may_know(*family, context.actor, "request"); !may)
    return tl::unexpected(may.error());
  if (!is_auditor(context.actor) && !has_part(requested, context.actor)) return no_such("request");
  if (is_auditor(context.actor) && request.purpose().empty()) {
    *response.mutable_request() = request_of(id, *events, at->time);
    return host::Looks{};
  }
  const std::string case_id = requested.case_id();
  const auto opened = log::opened_events<v1::RequestEvent>(log, history->records);
  if (!opened) return tl::unexpected(opened.error());
  *response.mutable_request() = request_of(id, opened->events, at->time);
  response.mutable_request()->set_erased(opened->erased);
  host::Look look{
      .stream_id = case_id, .case_id = case_id, .ids = {id}, .as_at_size = at->size.value_or(0)};
  if (auto rests = cases::rest_on(log, *family, now, look); !rests)
    return tl::unexpected(rests.error());
  return host::Looks{std::move(look)};
}

Result<host::Looks> list_requests(const log::EventLog& log, const v1::ListRequestsRequest& request,
                                  const Context& context, v1::ListRequestsResponse& response) {
  const auto at = log::as_at(log, request, context);
  if (!at) return tl::unexpected(at.error());
  cases::CasesKnown cases(log, context.actor);
  return host::read_page<v1::RequestRow>(
             log, request,
             {.view = kRequestsView, .below = std::string(request.open() ? kOrderOfAnswered : "")},
             [&](const v1::RequestRow& row) -> Result<bool> {
               if (!is_listed_for(row, context.actor) || !is_wanted(row, request, at->time))
                 return false;
               return cases.admit(row.request().case_id());
             },
             [&](const v1::RequestRow& row) { *response.add_requests() = shown(row, at->time); })
      .map([&](host::PageRead&& page) {
        response.set_next_page_token(std::move(page.next_page_token));
        return host::Looks{};
      });
}

}  // namespace mash::sharing
