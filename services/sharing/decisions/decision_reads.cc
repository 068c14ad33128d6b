#include "sharing/decisions/decision_reads.h"

#include <algorithm>
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
#include "mash/sharing/v1/decision_events.pb.h"
#include "sharing/decisions/decision_shown.h"
#include "sharing/lists/rows.h"
#include "sharing/lists/views.h"
#include "sharing/streams.h"

namespace mash::sharing {
namespace {

using Sees = DecisionAudience::Sees;

bool sees_all(const v1::DecisionRow& row, const Actor& actor) {
  return is_auditor(actor) || actor.agency == row.decision().agency();
}

bool is_listed_for(const v1::DecisionRow& row, const Actor& actor) {
  return sees_all(row, actor) || (row.came_into_force() && names(row, actor.agency));
}

bool is_before(const google::protobuf::Timestamp& a, const google::protobuf::Timestamp& b) {
  return std::pair(a.seconds(), a.nanos()) < std::pair(b.seconds(), b.nanos());
}

// One that was upheld is until another decision stands in this one's place.
bool is_challenged(const v1::DecisionRow& row) {
  return !row.open_challenges().empty() ||
         (row.upheld() && row.decision().status() == v1::DECISION_STATUS_IN_FORCE);
}

// Filters tell no more than is shown: challenges of others are nothing to one that is named.
bool is_wanted(const v1::DecisionRow& row, const v1::ListDecisionsRequest& request,
               const Actor& actor) {
  const v1::Decision& decision = row.decision();
  if (!request.case_id().empty() && request.case_id() != decision.terms().case_id()) return false;
  if (!request.agency().empty() && request.agency() != decision.agency()) return false;
  if (request.awaiting_signature() && decision.status() != v1::DECISION_STATUS_AWAITING_SIGNATURE)
    return false;
  if (request.challenged() && !(is_challenged(row) && sees_all(row, actor))) return false;
  if (!request.has_look_again_before()) return true;
  return decision.status() == v1::DECISION_STATUS_IN_FORCE && row.has_look_again_at() &&
         is_before(row.look_again_at(), request.look_again_before());
}

v1::Decision listed_for(const v1::DecisionRow& row, const Actor& actor) {
  v1::Decision decision = row.decision();
  if (sees_all(row, actor)) return decision;
  v1::DecisionTerms& terms = *decision.mutable_terms();
  auto& recipients = *terms.mutable_recipients();
  recipients.erase(std::remove_if(recipients.begin(), recipients.end(),
                                  [&](const v1::Recipient& recipient) {
                                    return recipient.agency() != actor.agency;
                                  }),
                   recipients.end());
  terms.clear_referral_id();
  terms.clear_information_request_id();
  decision.clear_countersigned_by();
  decision.clear_countersigned_at();
  if (terms.outcome() != v1::SHARING_OUTCOME_WITHHOLD) return decision;
  terms.clear_regime();
  terms.clear_basis();
  return decision;
}

// Those of one case lie together in a view of their own.
host::RowRange range_of(const v1::ListDecisionsRequest& request) {
  host::RowRange range{.view = kDecisionsView, .page_size_max = 1'000};
  if (request.case_id().empty()) return range;
  range.view = kCaseDecisionsView;
  range.from = case_from(request.case_id());
  range.below = case_below(request.case_id());
  return range;
}

}  // namespace

Result<host::Looks> get_decision(const log::EventLog& log, const v1::GetDecisionRequest& request,
                                 const Context& context, v1::GetDecisionResponse& response) {
  if (auto sound = check_purpose(request.purpose()); !sound) return tl::unexpected(sound.error());
  response.Clear();  // a second judgement shows nothing of the first
  const auto at = log::as_at(log, request, context);
  if (!at) return tl::unexpected(at.error());
  const uint64_t now = log.size();
  const auto history = log.read_stream(decision_stream(request.decision_id()), 1, at->size, true);
  if (!history) return tl::unexpected(history.error());
  const auto events = log::public_events<v1::DecisionEvent>(history->records);
  if (!events) return tl::unexpected(events.error());
  const auto audience = DecisionAudience::of(context.actor, request.purpose(), *events);
  if (audience.sees == Sees::kNothing) return no_such("decision");
  const std::string& case_id = events->front().recorded().terms().case_id();
  const auto family = cases::family_of(log, case_id, now);
  if (!family) return tl::unexpected(family.error());
  if (auto may = cases::may_know(*family, context.actor, "decision"); !may)
    return tl::unexpected(may.error());

  if (audience.auditor && audience.sees == Sees::kWithoutTexts) {
    *response.mutable_decision() = decision_shown(request.decision_id(), *events, audience);
    return host::Looks{};
  }
  const auto opened = log::opened_events<v1::DecisionEvent>(log, history->records);
  if (!opened) return tl::unexpected(opened.error());
  *response.mutable_decision() = decision_shown(request.decision_id(), opened->events, audience);
  response.mutable_decision()->set_erased(opened->erased);
  host::Look look{.stream_id = case_id,
                  .case_id = case_id,
                  .ids = {request.decision_id()},
                  .as_at_size = at->size.value_or(0),
                  .decision_id = request.decision_id(),
                  .decision_version = history->version};
  if (auto rests = cases::rest_on(log, *family, now, look); !rests)
    return tl::unexpected(rests.error());
  return host::Looks{std::move(look)};
}

Result<host::Looks> list_decisions(const log::EventLog& log,
                                   const v1::ListDecisionsRequest& request, const Context& context,
                                   v1::ListDecisionsResponse& response) {
  cases::CasesKnown cases(log, context.actor);
  return host::read_page<v1::DecisionRow>(
             log, request, range_of(request),
             [&](const v1::DecisionRow& row) -> Result<bool> {
               if (!is_listed_for(row, context.actor) || !is_wanted(row, request, context.actor))
                 return false;
               return cases.admit(row.decision().terms().case_id());
             },
             [&](const v1::DecisionRow& row) {
               *response.add_decisions() = listed_for(row, context.actor);
             })
      .map([&](host::PageRead&& page) {
        response.set_next_page_token(std::move(page.next_page_token));
        return host::Looks{};
      });
}

}  // namespace mash::sharing
