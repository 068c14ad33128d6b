#include "notification/lists/views.h"

#include <string>

#include "clocks/alarms_view.h"
#include "core/ids.h"
#include "log/row_order.h"
#include "notification/lists/delivery_rows.h"
#include "notification/lists/rows.h"
#include "notification/notices/notice.h"
#include "notification/streams.h"

namespace mash::notification {
namespace {

const v1::NoticeEvent& event_of(const log::ViewEvent& event) {
  return static_cast<const v1::NoticeEvent&>(event.event);
}

std::string notice_of(const log::ViewEvent& event) {
  return event.stream.starts_with(kNotices) ? id_in(event.stream) : std::string();
}

class InboxView final : public log::View {
 public:
  std::string_view name() const override { return kInboxView; }
  uint32_t version() const override { return 2; }
  std::string row_id(const log::ViewEvent& event) const override { return notice_of(event); }

  std::optional<log::ViewRow> evolve(std::optional<log::ViewRow> row,
                                     const log::ViewEvent& event) const override {
    v1::InboxRow columns;
    if (row && !columns.ParseFromString(row->columns)) return {};
    evolve_row(columns, event_of(event), event.position);
    return log::ViewRow{.order = newest_first(columns), .columns = columns.SerializeAsString()};
  }
};

// The agency is in a notice's first event alone, so a row keeps its place's beginning.
class ArrivalsView final : public log::View {
 public:
  std::string_view name() const override { return kArrivalsView; }
  uint32_t version() const override { return 1; }
  std::string row_id(const log::ViewEvent& event) const override { return notice_of(event); }

  std::optional<log::ViewRow> evolve(std::optional<log::ViewRow> row,
                                     const log::ViewEvent& event) const override {
    const v1::NoticeEvent& happened = event_of(event);
    if (!row && !happened.has_raised()) return {};
    v1::InboxRow place;
    place.mutable_notice()->set_cursor(event.position + 1);
    const std::string agency = happened.has_raised() ? happened.raised().notice().agency()
                                                     : row->order.substr(0, row->order.find('\0'));
    place.mutable_notice()->mutable_notice()->set_agency(agency);
    v1::ArrivalRow columns;
    columns.set_notice_id(id_in(event.stream));
    columns.set_cursor(event.position + 1);
    return log::ViewRow{.order = oldest_first(place), .columns = columns.SerializeAsString()};
  }
};

class CaseNoticesView final : public log::View {
 public:
  std::string_view name() const override { return kCaseNoticesView; }
  uint32_t version() const override { return 1; }
  std::string row_id(const log::ViewEvent& event) const override { return notice_of(event); }

  std::optional<log::ViewRow> evolve(std::optional<log::ViewRow> row,
                                     const log::ViewEvent& event) const override {
    if (row) return row;
    v1::CaseNoticeRow columns;
    columns.set_notice_id(id_in(event.stream));
    columns.set_case_id(std::string(event.case_id));
    return log::ViewRow{.order = beginning_of(event.case_id),
                        .columns = columns.SerializeAsString()};
  }
};

class DeliveriesView final : public log::View {
 public:
  std::string_view name() const override { return kDeliveriesView; }
  uint32_t version() const override { return 2; }
  std::string row_id(const log::ViewEvent& event) const override {
    return event.stream.starts_with(kDeliveries) ? id_in(event.stream) : std::string();
  }

  std::optional<log::ViewRow> evolve(std::optional<log::ViewRow> row,
                                     const log::ViewEvent& event) const override {
    v1::DeliveryRow columns;
    if (row && !columns.ParseFromString(row->columns)) return {};
    columns.set_case_id(std::string(event.case_id));
    const auto after =
        evolve_row(std::move(columns), static_cast<const v1::DeliveryEvent&>(event.event));
    if (!after) return {};
    return log::ViewRow{.order = order_of(*after), .columns = after->SerializeAsString()};
  }
};

// A notice of a deadline, until it is closed; what was escalated is in the list already, and so is
// what another practitioner of the agency was told of.
class DeadlinesView final : public log::View {
 public:
  std::string_view name() const override { return kDeadlinesView; }
  uint32_t version() const override { return 2; }
  std::string row_id(const log::ViewEvent& event) const override { return notice_of(event); }

  std::optional<log::ViewRow> evolve(std::optional<log::ViewRow> row,
                                     const log::ViewEvent& event) const override {
    const v1::NoticeEvent& happened = event_of(event);
    if (happened.has_closed()) return {};
    const v1::Notice& notice = happened.raised().notice();
    if (notice.deadline().empty() || !notice.escalated_from().empty() ||
        happened.raised().beside_another())
      return row;
    const v1::DeadlineRow columns = deadline_row(notice);
    return log::ViewRow{.order = first_due_first(columns), .columns = columns.SerializeAsString()};
  }
};

}  // namespace

Result<v1::InboxNotice> notice_now(const log::EventLog& log, const std::string& notice_id) {
  const auto columns = log.row(kInboxView, notice_id);
  if (!columns) return tl::unexpected(columns.error());
  v1::InboxRow row;
  if (!*columns || !row.ParseFromString(**columns)) return log::malformed_row();
  return std::move(*row.mutable_notice());
}

std::vector<std::unique_ptr<log::View>> views() {
  std::vector<std::unique_ptr<log::View>> all;
  all.push_back(std::make_unique<InboxView>());
  all.push_back(std::make_unique<ArrivalsView>());
  all.push_back(std::make_unique<CaseNoticesView>());
  all.push_back(std::make_unique<DeliveriesView>());
  all.push_back(std::make_unique<DeadlinesView>());
  std::vector<std::unique_ptr<clocks::AlarmedStreams>> alarmed;
  alarmed.push_back(
      std::make_unique<clocks::Alarmed<v1::NoticeEvent, NoticeClocks>>(std::string(kNotices)));
  all.push_back(clocks::alarms_view(std::move(alarmed), 2));
  return all;
}

}  // namespace mash::notification
