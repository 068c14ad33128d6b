#pragma once
#include "log/view.h"

namespace mash::vault {

// The destructions ordered and done, newest order first: one row for each key, a v1::DestroyedKey.
class DestructionsView final : public log::View {
 public:
  static constexpr std::string_view kName = "destructions";

  std::string_view name() const override { return kName; }
  uint32_t version() const override { return 1; }
  std::string row_id(const log::ViewEvent& event) const override;
  std::optional<log::ViewRow> evolve(std::optional<log::ViewRow> row,
                                     const log::ViewEvent& event) const override;
};

}  // namespace mash::vault
