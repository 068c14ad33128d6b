// Deadlines on the wire.
#include "core/deadline.h"
#include "core/timestamp.h"
#include "mash/common/v1/deadline.pb.h"

namespace mash {
namespace {

namespace v1 = common::v1;

tl::unexpected<Error> invalid_deadline(std::string message) {
  return refuse(Code::kInvalidArgument, "INVALID_DEADLINE", std::move(message));
}

}  // namespace

void to_proto(const Deadline& deadline, v1::Deadline* out) {
  out->set_kind(deadline.kind);
  to_proto(deadline.start, out->mutable_start());
  out->set_clock(static_cast<v1::ClockKind>(deadline.allowed.clock));
  out->set_amount(deadline.allowed.amount);
  to_proto(deadline.due, out->mutable_due());
  to_proto(deadline.approaching_from, out->mutable_approaching_from());
  out->set_pack(deadline.pack);
  out->set_calendar(deadline.calendar);
  out->set_capped_by(deadline.capped_by);
}

Result<Deadline> from_proto(const v1::Deadline& message) {
  if (message.kind().empty() || !message.has_start() || !message.has_due() ||
      !message.has_approaching_from())
    return invalid_deadline("A deadline has a kind, a start, a due time and an approaching time.");
  if (!v1::ClockKind_IsValid(message.clock()) || message.clock() == v1::CLOCK_KIND_UNSPECIFIED)
    return invalid_deadline("A deadline names one of the six kinds of clock.");
  const bool agreed = message.clock() == v1::CLOCK_KIND_AGREED;
  if (agreed != (message.amount() == 0) || message.amount() > kMaxSpan ||
      message.amount() < -kMaxSpan)
    return invalid_deadline("A deadline's amount is 1 to 10,000 of its clock, and 0 where agreed.");
  const auto start = from_proto(message.start());
  const auto due = from_proto(message.due());
  const auto approaching = from_proto(message.approaching_from());
  if (!start || !due || !approaching)
    return invalid_deadline("A deadline's times lie in the years 1 to 9999.");
  return Deadline{.kind = message.kind(),
                  .start = *start,
                  .allowed = {message.amount(), static_cast<ClockKind>(message.clock())},
                  .due = *due,
                  .approaching_from = *approaching,
                  .pack = message.pack(),
                  .calendar = message.calendar(),
                  .capped_by = message.capped_by()};
}

void to_proto(const Extension& extension, v1::DeadlineExtension* out) {
  to_proto(extension.previous_due, out->mutable_previous_due());
  to_proto(extension.due, out->mutable_due());
  out->set_reasons(extension.reasons);
  to_proto(extension.extended_at, out->mutable_extended_at());
}

Result<Extension> from_proto(const v1::DeadlineExtension& message) {
  const auto previous_due = from_proto(message.previous_due());
  const auto due = from_proto(message.due());
  const auto extended_at = from_proto(message.extended_at());
  if (!message.has_previous_due() || !message.has_due() || !message.has_extended_at() ||
      !previous_due || !due || !extended_at)
    return invalid_deadline("An extension has its three times, in the years 1 to 9999.");
  return Extension{.previous_due = *previous_due,
                   .due = *due,
                   .reasons = message.reasons(),
                   .extended_at = *extended_at};
}

void to_proto(const Deadline& deadline, Time now, v1::DeadlineStatus* out,
              std::span<const Deadline> before) {
  to_proto(deadline, out->mutable_deadline());
  out->set_state(static_cast<v1::DeadlineState>(deadline.state(now)));
  to_proto(deadline.current_due(), out->mutable_due());
  if (deadline.done_at) to_proto(*deadline.done_at, out->mutable_done_at());
  for (const auto& extension : deadline.extensions) to_proto(extension, out->add_extensions());
  for (const auto& earlier : before) to_proto(earlier, out->add_before());
}

}  // namespace mash
