// Correction and recall: from an item that proved wrong to everyone it reached.
#include <algorithm>
#include <set>

#include "core/caller.h"
#include "core/timestamp.h"
#include "sharing/items/item.h"
#include "sharing/items/item_content.h"

namespace mash::sharing {
namespace {

using Events = Item::Events;
using State = Item::State;

// Everyone a decision ever released it to: whose decision has ended knows it all the same.
std::set<std::string> reached(const State& state) {
  std::set<std::string> agencies;
  for (const Item::Grant& grant : state.grants)
    if (grant.disclosed && grant.recipient.agency() != state.owner)
      agencies.insert(grant.recipient.agency());
  return agencies;
}

// Whether it asks more of a decision than the item did as the decision was judged.
bool falls_under_stricter_rules(const State& state, const v1::ItemContent& content,
                                v1::DataKind data_kind) {
  return data_kind != state.data_kind ||
         (content.handling().in_confidence() && !state.in_confidence) ||
         !content.protected_identities().empty() ||  // which they are, nobody has judged
         !std::ranges::all_of(content.person_ids(), [&](const std::string& person_id) {
           return state.person_ids.contains(person_id);
         });
}

Result<void> may_be_corrected(const State& state, const v1::ItemContent& content,
                              v1::DataKind data_kind) {
  if (!state.is_released() || !falls_under_stricter_rules(state, content, data_kind)) return {};
  return refuse(Code::kFailedPrecondition, "CORRECTION_NEEDS_DECISION",
                "What is right falls under other rules than the decision in force was judged on: "
                "supersede that one first, or call the item back.");
}

}  // namespace

Result<Events> Item::decide(const State& state, const Correct& command, const Context& context) {
  if (auto owned = for_the_owner(state, context); !owned) return tl::unexpected(owned.error());
  const v1::ItemContent& content = command.request.content();
  Checks checks;
  check_content("content", content, command.family, context, checks);
  if (!state.source_item_id.empty()) check_sanitised("content", content, checks);
  if (command.request.reason().empty())
    checks.fault("reason", "is missing: what was wrong, and how that is known");
  checks.text("reason", command.request.reason(), kNoteBytesMax);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (auto live = not_recalled(state); !live) return tl::unexpected(live.error());
  const auto rules = rules_of_category(content.category(), context);
  if (auto may = may_be_corrected(state, content, rules->data_kind); !may)
    return tl::unexpected(may.error());
  Event event;
  v1::ItemCorrected& corrected = *event.mutable_corrected();
  *corrected.mutable_content() = content;
  corrected.set_data_kind(rules->data_kind);
  corrected.set_protected_identities(static_cast<uint32_t>(content.protected_identities_size()));
  corrected.set_law(rules->law);
  corrected.set_reason(command.request.reason());
  for (const std::string& agency : reached(state)) corrected.add_agencies(agency);
  to_proto(context.now, corrected.mutable_corrected_at());
  return only(std::move(event));
}

Result<Events> Item::decide(const State& state, const v1::RecallItemRequest& command,
                            const Context& context) {
  if (auto owned = for_the_owner(state, context); !owned) return tl::unexpected(owned.error());
  Checks checks;
  if (command.reason().empty()) checks.fault("reason", "is missing: why it is called back");
  checks.text("reason", command.reason(), kNoteBytesMax);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (state.recalled) return Events{};
  Event event;
  v1::ItemRecalled& recalled = *event.mutable_recalled();
  recalled.set_reason(command.reason());
  for (const std::string& agency : reached(state)) recalled.add_agencies(agency);
  to_proto(context.now, recalled.mutable_recalled_at());
  return only(std::move(event));
}

Result<Events> Item::decide(const State& state, const v1::AcknowledgeRecallRequest& command,
                            const Context& context) {
  if (!state.exists()) return no_such("item");
  const std::string& agency = context.actor.agency;
  if (!state.recalls.contains(agency))
    return refuse(Code::kFailedPrecondition, "NOTHING_TO_ACKNOWLEDGE",
                  "No correction or recall of the item went to this agency.");
  Checks checks;
  if (command.action().empty())
    checks.fault("action", "is missing: what was done with what rested on the item");
  checks.text("action", command.action(), kNoteBytesMax);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (!state.awaits(agency)) return Events{};
  Event event;
  v1::RecallAcknowledged& heard = *event.mutable_recall_acknowledged();
  heard.set_agency(agency);
  heard.set_by(context.actor.practitioner);
  heard.set_action(command.action());
  to_proto(context.now, heard.mutable_acknowledged_at());
  return only(std::move(event));
}

}  // namespace mash::sharing
