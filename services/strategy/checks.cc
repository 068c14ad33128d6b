#include "strategy/checks.h"

#include <algorithm>

#include "core/timestamp.h"

namespace mash::strategy {

void check_children(const std::string& field, const Ids& ids, const cases::Family& family,
                    Checks& checks) {
  if (ids.empty()) checks.fault(field, "is missing: which children it is about");
  check_ids(field, ids, kChildrenMax, checks);
  for (int i = 0; i < std::min(ids.size(), kChildrenMax); ++i)
    if (!family.names_child(ids[i]))
      checks.fault(field + "[" + std::to_string(i) + "]",
                   "is no child whom a contact of the case named");
}

std::string case_for(const Ids& child_ids, const std::string& asked, const cases::Family& family) {
  std::string found;
  for (const auto& [id, referral] : family.referrals) {
    if (child_ids.empty() || !referral.people.contains(child_ids[0])) continue;
    if (referral.case_id == asked) return asked;
    if (found.empty()) found = referral.case_id;
  }
  return found.empty() ? asked : found;
}

void check_text(const std::string& field, const std::string& text, std::size_t bytes_max,
                std::string_view what, Checks& checks) {
  if (text.empty()) checks.fault(field, "is missing: " + std::string(what));
  checks.text(field, text, bytes_max);
}

Time time_or_now(const std::string& field, const google::protobuf::Timestamp* said, Time now,
                 Checks& checks) {
  if (said == nullptr || !checks.happened(field, *said, now)) return now;
  return std::min(from_proto(*said).value_or(now), now);
}

Result<void> may_take_part(const CaseAccess& access, const std::string& agency,
                           const std::string& practitioner) {
  if (access.barred.contains({agency, practitioner}))
    return refuse(Code::kFailedPrecondition, "PRACTITIONER_BARRED",
                  "Somebody who is named is barred from the case.");
  if (!access.restricted || access.named.contains({agency, practitioner})) return {};
  return refuse(Code::kFailedPrecondition, "NOT_NAMED",
                "The case is restricted to those named in it, and this would bring in another.");
}

}  // namespace mash::strategy
