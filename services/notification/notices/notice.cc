#include "notification/notices/notice.h"

#include <utility>

#include "core/caller.h"
#include "core/timestamp.h"

namespace mash::notification {
namespace {

constexpr char kAcknowledgement[] = "acknowledgement";
constexpr char kNextContact[] = "next-contact";
// Of what is kToBeDone an acknowledgement ends no clock.
enum Group : int { kToAcknowledge, kToPassOn, kToBeDone };

// Agreed, since it is counted in minutes; nothing is said of its approaching.
common::v1::Deadline deadline_of(const v1::Notice& notice, const char* kind,
                                 const google::protobuf::Timestamp& due) {
  common::v1::Deadline deadline;
  deadline.set_kind(kind);
  *deadline.mutable_start() = notice.raised_at();
  deadline.set_clock(common::v1::CLOCK_KIND_AGREED);
  *deadline.mutable_due() = due;
  *deadline.mutable_approaching_from() = due;
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

v1::NoticeEvent escalated(const Notice::State& state, const std::string& to_notice_id,
                          const Context& context) {
  v1::NoticeEvent event;
  v1::NoticeEscalated& escalated = *event.mutable_escalated();
  escalated.set_to_notice_id(to_notice_id);
  *escalated.mutable_due() = state.notice.acknowledge_by();
  to_proto(context.now, escalated.mutable_escalated_at());
  return event;
}

v1::NoticeEvent passed_on(const common::v1::DeadlineTold& told, bool passed_over) {
  v1::NoticeEvent event;
  v1::NoticePassedOn& passed_on = *event.mutable_passed_on();
  passed_on.set_contact_id(told.id());
  *passed_on.mutable_due() = told.due();
  *passed_on.mutable_passed_on_at() = told.told_at();
  passed_on.set_passed_over(passed_over);
  return event;
}

}  // namespace

void NoticeClocks::raise(const v1::NoticeRaised& raised) {
  const v1::Notice& notice = raised.notice();
  for (int i = 1; i < raised.steps_size(); ++i)
    start(kToPassOn, raised.steps(i).contact_id(),
          deadline_of(notice, kNextContact, raised.steps(i).at()));
  if (notice.has_acknowledge_by())
    start(notice.until_done() ? kToBeDone : kToAcknowledge, {},
          deadline_of(notice, kAcknowledgement, notice.acknowledge_by()));
  // That a time approaches is nothing to say to anybody: without this it would be told at once.
  for (clocks::Clock& clock : clocks_) clock.told = DeadlineState::kApproaching;
}

// Nobody need be told that they are to know any more, also of a time that was over by then and was
// not spoken of.
void NoticeClocks::acknowledge() {
  remove([](const clocks::Clock& clock) { return clock.group != kToBeDone; });
}

bool NoticeClocks::is_for_next_contact(const common::v1::DeadlineTold& due) {
  return due.kind() == kNextContact;
}

void NoticeClocks::miss(const char* kind, const std::string& id,
                        const google::protobuf::Timestamp& due) {
  common::v1::DeadlineTold told;
  told.set_kind(kind);
  told.set_id(id);
  told.set_state(common::v1::DEADLINE_STATE_MISSED);
  *told.mutable_due() = due;
  Clocks::told(told);
}

void NoticeClocks::evolve(const v1::NoticeEvent& event) {
  switch (event.kind_case()) {
    case v1::NoticeEvent::kRaised:
      return raise(event.raised());
    case v1::NoticeEvent::kAcknowledged:
      return acknowledge();
    case v1::NoticeEvent::kClosed:
      return clocks_.clear();
    case v1::NoticeEvent::kPassedOn:
      return miss(kNextContact, event.passed_on().contact_id(), event.passed_on().due());
    case v1::NoticeEvent::kEscalated:
      return miss(kAcknowledgement, "", event.escalated().due());
    case v1::NoticeEvent::kComesAgain:
    case v1::NoticeEvent::KIND_NOT_SET:
      return;
  }
}

Result<Notice::Events> Notice::decide(const State& state, const Raise& command, const Context&) {
  if (state.exists()) return Events{};
  Event event;
  v1::NoticeRaised& raised = *event.mutable_raised();
  *raised.mutable_notice() = command.notice;
  for (const v1::NoticeStep& step : command.steps) *raised.add_steps() = step;
  raised.set_awaiting(command.awaiting);
  raised.set_beside_another(command.beside_another);
  return Events{std::move(event)};
}

Result<Notice::Events> Notice::decide(const State& state, const v1::AcknowledgeNoticeRequest&,
                                      const Context& context) {
  if (!state.exists() || state.notice.agency() != context.actor.agency) return no_such("notice");
  if (state.notice.role() == kManagerRole && !is_manager(context.actor))
    return refuse(Code::kPermissionDenied, "NOTICE_NEEDS_MANAGER",
                  "It came to the hub's managers: one of them says that they know.");
  if (state.state == v1::NOTICE_STATE_ACKNOWLEDGED) return Events{};
  return Events{acknowledged_by(context)};
}

Result<Notice::Events> Notice::decide(const State& state, const PassOn& command,
                                      const Context& context) {
  Events events;
  for (const common::v1::DeadlineTold& told : state.clocks.to_tell(context.now)) {
    if (NoticeClocks::is_for_next_contact(told))
      events.push_back(passed_on(told, command.passed_over.contains(told.id())));
    else
      events.push_back(escalated(state, command.to_notice_id, context));
  }
  return events;
}

Result<Notice::Events> Notice::decide(const State& state, const Close& command,
                                      const Context& context) {
  if (!state.exists() || state.closed) return Events{};
  Event event;
  event.mutable_closed()->set_by(command.by);
  to_proto(context.now, event.mutable_closed()->mutable_closed_at());
  return Events{std::move(event)};
}

Result<Notice::Events> Notice::decide(const State& state, const ComeAgain& command,
                                      const Context& context) {
  if (!state.exists()) return Events{};
  Event event;
  event.mutable_comes_again()->set_why(command.why);
  to_proto(context.now, event.mutable_comes_again()->mutable_comes_again_at());
  return Events{std::move(event)};
}

Notice::State Notice::evolve(State state, const Event& event) {
  state.clocks.evolve(event);
  switch (event.kind_case()) {
    case Event::kRaised:
      state.notice = event.raised().notice();
      state.steps.assign(event.raised().steps().begin(), event.raised().steps().end());
      state.awaiting = event.raised().awaiting();
      state.state = v1::NOTICE_STATE_OPEN;
      return state;
    case Event::kAcknowledged:
      state.state = v1::NOTICE_STATE_ACKNOWLEDGED;
      return state;
    case Event::kClosed:
      state.closed = true;
      if (state.state == v1::NOTICE_STATE_OPEN) state.state = v1::NOTICE_STATE_CLOSED;
      return state;
    case Event::kPassedOn:
    case Event::kEscalated:
    case Event::kComesAgain:
    case Event::KIND_NOT_SET:
      return state;
  }
  return state;
}

}  // namespace mash::notification
