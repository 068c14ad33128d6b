#include "notification/notices/passing_on.h"

#include <algorithm>
#include <utility>

#include "cases/case_guard.h"
#include "core/timestamp.h"
#include "notification/notices/awaiting.h"
#include "notification/notices/notice.h"
#include "notification/notices/posting.h"
#include "notification/notices/steps.h"

namespace mash::notification {
namespace {

// The hub's managers get a notice of their own, in the inbox of each agency of the hub, which is
// closed by what closes that one; all of the hub's contacts are told at once. The first one's id.
Result<std::string> tell_managers(const RaisingParts& parts, log::UnitOfWork& unit,
                                  const Notice::State& late, const CaseAccess& access) {
  Posting posting{.notice = late.notice, .turns = {.all_at_once = true}, .awaiting = late.awaiting};
  if (!late.awaiting.empty()) {
    const auto awaiting = unit.observe<Awaiting>(late.awaiting);
    if (!awaiting) return tl::unexpected(awaiting.error());
    if (const auto* awaits = awaiting->find(late.notice.notice_id())) posting.awaits = *awaits;
  }
  posting.notice.set_escalated_from(late.notice.agency());
  posting.notice.set_role(kManagerRole);
  posting.notice.clear_practitioner();
  posting.notice.clear_acknowledge_by();
  posting.notice.clear_until_done();
  to_proto(unit.context().now, posting.notice.mutable_raised_at());
  std::string first;
  for (const std::string& agency : parts.hub) {
    posting.notice.set_agency(agency);
    auto posted = post(unit, parts.ids, access, posting);
    if (!posted) return posted;
    if (first.empty()) first = std::move(*posted);
  }
  return first;
}

// Whether the next contact is told: not one that may not know of the case any more.
Result<bool> tell_next(const RaisingParts& parts, log::UnitOfWork& unit, const Notice::State& late,
                       const std::string& contact_id, const CaseAccess& access) {
  const auto step = std::ranges::find(late.steps, contact_id, &v1::NoticeStep::contact_id);
  if (step == late.steps.end() || !may_be_told(access, late.notice, step->practitioner()))
    return false;
  return tell_contact(unit, parts.ids, late.notice, *step).map([] { return true; });
}

}  // namespace

Result<void> pass_on(const RaisingParts& parts, log::UnitOfWork& unit, const std::string& stream) {
  const auto late = unit.observe<Notice>(stream);
  if (!late) return tl::unexpected(late.error());
  const auto over = late->clocks.to_tell(unit.context().now);
  if (over.empty()) return {};
  const auto family = cases::family_of(unit, late->notice.case_id());
  if (!family) return tl::unexpected(family.error());
  if (!family->parked.empty()) return cases::case_parked();
  Notice::PassOn done;
  for (const common::v1::DeadlineTold& due : over) {
    if (NoticeClocks::is_for_next_contact(due)) {
      const auto told = tell_next(parts, unit, *late, due.id(), family->access);
      if (!told) return tl::unexpected(told.error());
      if (!*told) done.passed_over.insert(due.id());
    } else {
      auto told = tell_managers(parts, unit, *late, family->access);
      if (!told) return tl::unexpected(told.error());
      done.to_notice_id = std::move(*told);
    }
  }
  return unit.decide<Notice>({.stream = stream}, done);
}

}  // namespace mash::notification
