#include "clocks/alarms_view.h"

#include <algorithm>
#include <limits>

#include "log/bytes.h"

namespace mash::clocks {
namespace {

class AlarmsView final : public log::View {
 public:
  AlarmsView(std::vector<std::unique_ptr<AlarmedStreams>> streams, uint32_t version)
      : streams_(std::move(streams)), version_(version) {}

  std::string_view name() const override { return kAlarmsView; }
  uint32_t version() const override { return version_; }

  std::string row_id(const log::ViewEvent& event) const override {
    const AlarmedStreams* streams = of(event.stream);
    return streams != nullptr && streams->concerns(event.event) ? std::string(event.stream) : "";
  }

  // A stream of which nothing is kept leaves the list.
  std::optional<log::ViewRow> evolve(std::optional<log::ViewRow> row,
                                     const log::ViewEvent& event) const override {
    common::v1::ClockRow columns;
    if (row && !columns.ParseFromString(row->columns)) return {};
    of(event.stream)->evolve(columns, event.event);
    if (columns.clocks().empty() && columns.kept().empty()) return {};
    return log::ViewRow{.order = order_of_alarm(RowClocks(columns).next_alarm()),
                        .columns = columns.SerializeAsString()};
  }

 private:
  const AlarmedStreams* of(std::string_view stream) const {
    for (const auto& streams : streams_)
      if (stream.starts_with(streams->prefix())) return streams.get();
    return nullptr;
  }

  std::vector<std::unique_ptr<AlarmedStreams>> streams_;
  uint32_t version_;
};

}  // namespace

std::unique_ptr<log::View> alarms_view(std::vector<std::unique_ptr<AlarmedStreams>> streams,
                                       uint32_t version) {
  return std::make_unique<AlarmsView>(std::move(streams), version);
}

std::string order_of_alarm(std::optional<Time> time) {
  auto order = std::numeric_limits<uint64_t>::max();
  // What was due before 1970 is due at once.
  if (time) order = static_cast<uint64_t>(std::max<int64_t>(time->time_since_epoch().count(), 0));
  std::string bytes;
  log::append_u64(bytes, order);
  return bytes;
}

}  // namespace mash::clocks
