#include "core/caller.h"
#include "core/identifiers.h"
#include "core/timestamp.h"
#include "referral/referral.h"
#include "referral/rules.h"

// Which authority is responsible: West Midlands procedures, 1.18. Another one is asked; until it
// accepts in writing nothing moves, and nothing urgent waits for it.
namespace mash::referral {
namespace {

using Event = Referral::Event;
using Events = Referral::Events;
using State = Referral::State;
using Transfer = Referral::Transfer;

void check_transfer(const State& state, const v1::Transfer& said, Checks& checks) {
  if (!is_area(said.to_area()))
    checks.fault("transfer.to_area", "is not an authority's ONS code, like E08000025");
  else if (said.to_area() == state.area)
    checks.fault("transfer.to_area", "is the authority that is responsible already");
  if (said.ground() == v1::TRANSFER_GROUND_UNSPECIFIED)
    checks.fault("transfer.ground", "is missing: why that authority is responsible");
  if (said.reason().empty()) checks.fault("transfer.reason", "is missing");
  checks.text("transfer.reason", said.reason(), kTextBytesMax);
  checks.text("transfer.urgent_action", said.urgent_action(), kNoteBytesMax);
  if (state.immediate_danger && said.urgent_action().empty())
    checks.fault("transfer.urgent_action",
                 "is missing: there is immediate danger, so what has been done for the child's "
                 "safety meanwhile");
}

Result<void> may_be_transferred(const State& state) {
  switch (state.stage) {
    case v1::REFERRAL_STAGE_TRANSFERRED:
      return transferred();
    case v1::REFERRAL_STAGE_CLOSED:
    case v1::REFERRAL_STAGE_WITHDRAWN:
      return refuse(Code::kFailedPrecondition, "REFERRAL_NOT_OPEN",
                    "It is closed or was taken back: there is nothing to be responsible for.");
    default:
      return {};
  }
}

// The transfer, for the hub and the authority that was asked.
Result<const Transfer*> known_transfer(const State& state, const std::string& transfer_id,
                                       const Actor& actor) {
  const auto found = state.transfers.find(transfer_id);
  const bool exists = found != state.transfers.end();
  if (is_hub(actor)) {
    if (!state.exists()) return no_such("referral");
    if (!exists) return no_such("transfer");
    return &found->second;
  }
  if (!exists || agency_of_area(found->second.to_area) != actor.agency) return no_such("referral");
  return &found->second;
}

}  // namespace

Result<Events> Referral::decide(const State& state, const v1::TransferReferralRequest& command,
                                const Context& context) {
  if (auto may = for_the_hub(state, context); !may) return tl::unexpected(may.error());
  Checks checks;
  check_transfer(state, command.transfer(), checks);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (auto may = may_be_transferred(state); !may) return tl::unexpected(may.error());
  if (const Transfer* pending = state.pending_transfer()) {
    if (pending->to_area == command.transfer().to_area()) return Events{};
    return refuse(Code::kFailedPrecondition, "TRANSFER_PENDING",
                  "Another authority has been asked and has not answered yet.");
  }

  Event event;
  v1::Transfer& transfer = *event.mutable_transfer_proposed()->mutable_transfer();
  transfer = command.transfer();
  transfer.set_transfer_id(fresh_id(context));
  transfer.set_proposed_by(context.actor.practitioner);
  to_proto(context.now, transfer.mutable_proposed_at());
  return Events{event};
}

Result<Events> Referral::decide(const State& state, const v1::AcceptTransferRequest& command,
                                const Context& context) {
  const auto transfer = known_transfer(state, command.transfer_id(), context.actor);
  if (!transfer) return tl::unexpected(transfer.error());
  Checks checks;
  checks.text("statement", command.statement(), kTextBytesMax);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (command.area() != (*transfer)->to_area)
    return refuse(Code::kFailedPrecondition, "NOT_THE_RECEIVING_AREA",
                  "The transfer was proposed to another authority.");
  if ((*transfer)->answered) {
    if ((*transfer)->accepted == command.accepted()) return Events{};
    return refuse(Code::kFailedPrecondition, "TRANSFER_ANSWERED",
                  "The authority has answered otherwise before.");
  }
  // What ended before the answer came has no responsibility left to take; no is still an answer.
  if (command.accepted()) {
    if (auto may = may_be_transferred(state); !may) return tl::unexpected(may.error());
    if ((*transfer)->over)
      return refuse(Code::kFailedPrecondition, "TRANSFER_OVER",
                    "It was closed or taken back before the authority answered: it is asked anew.");
  }

  Event event;
  v1::TransferAnswer& answer = *event.mutable_transfer_answered()->mutable_answer();
  answer.set_transfer_id(command.transfer_id());
  answer.set_accepted(command.accepted());
  answer.set_statement(command.statement());
  answer.set_agency(context.actor.agency);
  answer.set_by(context.actor.practitioner);
  to_proto(context.now, answer.mutable_answered_at());
  return Events{event};
}

}  // namespace mash::referral
