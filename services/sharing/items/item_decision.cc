// What decisions say of an item.
#include <algorithm>

#include "core/timestamp.h"
#include "sharing/items/item.h"
#include "sharing/items/item_content.h"

namespace mash::sharing {
namespace {

using Events = Item::Events;
using State = Item::State;

bool speaks(const State& state, const std::string& decision_id, bool in_force) {
  return std::ranges::any_of(state.grants, [&](const Item::Grant& grant) {
    return grant.decision_id == decision_id && (!in_force || !grant.until);
  });
}

Result<void> may_be_decided(const State& state, const v1::ItemDecided& decided) {
  if (decided.disposition() == v1::ITEM_DISPOSITION_RELEASED)
    if (auto live = not_recalled(state); !live) return live;
  for (const v1::Recipient& recipient : decided.recipients())
    if (const Item::Grant* grant = state.live_grant(recipient)) {
      Error in_force{.code = Code::kFailedPrecondition,
                     .reason = "DECISION_IN_FORCE",
                     .message =
                         "Another decision in force says whether this recipient gets the "
                         "item: supersede that one."};
      in_force.metadata["decision_id"] = grant->decision_id;
      return tl::unexpected(std::move(in_force));
    }
  if (state.grants.size() + static_cast<size_t>(decided.recipients_size()) > size_t{kGrantsMax})
    return refuse(Code::kFailedPrecondition, "TOO_MANY_GRANTS",
                  "So much was decided of the item that it takes no more: hold it anew.");
  return {};
}

}  // namespace

Result<Events> Item::decide(const State& state, const Decide& command, const Context& context) {
  if (auto owned = for_the_owner(state, context); !owned) return tl::unexpected(owned.error());
  if (speaks(state, command.decided.decision_id(), false)) return Events{};
  if (auto may = may_be_decided(state, command.decided); !may) return tl::unexpected(may.error());
  Event event;
  v1::ItemDecided& decided = *event.mutable_decided();
  decided = command.decided;
  to_proto(context.now, decided.mutable_decided_at());
  return only(std::move(event));
}

Result<Events> Item::decide(const State& state, const EndDecision& command,
                            const Context& context) {
  if (auto owned = for_the_owner(state, context); !owned) return tl::unexpected(owned.error());
  if (!speaks(state, command.decision_id, true)) return Events{};
  Event event;
  v1::ItemDecisionEnded& ended = *event.mutable_decision_ended();
  ended.set_decision_id(command.decision_id);
  to_proto(context.now, ended.mutable_ended_at());
  return only(std::move(event));
}

}  // namespace mash::sharing
