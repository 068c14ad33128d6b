#include "referral/lists/lists.h"

#include <algorithm>
#include <optional>

#include "core/caller.h"
#include "core/timestamp.h"
#include "host/pages.h"
#include "log/event_log.h"
#include "log/handle.h"
#include "referral/cases/case_guard.h"
#include "referral/lists/row.h"
#include "referral/lists/views.h"
#include "referral/rules.h"

namespace mash::referral {
namespace {

template <class Values, class Value>
bool among(const Values& values, const Value& value) {
  return values.empty() || std::ranges::find(values, value) != values.end();
}

bool is_before(const google::protobuf::Timestamp& a, const google::protobuf::Timestamp& b) {
  return std::pair(a.seconds(), a.nanos()) < std::pair(b.seconds(), b.nanos());
}

// Whether the filter wants only what is still to be decided, or only what is done: half of the
// list.
struct Half {
  bool open = true;
  bool done = true;
};
Half half_of(const v1::ReferralFilter& filter) {
  if (filter.stages().empty()) return {};
  Half half{.open = false, .done = false};
  for (const int stage : filter.stages())
    (is_done(static_cast<v1::ReferralStage>(stage)) ? half.done : half.open) = true;
  return half;
}

// The first order that does not begin with `prefix`; empty: there is none.
std::string order_past(std::string prefix) {
  while (!prefix.empty() && prefix.back() == '\xFF') prefix.pop_back();
  if (!prefix.empty()) ++prefix.back();
  return prefix;
}

// The part of a list that the filter can want, which is all that is read of it: both lists have
// what is still to be decided before what is done, and immediate danger first in each.
host::RowRange range_of(const v1::ReferralFilter& filter, const Actor& actor) {
  const bool all = is_hub(actor) || is_auditor(actor);
  std::string prefix = all ? "" : sent_from(actor.agency);
  host::RowRange range{.view = all ? kTriageView : kSentView,
                       .from = prefix,
                       .below = all ? "" : sent_below(actor.agency),
                       .page_size_max = 1'000};
  const Half half = half_of(filter);
  if (half.open && half.done) return range;
  v1::ReferralSummary first;  // of the part
  first.set_stage(half.open ? v1::REFERRAL_STAGE_CONTACT : v1::REFERRAL_STAGE_CLOSED);
  first.set_immediate_danger(true);
  prefix += order_of(first).substr(0, filter.immediate_danger() ? 2 : 1);
  range.from = prefix;
  range.below = order_past(prefix);
  return range;
}

}  // namespace

bool wanted(const v1::ReferralFilter& filter, const v1::ReferralSummary& summary) {
  if (!among(filter.stages(), summary.stage()) || !among(filter.ratings(), summary.rating()) ||
      !among(filter.agencies(), summary.agency()) || !among(filter.sources(), summary.source()) ||
      !among(filter.assignees(), summary.assignee()) || !among(filter.areas(), summary.area()))
    return false;
  if ((filter.immediate_danger() && !summary.immediate_danger()) ||
      (filter.needs_checking() && !summary.needs_checking()) ||
      (filter.unborn() && summary.unborn() == 0) ||
      (filter.re_referral() && !summary.re_referral()) ||
      (filter.proposals() && summary.proposals() == 0) ||
      (filter.challenge_due() && !summary.challenge_due()))
    return false;
  if (!filter.case_id().empty() && filter.case_id() != summary.case_id()) return false;
  if (filter.has_received_from() && is_before(summary.received_at(), filter.received_from()))
    return false;
  if (filter.has_received_before() && !is_before(summary.received_at(), filter.received_before()))
    return false;
  return !filter.has_due_before() ||
         (summary.has_due_at() && is_before(summary.due_at(), filter.due_before()));
}

bool may_list(const v1::ReferralRow& row, const Actor& actor) {
  return is_hub(actor) || is_auditor(actor) || is_referrer(row, actor.agency) ||
         is_receiver(row, actor.agency);
}

v1::ReferralSummary shown_to(const v1::ReferralRow& row, const Actor& actor) {
  if (is_hub(actor) || is_auditor(actor) || is_receiver(row, actor.agency)) return row.summary();
  return for_referrer(row);
}

Result<void> list_referrals(const log::EventLog& log, const v1::ListReferralsRequest& request,
                            const Context& context, v1::ListReferralsResponse& response) {
  CaseGuard guard(log, context.actor);
  return host::read_page<v1::ReferralRow>(
             log, request, range_of(request.filter(), context.actor),
             [&](const v1::ReferralRow& row) -> Result<bool> {
               if (!may_list(row, context.actor) ||
                   !wanted(request.filter(), shown_to(row, context.actor)))
                 return false;
               return guard.admits(row.summary().case_id());
             },
             [&](const v1::ReferralRow& row) {
               *response.add_referrals() = shown_to(row, context.actor);
             })
      .map([&](host::PageRead&& page) {
        response.set_position(page.as_at_size);
        response.set_next_page_token(std::move(page.next_page_token));
      });
}

}  // namespace mash::referral
