#include "notification/deliveries/undelivered.h"

#include <utility>

#include "host/pages.h"
#include "log/row_order.h"
#include "mash/notification/v1/notification_rows.pb.h"
#include "notification/admitting.h"
#include "notification/deliveries/delivery.h"
#include "notification/lists/delivery_rows.h"
#include "notification/lists/views.h"
#include "notification/notices/notice.h"
#include "notification/streams.h"

namespace mash::notification {
namespace {

v1::Undelivered undelivered_of(const v1::DeliveryRow& row) {
  v1::Undelivered undelivered;
  undelivered.set_delivery_id(row.due().delivery_id());
  undelivered.set_notice_id(row.due().notice_id());
  undelivered.set_agency(row.due().agency());
  undelivered.set_contact_id(row.due().contact_id());
  undelivered.set_kind(row.due().kind());
  undelivered.set_channel_number(row.due().channel_number());
  undelivered.set_urgency(row.due().urgency());
  undelivered.set_attempts(row.attempts());
  undelivered.set_reason(row.reason());
  undelivered.set_code(row.code());
  *undelivered.mutable_given_up_at() = row.given_up_at();
  return undelivered;
}

Result<std::string> why_in_vain(const log::EventLog& log, const v1::DeliveryRow& row) {
  return notice_now(log, row.due().notice_id()).map(why_over);
}

}  // namespace

std::string why_over(const v1::InboxNotice& notice) {
  if (notice.state() == v1::NOTICE_STATE_ACKNOWLEDGED) return "ACKNOWLEDGED";
  return notice.has_closed_at() ? "CLOSED" : "";
}

Result<void> list_undelivered(const log::EventLog& log, const v1::ListUndeliveredRequest& request,
                              const Context& context, v1::ListUndeliveredResponse& response) {
  Admitting cases(log, context.actor);
  return host::read_page<v1::DeliveryRow>(
             log, request, {kDeliveriesView, undelivered_begin(), undelivered_end()},
             [&](const v1::DeliveryRow& row) -> Result<bool> {
               const std::string& agency = row.due().agency();
               if (!sees_deliveries_of(context.actor, agency)) return false;
               if (!request.agency().empty() && request.agency() != agency) return false;
               const auto over = why_in_vain(log, row);
               if (!over) return tl::unexpected(over.error());
               if (!over->empty()) return false;
               return cases.admit(row.case_id());
             },
             [&](const v1::DeliveryRow& row) { *response.add_undelivered() = undelivered_of(row); })
      .map([&](const host::PageRead& page) { response.set_next_page_token(page.next_page_token); });
}

Result<void> retry_undelivered(log::UnitOfWork& unit, const v1::RetryUndeliveredRequest& request) {
  const std::string stream = delivery_stream(request.delivery_id());
  const auto delivery = unit.observe<Delivery>(stream);
  if (!delivery) return tl::unexpected(delivery.error());
  Delivery::Retry retry;
  if (!delivery->notice_id.empty()) {
    const auto notice = unit.observe<Notice>(notice_stream(delivery->notice_id));
    if (!notice) return tl::unexpected(notice.error());
    retry.notice_is_over = notice->exists() && notice->state != v1::NOTICE_STATE_OPEN;
  }
  return unit.decide<Delivery>({.stream = stream}, retry);
}

Result<std::vector<GivenUpInVain>> given_up_in_vain(const log::EventLog& log) {
  std::vector<GivenUpInVain> found;
  log::ListQuery query{.view = std::string(kDeliveriesView),
                       .order_from = undelivered_begin(),
                       .order_below = undelivered_end()};
  do {
    const auto page = log.list(query);
    if (!page) return tl::unexpected(page.error());
    for (const log::ListedRow& listed : page->rows) {
      v1::DeliveryRow row;
      if (!row.ParseFromString(listed.columns)) return log::malformed_row();
      auto why = why_in_vain(log, row);
      if (!why) return tl::unexpected(why.error());
      if (!why->empty()) found.push_back({row.due().delivery_id(), std::move(*why)});
    }
    query.as_at_size = page->as_at_size;
    query.after = page->next;
  } while (!query.after.empty());
  return found;
}

}  // namespace mash::notification
