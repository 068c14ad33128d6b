#include <array>
#include <utility>

#include "sharing/item_content.h"

namespace mash::sharing {
namespace {

constexpr std::array<std::pair<std::string_view, v1::DataKind>, 3> kCategories = {{
    {"education", v1::DATA_KIND_ORDINARY},
    {"mental-health", v1::DATA_KIND_SPECIAL_CATEGORY},
    {"police-intelligence", v1::DATA_KIND_CRIMINAL_OFFENCE},
}};

}  // namespace

std::optional<CategoryRules> rules_of_category(std::string_view category, const Context&) {
  for (const auto& [code, kind] : kCategories)
    if (code == category) return CategoryRules{.data_kind = kind, .law = "lawful-basis"};
  return std::nullopt;
}

}  // namespace mash::sharing
