#include "notification/inbox_reads.h"

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

constexpr uint32_t kPageSize = 50;
constexpr uint32_t kPageSizeMax = 500;
// Rows looked at for one page: where few are wanted a page is short, or empty, and the next goes
// on.
constexpr std::size_t kPageScanMax = 2'000;
constexpr std::size_t kNoticesAtOnce = 100;  // in one message of a stream

// What both ways of reading an inbox have in common: whose it is, and what of it is wanted.
template <class Request>
bool is_wanted(const v1::InboxNotice& inbox, const std::string& agency, const Request& request) {
  const v1::Notice& notice = inbox.notice();
  if (notice.agency() != agency || notice.urgency() < request.at_least()) return false;
  return request.practitioner().empty() || notice.practitioner().empty() ||
         notice.practitioner() == request.practitioner();
}

bool is_wanted_in_list(const v1::InboxNotice& inbox, const std::string& agency,
                       const v1::ListInboxRequest& request) {
  if (request.open() && inbox.state() != v1::NOTICE_STATE_OPEN) return false;
  if (!request.case_id().empty() && inbox.notice().case_id() != request.case_id()) return false;
  return is_wanted(inbox, agency, request);
}

// The notice as it stands.
Result<v1::InboxNotice> notice_now(const log::EventLog& log, const std::string& notice_id) {
  const auto columns = log.row(kInboxView, notice_id);
  if (!columns) return tl::unexpected(columns.error());
  v1::InboxRow row;
  if (!*columns || !row.ParseFromString(**columns)) return log::malformed_row();
  return std::move(*row.mutable_notice());
}

// The next of one caller's notices, in the order in which they changed.
class Subscription {
 public:
  Subscription(const log::EventLog& log, v1::SubscribeRequest request, Actor actor)
      : log_(log), request_(std::move(request)), actor_(std::move(actor)) {}

  Result<host::Next> next(v1::SubscribeResponse& message) {
    Admitting cases(log_, actor_);
    while (true) {
      const auto page = log_.list({.view = std::string(kArrivalsView),
                                   .limit = kNoticesAtOnce,
                                   .order_from = after_cursor(actor_.agency, request_.after()),
                                   .order_below = end_of(actor_.agency)});
      if (!page) return tl::unexpected(page.error());
      if (page->rows.empty()) return host::Next::kWait;
      for (const log::ListedRow& listed : page->rows)
        if (auto added = add(listed, cases, message); !added) return tl::unexpected(added.error());
      if (message.notices_size() == 0) continue;  // none that is wanted
      message.set_cursor(request_.after());
      return host::Next::kMessage;
    }
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
};

}  // namespace

Result<host::Looks> list_inbox(const log::EventLog& log, const v1::ListInboxRequest& request,
                               const Context& context, v1::ListInboxResponse& response) {
  const bool of_another = !request.agency().empty() && request.agency() != context.actor.agency;
  if (of_another && !is_auditor(context.actor)) return no_such("inbox");
  const std::string agency = request.agency().empty() ? context.actor.agency : request.agency();
  const auto start = host::page_start<v1::NotificationPageToken>(log, request, kPageSizeMax);
  if (!start) return tl::unexpected(start.error());
  log::ListQuery query{.view = std::string(kInboxView),
                       .as_at_size = start->as_at_size,
                       .after = start->after,
                       .limit = request.page_size() == 0 ? kPageSize : request.page_size(),
                       .scan_limit = kPageScanMax,
                       .order_from = beginning_of(agency),
                       .order_below = end_of(agency)};
  Admitting cases(log, context.actor);
  Result<bool> admitted = true;  // of the row looked at last
  query.filter = [&](std::string_view, std::string_view columns) {
    v1::InboxRow row;
    if (!admitted || !row.ParseFromArray(columns.data(), static_cast<int>(columns.size())) ||
        !is_wanted_in_list(row.notice(), agency, request))
      return false;
    admitted = cases.admit(row.notice().notice().case_id());
    return admitted.value_or(false);
  };
  const auto page = log.list(query);
  if (!page) return tl::unexpected(page.error());
  if (!admitted) return tl::unexpected(admitted.error());
  for (const log::ListedRow& listed : page->rows) {
    v1::InboxRow row;
    if (!row.ParseFromString(listed.columns)) return log::malformed_row();
    *response.add_notices() = std::move(*row.mutable_notice());
  }
  if (!page->next.empty())
    response.set_next_page_token(host::page_token<v1::NotificationPageToken>(
        request, {.as_at_size = page->as_at_size, .after = page->next, .case_id = {}}));
  return host::Looks{};
}

host::Pull<v1::SubscribeResponse> subscribe(const log::EventLog& log,
                                            const v1::SubscribeRequest& request,
                                            const Context& context) {
  return [subscription = Subscription(log, request, context.actor)](v1::SubscribeResponse& message,
                                                                    host::Looks&) mutable {
    return subscription.next(message);
  };
}

}  // namespace mash::notification
