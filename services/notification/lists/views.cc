#include "notification/lists/views.h"

#include <string>

#include "clocks/alarms_view.h"
#include "core/ids.h"
#include "notification/lists/rows.h"
#include "notification/notices/notice.h"

namespace mash::notification {
namespace {

const v1::NoticeEvent& event_of(const log::ViewEvent& event) {
  return static_cast<const v1::NoticeEvent&>(event.event);
}

std::string notice_of(const log::ViewEvent& event) {
  return event.stream.starts_with(kNoticeStreams) ? id_in(event.stream) : std::string();
}

class InboxView final : public log::View {
 public:
  std::string_view name() const override { return kInboxView; }
  uint32_t version() const override { return 1; }
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

}  // namespace

std::vector<std::unique_ptr<log::View>> views() {
  std::vector<std::unique_ptr<log::View>> all;
  all.push_back(std::make_unique<InboxView>());
  all.push_back(std::make_unique<ArrivalsView>());
  std::vector<std::unique_ptr<clocks::AlarmedStreams>> alarmed;
  alarmed.push_back(std::make_unique<clocks::Alarmed<v1::NoticeEvent, NoticeClocks>>(
      std::string(kNoticeStreams)));
  all.push_back(clocks::alarms_view(std::move(alarmed), 1));
  return all;
}

}  // namespace mash::notification
