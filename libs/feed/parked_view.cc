#include "feed/parked_view.h"

#include <utility>

#include "log/event_log.h"

namespace mash::feed {
namespace {

constexpr std::string_view kStreams = "feed/";
constexpr std::size_t kOrderBytesMax = 64;
constexpr std::size_t kPageRows = 1'000;

class ParkedView final : public log::View {
 public:
  std::string_view name() const override { return kParkedView; }
  uint32_t version() const override { return 1; }

  std::string row_id(const log::ViewEvent& event) const override {
    if (!event.stream.starts_with(kStreams)) return {};
    return std::string(event.stream.substr(kStreams.size()));
  }

  std::optional<log::ViewRow> evolve(std::optional<log::ViewRow>,
                                     const log::ViewEvent& event) const override {
    const auto& said = static_cast<const v1::FeedEvent&>(event.event);
    if (!said.has_parked()) return {};
    v1::ParkedRow columns;
    *columns.mutable_parked() = said.parked();
    return log::ViewRow{.order = said.parked().feed().substr(0, kOrderBytesMax),
                        .columns = columns.SerializeAsString()};
  }
};

}  // namespace

std::unique_ptr<log::View> parked_view() { return std::make_unique<ParkedView>(); }

std::string parked_stream(std::string_view log_followed, std::string_view stream) {
  return std::string(kStreams).append(log_followed).append("/").append(stream);
}

Result<std::vector<v1::StreamParked>> parked_streams(const log::EventLog& own_log,
                                                     const std::string& log_followed) {
  std::vector<v1::StreamParked> parked;
  log::ListQuery query{.view = std::string(kParkedView), .limit = kPageRows};
  do {
    const auto page = own_log.list(query);
    if (!page) return tl::unexpected(page.error());
    for (const log::ListedRow& row : page->rows) {
      v1::ParkedRow columns;
      if (!columns.ParseFromString(row.columns))
        return refuse(Code::kDataLoss, "VIEW_DAMAGED", "A row of the parked streams is damaged.");
      if (columns.parked().feed() == log_followed)
        parked.push_back(std::move(*columns.mutable_parked()));
    }
    query.as_at_size = page->as_at_size;
    query.after = page->next;
  } while (!query.after.empty());
  return parked;
}

}  // namespace mash::feed
