#include "notification/lists/inbox_reads.h"

#include <utility>

#include "core/caller.h"
#include "host/pages.h"
#include "log/row_order.h"
#include "mash/notification/v1/notification_rows.pb.h"
#include "notification/admitting.h"
#include "notification/lists/rows.h"
#include "notification/lists/views.h"

namespace mash::notification {
namespace {

constexpr std::size_t kNoticesAtOnce = 100;  // in one message of a stream

// Whose: the caller's, or, for an auditor, any agency's.
template <class Request>
Result<std::string> agency_of(const Request& request, const Actor& actor) {
  if (request.agency().empty()) return actor.agency;
  if (request.agency() != actor.agency && !is_auditor(actor)) return no_such("inbox");
  return request.agency();
}

// What both ways of reading an inbox have in common: whose it is, and what of it is wanted.
template <class Request>
bool is_wanted(const v1::InboxNotice& inbox, const std::string& agency, const Request& request) {
  const v1::Notice& notice = inbox.notice();
  if (notice.agency() != agency || notice.urgency() < request.at_least()) return false;
  if (!request.role().empty() && notice.role() != request.role()) return false;
  return request.practitioner().empty() || notice.practitioner().empty() ||
         notice.practitioner() == request.practitioner();
}

bool is_wanted_in_list(const v1::InboxNotice& inbox, const std::string& agency,
                       const v1::ListInboxRequest& request) {
  if (request.open() && inbox.state() != v1::NOTICE_STATE_OPEN) return false;
  if (!request.case_id().empty() && inbox.notice().case_id() != request.case_id()) return false;
  return is_wanted(inbox, agency, request);
}

// The next of one caller's notices, in the order in which they changed.
class Subscription {
 public:
  Subscription(const log::EventLog& log, v1::SubscribeRequest request, Actor actor, host::Wake wake)
      : log_(log), request_(std::move(request)), actor_(std::move(actor)), wake_(std::move(wake)) {}

  Result<host::Next> next(v1::SubscribeResponse& message) {
    Admitting cases(log_, actor_);
    const auto page = log_.list({.view = std::string(kArrivalsView),
                                 .limit = kNoticesAtOnce,
                                 .order_from = after_cursor(actor_.agency, request_.after()),
                                 .order_below = end_of(actor_.agency)});
    if (!page) return tl::unexpected(page.error());
    if (page->rows.empty()) return host::Next::kWait;
    for (const log::ListedRow& listed : page->rows)
      if (auto added = add(listed, cases, message); !added) return tl::unexpected(added.error());
    if (message.notices_size() == 0) {  // none that is wanted
      wake_();
      return host::Next::kWait;
    }
    message.set_cursor(request_.after());
    return host::Next::kMessage;
  }

 private:
  Result<void> add(const log::ListedRow& listed, Admitting& cases, v1::SubscribeResponse& message) {
    v1::ArrivalRow arrival;
    if (!arrival.ParseFromString(listed.columns)) return log::malformed_row();
    request_.set_after(arrival.cursor());
    auto notice = notice_now(log_, arrival.notice_id());
    if (!notice) return tl::unexpected(std::move(notice.error()));
    // One that has changed again since comes again, at its new place.
    if (notice->cursor() != arrival.cursor() || !is_wanted(*notice, actor_.agency, request_))
      return {};
    return cases.admit(notice->notice().case_id()).map([&](bool admitted) {
      if (admitted) *message.add_notices() = std::move(*notice);
    });
  }

  const log::EventLog& log_;
  v1::SubscribeRequest request_;  // `after` goes on
  const Actor actor_;
  const host::Wake wake_;
};

}  // namespace

Result<void> list_inbox(const log::EventLog& log, const v1::ListInboxRequest& request,
                        const Context& context, v1::ListInboxResponse& response) {
  const auto agency = agency_of(request, context.actor);
  if (!agency) return tl::unexpected(agency.error());
  Admitting cases(log, context.actor);
  return host::read_page<v1::InboxRow>(
             log, request, {kInboxView, beginning_of(*agency), end_of(*agency)},
             [&](const v1::InboxRow& row) -> Result<bool> {
               if (!is_wanted_in_list(row.notice(), *agency, request)) return false;
               return cases.admit(row.notice().notice().case_id());
             },
             [&](v1::InboxRow row) { *response.add_notices() = std::move(*row.mutable_notice()); })
      .map([&](const host::PageRead& page) { response.set_next_page_token(page.next_page_token); });
}

Result<void> list_deadlines(const log::EventLog& log, const v1::ListDeadlinesRequest& request,
                            const Context& context, v1::ListDeadlinesResponse& response) {
  const auto agency = agency_of(request, context.actor);
  if (!agency) return tl::unexpected(agency.error());
  Admitting cases(log, context.actor);
  return host::read_page<v1::DeadlineRow>(
             log, request, {kDeadlinesView, beginning_of(*agency), end_of(*agency)},
             [&](const v1::DeadlineRow& row) -> Result<bool> {
               const v1::TrackedDeadline& deadline = row.deadline();
               if (row.agency() != *agency ||
                   (request.missed() && deadline.state() != common::v1::DEADLINE_STATE_MISSED) ||
                   (!request.case_id().empty() && request.case_id() != deadline.case_id()))
                 return false;
               return cases.admit(deadline.case_id());
             },
             [&](v1::DeadlineRow row) {
               *response.add_deadlines() = std::move(*row.mutable_deadline());
             })
      .map([&](const host::PageRead& page) { response.set_next_page_token(page.next_page_token); });
}

host::Pull<v1::SubscribeResponse> subscribe(const log::EventLog& log,
                                            const v1::SubscribeRequest& request,
                                            const Context& context, host::Wake wake) {
  return [subscription = Subscription(log, request, context.actor, std::move(wake))](
             v1::SubscribeResponse& message, host::Looks&) mutable {
    return subscription.next(message);
  };
}

}  // namespace mash::notification
