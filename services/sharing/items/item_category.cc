#include "core/calendar.h"
#include "policy/lawful_basis.h"
#include "sharing/items/item_content.h"

namespace mash::sharing {
namespace {

v1::DataKind to_proto(policy::DataKind kind) {
  switch (kind) {
    case policy::DataKind::kOrdinary:
      return v1::DATA_KIND_ORDINARY;
    case policy::DataKind::kSpecialCategory:
      return v1::DATA_KIND_SPECIAL_CATEGORY;
    case policy::DataKind::kCriminalOffence:
      return v1::DATA_KIND_CRIMINAL_OFFENCE;
  }
  return v1::DATA_KIND_UNSPECIFIED;
}

}  // namespace

std::optional<CategoryRules> rules_of_category(std::string_view category, const Context& context) {
  if (context.law == nullptr) return std::nullopt;
  const auto* known = context.law->category(category, context.calendar->london().day(context.now));
  if (known == nullptr) return std::nullopt;
  return CategoryRules{.data_kind = to_proto(known->kind), .law = context.law->citation()};
}

}  // namespace mash::sharing
