#include "sharing/lists/views.h"

#include "clocks/alarms_view.h"
#include "core/ids.h"
#include "log/view.h"
#include "sharing/decisions/decision_clocks.h"
#include "sharing/lists/rows.h"
#include "sharing/requests/request_clocks.h"

namespace mash::sharing {
namespace {

constexpr std::string_view kItemStreams = "item/";
constexpr std::string_view kDecisionStreams = "decision/";
constexpr std::string_view kRequestStreams = "request/";

// A row for each stream of one kind, under the id in its name.
class StreamsView : public log::View {
 public:
  StreamsView(std::string_view name, std::string_view streams) : name_(name), streams_(streams) {}

  std::string_view name() const override { return name_; }
  uint32_t version() const override { return 1; }

  std::string row_id(const log::ViewEvent& event) const override {
    if (!event.stream.starts_with(streams_)) return {};
    return id_in(event.stream);
  }

 private:
  std::string_view name_;
  std::string_view streams_;
};

class ItemsView final : public StreamsView {
 public:
  ItemsView() : StreamsView(kItemsView, kItemStreams) {}

  std::optional<log::ViewRow> evolve(std::optional<log::ViewRow> row,
                                     const log::ViewEvent& event) const override {
    v1::ItemRow columns;
    if (row && !columns.ParseFromString(row->columns)) return {};
    evolve_row(columns, static_cast<const v1::ItemEvent&>(event.event));
    fit(columns);
    return log::ViewRow{.order = order_of(columns), .columns = columns.SerializeAsString()};
  }
};

class DecisionsView final : public StreamsView {
 public:
  using Order = std::string (*)(const v1::DecisionRow&);
  DecisionsView(std::string_view name, Order order)
      : StreamsView(name, kDecisionStreams), order_(order) {}

  std::optional<log::ViewRow> evolve(std::optional<log::ViewRow> row,
                                     const log::ViewEvent& event) const override {
    v1::DecisionRow columns;
    if (row && !columns.ParseFromString(row->columns)) return {};
    evolve_row(columns, row_id(event), static_cast<const v1::DecisionEvent&>(event.event));
    return log::ViewRow{.order = order_(columns), .columns = columns.SerializeAsString()};
  }

 private:
  Order order_;
};

class RequestsView final : public StreamsView {
 public:
  RequestsView() : StreamsView(kRequestsView, kRequestStreams) {}

  std::optional<log::ViewRow> evolve(std::optional<log::ViewRow> row,
                                     const log::ViewEvent& event) const override {
    v1::RequestRow columns;
    if (row && !columns.ParseFromString(row->columns)) return {};
    evolve_row(columns, row_id(event), static_cast<const v1::RequestEvent&>(event.event));
    return log::ViewRow{.order = order_of(columns), .columns = columns.SerializeAsString()};
  }
};

}  // namespace

std::vector<std::unique_ptr<log::View>> views() {
  std::vector<std::unique_ptr<log::View>> all;
  all.push_back(std::make_unique<ItemsView>());
  all.push_back(std::make_unique<DecisionsView>(
      kDecisionsView, [](const v1::DecisionRow& row) { return order_of(row); }));
  all.push_back(std::make_unique<DecisionsView>(
      kCaseDecisionsView, [](const v1::DecisionRow& row) { return order_in_case(row); }));
  all.push_back(std::make_unique<RequestsView>());
  std::vector<std::unique_ptr<clocks::AlarmedStreams>> alarmed;
  alarmed.push_back(std::make_unique<clocks::Alarmed<v1::RequestEvent, RequestClocks>>(
      std::string(kRequestStreams)));
  alarmed.push_back(std::make_unique<clocks::Alarmed<v1::DecisionEvent, DecisionClocks>>(
      std::string(kDecisionStreams)));
  all.push_back(clocks::alarms_view(std::move(alarmed), 2));
  return all;
}

}  // namespace mash::sharing
