#include "notification/notices/notice.h"

#include <utility>

#include "core/caller.h"
#include "core/timestamp.h"

namespace mash::notification {
namespace {

constexpr char kAcknowledgement[] = "acknowledgement";

// Agreed, since it is counted in minutes; nothing is said of its approaching.
common::v1::Deadline deadline_of(const v1::Notice& notice) {
  common::v1::Deadline deadline;
  deadline.set_kind(kAcknowledgement);
  *deadline.mutable_start() = notice.raised_at();
  deadline.set_clock(common::v1::CLOCK_KIND_AGREED);
  *deadline.mutable_due() = notice.acknowledge_by();
  *deadline.mutable_approaching_from() = notice.acknowledge_by();
  deadline.set_pack(notice.pack());
  return deadline;
}

v1::NoticeEvent acknowledged_by(const Context& context) {
  v1::NoticeEvent event;
  v1::NoticeAcknowledged& acknowledged = *event.mutable_acknowledged();
  acknowledged.set_agency(context.actor.agency);
  acknowledged.set_practitioner(context.actor.practitioner);
  to_proto(context.now, acknowledged.mutable_acknowledged_at());
  return event;
}

}  // namespace

void NoticeClocks::evolve(const v1::NoticeEvent& event) {
  const auto any = [](const clocks::Clock&) { return true; };
  switch (event.kind_case()) {
    case v1::NoticeEvent::kRaised:
      if (!event.raised().notice().has_acknowledge_by()) return;
      start(0, {}, deadline_of(event.raised().notice()));
      if (!clocks_.empty()) clocks_.back().told = DeadlineState::kApproaching;
      return;
    case v1::NoticeEvent::kAcknowledged:
      return finish(event.acknowledged().acknowledged_at(), any);
    case v1::NoticeEvent::kEscalated: {
      common::v1::DeadlineTold told;
      told.set_kind(kAcknowledgement);
      told.set_state(common::v1::DEADLINE_STATE_MISSED);
      *told.mutable_due() = event.escalated().due();
      return Clocks::told(told);
    }
    case v1::NoticeEvent::KIND_NOT_SET:
      return;
  }
}

Result<Notice::Events> Notice::decide(const State& state, const Raise& command, const Context&) {
  if (state.exists()) return Events{};
  Event event;
  *event.mutable_raised()->mutable_notice() = command.notice;
  return Events{std::move(event)};
}

Result<Notice::Events> Notice::decide(const State& state, const v1::AcknowledgeNoticeRequest&,
                                      const Context& context) {
  if (!state.exists() || state.notice.agency() != context.actor.agency) return no_such("notice");
  if (state.state != v1::NOTICE_STATE_OPEN) return Events{};
  return Events{acknowledged_by(context)};
}

Result<Notice::Events> Notice::decide(const State& state, const Escalate& command,
                                      const Context& context) {
  if (state.state != v1::NOTICE_STATE_OPEN || state.escalated ||
      state.clocks.to_tell(context.now).empty())
    return Events{};
  Event event;
  v1::NoticeEscalated& escalated = *event.mutable_escalated();
  escalated.set_to_notice_id(command.to_notice_id);
  *escalated.mutable_due() = state.notice.acknowledge_by();
  to_proto(context.now, escalated.mutable_escalated_at());
  return Events{std::move(event)};
}

Notice::State Notice::evolve(State state, const Event& event) {
  state.clocks.evolve(event);
  switch (event.kind_case()) {
    case Event::kRaised:
      state.notice = event.raised().notice();
      state.state = v1::NOTICE_STATE_OPEN;
      return state;
    case Event::kAcknowledged:
      state.state = v1::NOTICE_STATE_ACKNOWLEDGED;
      return state;
    case Event::kEscalated:
      state.escalated = true;
      return state;
    case Event::KIND_NOT_SET:
      return state;
  }
  return state;
}

}  // namespace mash::notification
