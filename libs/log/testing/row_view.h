#pragma once
#include <google/protobuf/wrappers.pb.h>

#include <string>

#include "log/view.h"

namespace mash::log::testing {

// A view for tests: its events are "id order columns" (the row is put, or moved) or "id" (it leaves
// the list); a column text of "+" appends itself to what the row had, so that the row before
// counts.
class RowView final : public View {
 public:
  explicit RowView(std::string name = "rows", uint32_t version = 1)
      : name_(std::move(name)), version_(version) {}

  std::string_view name() const override { return name_; }
  uint32_t version() const override { return version_; }
  std::string row_id(const ViewEvent& event) const override {
    const std::string& text = text_of(event);
    return text.substr(0, text.find(' '));
  }
  std::optional<ViewRow> evolve(std::optional<ViewRow> row, const ViewEvent& event) const override {
    const std::string& text = text_of(event);
    const size_t order = text.find(' ');
    if (order == std::string::npos) return std::nullopt;
    const size_t columns = text.find(' ', order + 1);
    ViewRow after{.order = text.substr(order + 1, columns - order - 1),
                  .columns = text.substr(columns + 1)};
    if (version_ > 1) after.columns += " v" + std::to_string(version_);
    if (after.columns == "+" && row) after.columns = row->columns + "+";
    return after;
  }

 private:
  static const std::string& text_of(const ViewEvent& event) {
    return static_cast<const google::protobuf::StringValue&>(event.event).value();
  }

  std::string name_;
  uint32_t version_;
};

}  // namespace mash::log::testing
