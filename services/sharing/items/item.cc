#include "sharing/items/item.h"

#include <algorithm>

#include "core/caller.h"
#include "core/timestamp.h"
#include "sharing/decisions/recipient.h"
#include "sharing/items/item_content.h"

namespace mash::sharing {
namespace {

using Events = Item::Events;
using State = Item::State;

Time time_of(const google::protobuf::Timestamp& time) { return from_proto(time).value_or(Time{}); }

bool is_same(const v1::Recipient& left, const v1::Recipient& right) {
  return left.agency() == right.agency() && left.practitioner() == right.practitioner() &&
         left.role() == right.role();
}

// A practitioner is narrower than a role, and either than the agency.
int narrowness(const v1::Recipient& recipient) {
  return (recipient.practitioner().empty() ? 0 : 2) + (recipient.role().empty() ? 0 : 1);
}

// What rules ask of the content; its texts are not there to be read.
template <class Said>
void take_up(const Said& said, State& state) {
  const v1::ItemContent& content = said.content();
  state.data_kind = said.data_kind();
  state.in_confidence = content.handling().in_confidence();
  state.protected_identities = static_cast<int>(said.protected_identities());
  state.person_ids = {content.person_ids().begin(), content.person_ids().end()};
}

void take_up(const v1::ItemDecided& decided, State& state) {
  for (const v1::Recipient& recipient : decided.recipients())
    state.grants.push_back({.recipient = recipient,
                            .decision_id = decided.decision_id(),
                            .decision_version = decided.decision_version(),
                            .disclosed = decided.disposition() == v1::ITEM_DISPOSITION_RELEASED,
                            .ground = decided.ground(),
                            .since = time_of(decided.decided_at())});
}

void end_grants(const v1::ItemDecisionEnded& ended, State& state) {
  for (Item::Grant& grant : state.grants)
    if (grant.decision_id == ended.decision_id() && !grant.until)
      grant.until = time_of(ended.ended_at());
}

// From now on all of them are to acknowledge, also who had acknowledged something earlier.
template <class Agencies>
void tell(const Agencies& agencies, Time at, State& state) {
  for (const std::string& agency : agencies) state.recalls[agency] = {.told_at = at};
}

Result<void> check_sanitised_from(const Item::Hold& command, const Context& context) {
  if (command.source_item_id.empty()) return {};
  if (command.source == nullptr || !command.source->exists()) return no_such("item");
  if (command.source->owner != context.actor.agency) return not_the_owner();
  return not_recalled(*command.source);
}

}  // namespace

const Item::Grant* State::grant_for(const Actor& actor) const {
  const Grant* narrowest = nullptr;
  for (const Grant& grant : grants)
    if (!grant.until && is_for(grant.recipient, actor) &&
        (narrowest == nullptr || narrowness(grant.recipient) > narrowness(narrowest->recipient)))
      narrowest = &grant;
  return narrowest;
}

const Item::Grant* State::live_grant(const v1::Recipient& recipient) const {
  const auto found = std::ranges::find_if(grants, [&](const Grant& grant) {
    return !grant.until && is_same(grant.recipient, recipient);
  });
  return found == grants.end() ? nullptr : &*found;
}

bool State::may_be_read_by(const Actor& actor) const {
  if (!exists()) return false;
  if (actor.agency == owner) return true;
  const Grant* grant = grant_for(actor);
  return !recalled && grant != nullptr && grant->disclosed;
}

bool State::was_disclosed_to(const std::string& agency) const {
  return std::ranges::any_of(grants, [&](const Grant& grant) {
    return grant.disclosed && grant.recipient.agency() == agency;
  });
}

bool State::is_released() const {
  return std::ranges::any_of(grants,
                             [](const Grant& grant) { return grant.disclosed && !grant.until; });
}

bool State::was_ever_released() const {
  return std::ranges::any_of(grants, [](const Grant& grant) { return grant.disclosed; });
}

bool State::awaits(const std::string& agency) const {
  const auto told = recalls.find(agency);
  return told != recalls.end() && !told->second.acknowledged_at;
}

bool State::all_acknowledged() const {
  return std::ranges::all_of(
      recalls, [](const auto& told) { return told.second.acknowledged_at.has_value(); });
}

tl::unexpected<Error> not_the_owner() {
  return refuse(Code::kFailedPrecondition, "NOT_THE_OWNER",
                "Only the agency that holds the item may do this: ask it.");
}

Result<void> for_the_owner(const State& state, const Context& context) {
  if (!state.exists()) return no_such("item");
  if (state.owner != context.actor.agency) return not_the_owner();
  return {};
}

Result<void> not_recalled(const State& state) {
  if (!state.recalled) return {};
  return refuse(Code::kFailedPrecondition, "ITEM_RECALLED",
                "The item was called back: hold what is right as another one.");
}

Result<Events> Item::decide(const State& state, const Hold& command, const Context& context) {
  if (auto sound = check_sanitised_from(command, context); !sound)
    return tl::unexpected(sound.error());
  Checks checks;
  check_content(command.field, command.content, command.family, context, checks);
  if (!command.source_item_id.empty()) check_sanitised(command.field, command.content, checks);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (state.exists())
    return refuse(Code::kAlreadyExists, "ITEM_EXISTS", "An item with this id is there already.");
  const auto rules = rules_of_category(command.content.category(), context);
  Event event;
  v1::ItemHeld& held = *event.mutable_held();
  held.set_case_id(command.case_id);
  held.set_owner(context.actor.agency);
  held.set_held_by(context.actor.practitioner);
  *held.mutable_content() = command.content;
  held.set_data_kind(rules->data_kind);
  held.set_law(rules->law);
  held.set_protected_identities(static_cast<uint32_t>(command.content.protected_identities_size()));
  held.set_request_id(command.request_id);
  held.set_source_item_id(command.source_item_id);
  to_proto(context.now, held.mutable_held_at());
  return only(std::move(event));
}

Result<Events> Item::decide(const State& state, const Attach& command, const Context& context) {
  if (state.files.contains(command.file.file_id())) return Events{};
  if (auto may = may_attach(state, context); !may) return tl::unexpected(may.error());
  Checks checks;
  check_id("file_id", command.file.file_id(), checks);
  check_file(command.file, checks);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (auto taken = check_media_type(command.file.media_type()); !taken)
    return tl::unexpected(taken.error());
  Event event;
  v1::ItemFile& file = *event.mutable_file_attached()->mutable_file();
  file = command.file;
  to_proto(context.now, file.mutable_attached_at());
  return only(std::move(event));
}

Result<void> may_attach(const State& state, const Context& context) {
  if (auto owned = for_the_owner(state, context); !owned) return owned;
  if (auto live = not_recalled(state); !live) return live;
  if (state.was_ever_released())
    return refuse(Code::kFailedPrecondition, "ITEM_RELEASED",
                  "The item was released as it is: hold the file with another one.");
  if (state.files.size() >= size_t{kFilesMax})
    return refuse(Code::kFailedPrecondition, "TOO_MANY_FILES",
                  "The item has " + std::to_string(kFilesMax) +
                      " files, as many as one holds: hold more with another one.");
  return {};
}

Result<Events> Item::decide(const State& state, const Sanitise& command, const Context& context) {
  if (auto owned = for_the_owner(state, context); !owned) return tl::unexpected(owned.error());
  if (state.versions.contains(command.item_id)) return Events{};
  Event event;
  event.mutable_sanitised()->set_item_id(command.item_id);
  to_proto(context.now, event.mutable_sanitised()->mutable_sanitised_at());
  return only(std::move(event));
}

State Item::evolve(State state, const Event& event) {
  ++state.version;
  switch (event.kind_case()) {
    case Event::kHeld: {
      const v1::ItemHeld& held = event.held();
      state.case_id = held.case_id();
      state.owner = held.owner();
      state.held_by = held.held_by();
      state.request_id = held.request_id();
      state.source_item_id = held.source_item_id();
      state.held_at = time_of(held.held_at());
      take_up(held, state);
      state.content_version = state.version;
      return state;
    }
    case Event::kFileAttached: {
      const v1::ItemFile& file = event.file_attached().file();
      state.files[file.file_id()] = {.media_type = file.media_type(), .bytes = file.bytes()};
      state.content_version = state.version;
      return state;
    }
    case Event::kSanitised:
      state.versions.insert(event.sanitised().item_id());
      return state;
    case Event::kDecided:
      take_up(event.decided(), state);
      return state;
    case Event::kDecisionEnded:
      end_grants(event.decision_ended(), state);
      return state;
    case Event::kCorrected:
      state.corrected = true;
      state.content_version = state.version;
      take_up(event.corrected(), state);
      tell(event.corrected().agencies(), time_of(event.corrected().corrected_at()), state);
      return state;
    case Event::kRecalled:
      state.recalled = true;
      tell(event.recalled().agencies(), time_of(event.recalled().recalled_at()), state);
      return state;
    case Event::kRecallAcknowledged: {
      const v1::RecallAcknowledged& heard = event.recall_acknowledged();
      Recall& recall = state.recalls[heard.agency()];
      recall.acknowledged_at = time_of(heard.acknowledged_at());
      recall.acknowledged_by = heard.by();
      return state;
    }
    case Event::KIND_NOT_SET:  // refused when read
      return state;
  }
  return state;
}

}  // namespace mash::sharing
