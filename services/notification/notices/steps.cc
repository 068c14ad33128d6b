#include "notification/notices/steps.h"

#include <algorithm>
#include <utility>

#include "core/timestamp.h"

namespace mash::notification {

bool may_be_told(const CaseAccess& access, const v1::Notice& notice,
                 const std::string& practitioner) {
  if (access.barred.contains({notice.agency(), practitioner})) return false;
  if (!access.restricted) return true;
  return access.named.contains({notice.agency(), practitioner}) &&
         (notice.practitioner().empty() || practitioner == notice.practitioner());
}

std::vector<v1::NoticeStep> steps_of(const std::vector<v1::ContactPlace>& contacts,
                                     const v1::Notice& notice, const CaseAccess& access,
                                     const Turns& turns) {
  std::vector<v1::ContactPlace> told;
  for (const v1::ContactPlace& contact : contacts)
    if (notice.urgency() >= contact.at_least() &&
        may_be_told(access, notice, contact.practitioner()))
      told.push_back(contact);
  std::ranges::stable_partition(told, [&](const v1::ContactPlace& contact) {
    return !notice.practitioner().empty() && contact.practitioner() == notice.practitioner();
  });
  const bool only_the_first = !turns.all_at_once && turns.next_after == std::chrono::minutes(0);
  if (only_the_first && told.size() > 1) told.resize(1);

  const auto raised_at = from_proto(notice.raised_at()).value_or(Time());
  const auto last = from_proto(notice.acknowledge_by()).value_or(raised_at);
  const auto between = turns.all_at_once ? std::chrono::minutes(0) : turns.next_after;
  std::vector<v1::NoticeStep> steps;
  for (const v1::ContactPlace& contact : told) {
    v1::NoticeStep& step = steps.emplace_back();
    step.set_contact_id(contact.contact_id());
    step.set_practitioner(contact.practitioner());
    *step.mutable_channels() = contact.kinds();
    *step.mutable_channel_numbers() = contact.channel_numbers();
    to_proto(std::min<Time>(raised_at + between * static_cast<int>(steps.size() - 1), last),
             step.mutable_at());
  }
  return steps;
}

}  // namespace mash::notification
