#include "referral/people/relation.h"

#include <chrono>
#include <optional>

#include "core/timestamp.h"
#include "referral/rules.h"

namespace mash::referral {
namespace {

using std::chrono::sys_days;

// A day that somebody gives; nothing where it is left out or no day that can have been.
std::optional<sys_days> checked_day(const std::string& field, const std::string& text, Time now,
                                    Checks& checks) {
  if (text.empty()) return {};
  const auto day = from_iso_date(text);
  // London runs at most an hour ahead of UTC.
  if (!day) {
    checks.fault(field, "is not a date like 2026-03-29");
  } else if (sys_days(*day) > now + std::chrono::hours(1)) {
    checks.fault(field, "is in the future");
  } else {
    return sys_days(*day);
  }
  return {};
}

}  // namespace

void check_period(const std::string& field, const std::string& since, const std::string& until,
                  Time now, Checks& checks) {
  const auto first = checked_day(field + "since", since, now, checks);
  const auto last = checked_day(field + "until", until, now, checks);
  if (first && last && *last < *first) checks.fault(field + "until", "is before it began");
}

Result<v1::Relation> relation_of(const v1::RelatePersonsRequest& request, const Context& context) {
  v1::Relation relation = request.relation();
  Checks checks;
  if (relation.other_person_id() == request.person_id())
    checks.fault("relation.other_person_id", "is the same person's id: name another");
  if (!v1::RelationKind_IsValid(relation.kind()) ||
      relation.kind() == v1::RELATION_KIND_UNSPECIFIED)
    checks.fault("relation.kind", "is not a kind of relation");
  check_period("relation.", relation.since(), relation.until(), context.now, checks);
  if (relation.source().empty())
    checks.fault("relation.source", "is missing: say how it is known, and from whom");
  checks.text("relation.source", relation.source(), kNoteBytesMax);
  return checks.verdict().map([&] {
    relation.set_relation_id(fresh_id(context));
    relation.set_agency(context.actor.agency);
    return relation;
  });
}

v1::Relation mirrored(const v1::Relation& relation, const std::string& person_id) {
  v1::Relation other = relation;
  other.set_other_person_id(person_id);
  other.set_kind(inverse_of(relation.kind()));
  return other;
}

v1::RelationKind inverse_of(v1::RelationKind kind) {
  switch (kind) {
    case v1::RELATION_KIND_PARENT_OF:
      return v1::RELATION_KIND_CHILD_OF;
    case v1::RELATION_KIND_CHILD_OF:
      return v1::RELATION_KIND_PARENT_OF;
    case v1::RELATION_KIND_CARES_FOR:
      return v1::RELATION_KIND_CARED_FOR_BY;
    case v1::RELATION_KIND_CARED_FOR_BY:
      return v1::RELATION_KIND_CARES_FOR;
    case v1::RELATION_KIND_ALLEGED_TO_HAVE_HARMED:
      return v1::RELATION_KIND_ALLEGEDLY_HARMED_BY;
    case v1::RELATION_KIND_ALLEGEDLY_HARMED_BY:
      return v1::RELATION_KIND_ALLEGED_TO_HAVE_HARMED;
    default:
      return kind;  // the same both ways
  }
}

}  // namespace mash::referral
