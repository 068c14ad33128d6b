#include "policy/lawful_basis.h"

#include <algorithm>

#include "core/check.h"

namespace mash::policy {
namespace {

template <class Entry>
const Entry* find(const std::vector<Entry>& entries, std::string_view code) {
  const auto found = std::ranges::find(entries, code, &Entry::code);
  return found == entries.end() ? nullptr : &*found;
}

template <class Entry>
const Entry* find(const std::vector<Entry>& entries, std::string_view code, Day day) {
  const Entry* entry = find(entries, code);
  return entry != nullptr && entry->basis.in_force.hold(day) ? entry : nullptr;
}

}  // namespace

bool names_body(const Bodies& bodies, std::string_view code) {
  return bodies.empty() || std::ranges::find(bodies, code) != bodies.end();
}

bool Gateway::discloses(std::string_view body) const {
  return std::ranges::any_of(routes,
                             [&](const Route& route) { return names_body(route.from, body); });
}

bool Gateway::serves(std::string_view from, std::string_view to) const {
  return std::ranges::any_of(routes, [&](const Route& route) {
    return names_body(route.from, from) && names_body(route.to, to);
  });
}

const BodyKind* LawfulBasis::body(std::string_view code) const { return find(bodies_, code); }
const ItemCategory* LawfulBasis::category(std::string_view code) const {
  return find(categories_, code);
}
const Article6Basis* LawfulBasis::article_6(std::string_view code) const {
  return find(article_6_, code);
}
const SpecialCondition* LawfulBasis::special_condition(std::string_view code) const {
  return find(special_conditions_, code);
}
const Schedule1Condition* LawfulBasis::schedule_1(std::string_view code) const {
  return find(schedule_1_, code);
}
const Schedule8Condition* LawfulBasis::schedule_8(std::string_view code) const {
  return find(schedule_8_, code);
}
const Gateway* LawfulBasis::gateway(std::string_view code) const { return find(gateways_, code); }
const Ground* LawfulBasis::ground(std::string_view code) const { return find(grounds_, code); }

const LawfulRule& LawfulBasis::rule(Rule rule) const {
  const auto found = std::ranges::find(rules_, rule, &LawfulRule::rule);
  MASH_CHECK(found != rules_.end());  // a pack without it was refused
  return *found;
}

const BodyKind* LawfulBasis::body(std::string_view code, Day day) const {
  return find(bodies_, code, day);
}
const ItemCategory* LawfulBasis::category(std::string_view code, Day day) const {
  return find(categories_, code, day);
}
const Article6Basis* LawfulBasis::article_6(std::string_view code, Day day) const {
  return find(article_6_, code, day);
}
const SpecialCondition* LawfulBasis::special_condition(std::string_view code, Day day) const {
  return find(special_conditions_, code, day);
}
const Schedule1Condition* LawfulBasis::schedule_1(std::string_view code, Day day) const {
  return find(schedule_1_, code, day);
}
const Schedule8Condition* LawfulBasis::schedule_8(std::string_view code, Day day) const {
  return find(schedule_8_, code, day);
}
const Gateway* LawfulBasis::gateway(std::string_view code, Day day) const {
  return find(gateways_, code, day);
}
const Ground* LawfulBasis::ground(std::string_view code, Day day) const {
  return find(grounds_, code, day);
}

}  // namespace mash::policy
