#include "referral/lists/lists.h"

#include <algorithm>
#include <optional>

#include "core/caller.h"
#include "core/timestamp.h"
#include "host/page_token.h"
#include "log/event_log.h"
#include "log/handle.h"
#include "referral/cases/case_guard.h"
#include "referral/lists/row.h"
#include "referral/lists/views.h"
#include "referral/rules.h"

namespace mash::referral {
namespace {

constexpr uint32_t kPageSize = 50;
constexpr uint32_t kPageSizeMax = 1'000;
// Rows looked at for one page: where few are wanted a page is short, or empty, and the next goes
// on.
constexpr size_t kPageScanMax = 2'000;

template <class Values, class Value>
bool among(const Values& values, const Value& value) {
  return values.empty() || std::ranges::find(values, value) != values.end();
}

bool is_before(const google::protobuf::Timestamp& a, const google::protobuf::Timestamp& b) {
  return std::pair(a.seconds(), a.nanos()) < std::pair(b.seconds(), b.nanos());
}

tl::unexpected<Error> bad_field(const std::string& field, const std::string& description) {
  return tl::unexpected(
      Error{.code = Code::kInvalidArgument,
            .reason = "INVALID_REQUEST",
            .message = "A field of the request is wrong: " + field + " " + description + ".",
            .faults = {{field, description}}});
}

// What the list is read as at: the token's size, which all pages share; else the time asked for;
// else now.
Result<void> read_from(const log::EventLog& log, const v1::ListReferralsRequest& request,
                       log::ListQuery& query) {
  if (!request.page_token().empty()) {
    v1::ReferralPageToken token;
    if (auto read = host::from_page_token(request.page_token(), token); !read) return read;
    if (token.after().empty() || token.as_at_size() > log.size()) return host::bad_page_token();
    query.as_at_size = token.as_at_size();
    query.after = token.after();
    return {};
  }
  if (!request.has_as_at()) return {};
  return from_proto(request.as_at())
      .and_then([&](Time time) { return log.size_at(time); })
      .map([&](uint64_t size) { query.as_at_size = size; });
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
void set_range(const v1::ReferralFilter& filter, const Actor& actor, log::ListQuery& query) {
  const bool all = is_hub(actor) || is_auditor(actor);
  query.view = std::string(all ? kTriageView : kSentView);
  std::string prefix = all ? "" : sent_from(actor.agency);
  query.order_from = prefix;
  query.order_below = all ? "" : sent_below(actor.agency);
  const Half half = half_of(filter);
  if (half.open && half.done) return;
  v1::ReferralSummary first;  // of the part
  first.set_stage(half.open ? v1::REFERRAL_STAGE_CONTACT : v1::REFERRAL_STAGE_CLOSED);
  first.set_immediate_danger(true);
  prefix += order_of(first).substr(0, filter.immediate_danger() ? 2 : 1);
  query.order_from = prefix;
  query.order_below = order_past(prefix);
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
  if (request.page_size() > kPageSizeMax)
    return bad_field("page_size", "is more than " + std::to_string(kPageSizeMax));
  log::ListQuery query;
  query.limit = request.page_size() == 0 ? kPageSize : request.page_size();
  query.scan_limit = kPageScanMax;
  if (auto read = read_from(log, request, query); !read) return read;
  set_range(request.filter(), context.actor, query);
  CaseGuard guard(log, context.actor);
  Result<bool> admitted = true;  // of the row looked at last
  query.filter = [&](std::string_view, std::string_view columns) {
    v1::ReferralRow row;
    if (!admitted || !row.ParseFromArray(columns.data(), static_cast<int>(columns.size())) ||
        !may_list(row, context.actor) || !wanted(request.filter(), shown_to(row, context.actor)))
      return false;
    admitted = guard.admits(row.summary().case_id());
    return admitted.value_or(false);
  };
  const auto page = log.list(query);
  if (!page) return tl::unexpected(page.error());
  if (!admitted) return tl::unexpected(admitted.error());
  for (const log::ListedRow& listed : page->rows) {
    v1::ReferralRow row;
    if (!row.ParseFromString(listed.columns))
      return refuse(Code::kDataLoss, "VIEW_MALFORMED", "A row of the list cannot be read.");
    *response.add_referrals() = shown_to(row, context.actor);
  }
  response.set_position(page->as_at_size);
  if (page->next.empty()) return {};
  v1::ReferralPageToken token;
  token.set_as_at_size(page->as_at_size);
  token.set_after(page->next);
  response.set_next_page_token(host::to_page_token(token));
  return {};
}

}  // namespace mash::referral
