#include "strategy/lists/views.h"

#include <array>
#include <string>

#include "clocks/alarms_view.h"
#include "core/ids.h"
#include "core/timestamp.h"
#include "log/view.h"
#include "strategy/conferences/conference_clocks.h"
#include "strategy/discussions/discussion_clocks.h"
#include "strategy/lists/rows.h"
#include "strategy/protection/protection.h"

namespace mash::strategy {
namespace {

constexpr std::string_view kDiscussionStreams = "discussion/";
constexpr std::string_view kConferenceStreams = "conference/";
constexpr std::string_view kProtectionStreams = "protection/";
constexpr std::string_view kChildStreams = "child/";

class DiscussionsView final : public log::View {
 public:
  std::string_view name() const override { return kDiscussionsView; }
  uint32_t version() const override { return 2; }

  std::string row_id(const log::ViewEvent& event) const override {
    return event.stream.starts_with(kDiscussionStreams) ? id_in(event.stream) : std::string();
  }
  std::optional<log::ViewRow> evolve(std::optional<log::ViewRow> row,
                                     const log::ViewEvent& event) const override {
    v1::DiscussionRow columns;
    if (row && !columns.ParseFromString(row->columns)) return {};
    evolve_row(columns, id_in(event.stream), static_cast<const v1::DiscussionEvent&>(event.event));
    fit(columns);
    return log::ViewRow{.order = order_of(columns), .columns = columns.SerializeAsString()};
  }
};

class ActionsView final : public log::View {
 public:
  std::string_view name() const override { return kActionsView; }
  uint32_t version() const override { return 1; }

  std::string row_id(const log::ViewEvent& event) const override {
    if (!event.stream.starts_with(kDiscussionStreams)) return {};
    return action_of(static_cast<const v1::DiscussionEvent&>(event.event));
  }
  std::optional<log::ViewRow> evolve(std::optional<log::ViewRow> row,
                                     const log::ViewEvent& event) const override {
    v1::ActionRow columns;
    if (row && !columns.ParseFromString(row->columns)) return {};
    if (!evolve_row(columns, id_in(event.stream), std::string(event.case_id),
                    static_cast<const v1::DiscussionEvent&>(event.event)))
      return {};  // the deadline of something else
    return log::ViewRow{.order = order_of(columns), .columns = columns.SerializeAsString()};
  }
};

class ConferencesView final : public log::View {
 public:
  std::string_view name() const override { return kConferencesView; }
  uint32_t version() const override { return 1; }

  std::string row_id(const log::ViewEvent& event) const override {
    return event.stream.starts_with(kConferenceStreams) ? id_in(event.stream) : std::string();
  }
  std::optional<log::ViewRow> evolve(std::optional<log::ViewRow> row,
                                     const log::ViewEvent& event) const override {
    v1::ConferenceRow columns;
    if (row && !columns.ParseFromString(row->columns)) return {};
    evolve_row(columns, id_in(event.stream), static_cast<const v1::ConferenceEvent&>(event.event));
    return log::ViewRow{.order = order_of(columns), .columns = columns.SerializeAsString()};
  }
};

// A child leaves the list when it is found. What came before it was flagged is not of the list.
class MissingView final : public log::View {
 public:
  std::string_view name() const override { return kMissingView; }
  uint32_t version() const override { return 2; }

  std::string row_id(const log::ViewEvent& event) const override {
    return event.stream.starts_with(kChildStreams) ? id_in(event.stream) : std::string();
  }
  std::optional<log::ViewRow> evolve(std::optional<log::ViewRow> row,
                                     const log::ViewEvent& event) const override {
    const auto& child = static_cast<const v1::ChildEvent&>(event.event);
    if (!row && !child.has_flagged_missing()) return {};
    v1::ChildRow columns;
    if (row && !columns.ParseFromString(row->columns)) return {};
    evolve_row(columns, child);
    if (!columns.child().has_missing_since()) return {};
    columns.mutable_child()->set_version(event.stream_version);
    return log::ViewRow{.order = order_of(columns), .columns = columns.SerializeAsString()};
  }
};

// Each stream once, in the order in which they began.
class CaseStrategyView final : public log::View {
 public:
  std::string_view name() const override { return kCaseStrategyView; }
  uint32_t version() const override { return 1; }

  std::string row_id(const log::ViewEvent& event) const override {
    constexpr std::array kStreams = {kDiscussionStreams, kConferenceStreams, kProtectionStreams,
                                     kChildStreams};
    for (const std::string_view streams : kStreams)
      if (event.stream.starts_with(streams)) return std::string(event.stream);
    return {};
  }
  std::optional<log::ViewRow> evolve(std::optional<log::ViewRow> row,
                                     const log::ViewEvent& event) const override {
    if (row) return row;
    v1::CaseStrategyRow columns;
    columns.set_stream(std::string(event.stream));
    google::protobuf::Timestamp at;
    to_proto(event.recorded_at, &at);
    return log::ViewRow{.order = log::packed(event.case_id) + log::oldest_first(at),
                        .columns = columns.SerializeAsString()};
  }
};

}  // namespace

std::vector<std::unique_ptr<log::View>> views() {
  std::vector<std::unique_ptr<log::View>> all;
  all.push_back(std::make_unique<DiscussionsView>());
  all.push_back(std::make_unique<ActionsView>());
  all.push_back(std::make_unique<ConferencesView>());
  all.push_back(std::make_unique<MissingView>());
  all.push_back(std::make_unique<CaseStrategyView>());
  std::vector<std::unique_ptr<clocks::AlarmedStreams>> alarmed;
  alarmed.push_back(std::make_unique<clocks::Alarmed<v1::DiscussionEvent, DiscussionClocks>>(
      std::string(kDiscussionStreams)));
  alarmed.push_back(std::make_unique<clocks::Alarmed<v1::ConferenceEvent, ConferenceClocks>>(
      std::string(kConferenceStreams)));
  alarmed.push_back(std::make_unique<clocks::Alarmed<v1::ProtectionEvent, ProtectionClocks>>(
      std::string(kProtectionStreams)));
  all.push_back(clocks::alarms_view(std::move(alarmed), 2));
  return all;
}

}  // namespace mash::strategy
