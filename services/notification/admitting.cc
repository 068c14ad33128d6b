#include "notification/admitting.h"

#include "cases/case_guard.h"
#include "core/caller.h"
#include "notification/deliveries/delivery.h"
#include "notification/notices/notice.h"
#include "notification/streams.h"

namespace mash::notification {
namespace {

// Whether a notice, or a delivery, is the caller's to see but for its case.
Result<bool> is_for(log::UnitOfWork& unit, const std::string& stream) {
  const Actor& actor = unit.context().actor;
  if (stream.starts_with(kDeliveries))
    return unit.observe<Delivery>(stream).map([&](const Delivery::State& delivery) {
      return sees_deliveries_of(actor, delivery.agency);
    });
  return unit.observe<Notice>(stream).map(
      [&](const Notice::State& notice) { return notice.notice.agency() == actor.agency; });
}

}  // namespace

Result<bool> Admitting::admit(const std::string& case_id) {
  if (const auto known = answers_.find(case_id); known != answers_.end()) return known->second;
  return cases::family_of(log_, case_id).map([&](const cases::Family& family) {
    return answers_[case_id] = family.access.admits(actor_);
  });
}

log::Guard notice_guard() {
  return [](log::UnitOfWork& unit, const std::string& stream,
            const std::string& case_id) -> Result<void> {
    if (case_id.empty()) return {};
    const auto its = is_for(unit, stream);
    if (!its) return tl::unexpected(its.error());
    const auto family = cases::family_of(unit, case_id);
    if (!family) return tl::unexpected(family.error());
    const bool parked = !family->parked.empty();
    const CaseAccess& known = parked ? family->access_before : family->access;
    if (!*its || !known.admits(unit.context().actor))
      return no_such(stream.starts_with(kDeliveries) ? "delivery" : "notice");
    if (parked) return cases::case_parked();
    return {};
  };
}

}  // namespace mash::notification
