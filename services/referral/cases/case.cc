#include "referral/cases/case.h"

#include <algorithm>

#include "core/caller.h"
#include "core/checks.h"
#include "core/timestamp.h"

namespace mash::referral {
namespace {

using Practitioner = Practitioners::value_type;

Practitioner named_by(const v1::PractitionerName& name) {
  return {name.agency(), name.practitioner()};
}

Practitioner acting(const Actor& actor) { return {actor.agency, actor.practitioner}; }

void fill(const Practitioner& practitioner, v1::PractitionerName& name) {
  name.set_agency(practitioner.first);
  name.set_practitioner(practitioner.second);
}

template <class Names>
Practitioners set_of(const Names& names) {
  Practitioners practitioners;
  for (const v1::PractitionerName& name : names) practitioners.insert(named_by(name));
  return practitioners;
}

Case::Event restricted_to(const Practitioners& named, const std::string& reason, Time now) {
  Case::Event event;
  v1::CaseRestricted& restricted = *event.mutable_restricted();
  for (const Practitioner& practitioner : named) fill(practitioner, *restricted.add_named());
  restricted.set_reason(reason);
  *restricted.mutable_restricted_at() = to_proto(now);
  return event;
}

Case::Event barred(const v1::Bar& bar, Time now) {
  Case::Event event;
  *event.mutable_barred()->mutable_bar() = bar;
  *event.mutable_barred()->mutable_bar()->mutable_barred_at() = to_proto(now);
  return event;
}

Case::Event barred(const Practitioner& practitioner, const std::string& reason, Time now) {
  v1::Bar bar;
  fill(practitioner, *bar.mutable_practitioner());
  bar.set_reason(reason);
  return barred(bar, now);
}

// What is said of who may see a case is said of them all, at their head.
Result<void> is_head(const Case::State& state) {
  if (state.joined_into.empty()) return {};
  auto error = refuse(Code::kFailedPrecondition, "CASE_IS_JOINED",
                      "The case is part of another, which says who may see it: name that one.");
  error.value().metadata = {{"joined_into", state.joined_into}};
  return error;
}

tl::unexpected<Error> too_many_barred() {
  return refuse(Code::kFailedPrecondition, "TOO_MANY_BARRED",
                "Of one case, with those joined into it, " + std::to_string(kBarredMax) +
                    " practitioners can be barred.");
}

CaseAccess access_taken_in(const v1::CaseTookIn& event) {
  return {.restricted = event.restricted(),
          .named = set_of(event.named()),
          .barred = set_of(event.barred())};
}

}  // namespace

Result<Case::Events> Case::decide(const State& state, const v1::RestrictCaseRequest& command,
                                  const Context& context) {
  Checks checks;
  checks.text("reason", command.reason(), kNoteBytesMax);
  if (command.named_size() > kNamedMax)
    checks.fault("named", "are more than " + std::to_string(kNamedMax));
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (auto head = is_head(state); !head) return tl::unexpected(head.error());
  if (command.named().empty()) {
    if (!state.access.restricted) return Events{};
    Event event;
    event.mutable_unrestricted()->set_reason(command.reason());
    *event.mutable_unrestricted()->mutable_unrestricted_at() = to_proto(context.now);
    return Events{std::move(event)};
  }
  // Who restricts a case can always undo it: nobody is locked out by forgetting to name themselves.
  Practitioners named = set_of(command.named());
  named.insert(acting(context.actor));
  if (state.access.restricted && state.access.named == named) return Events{};
  return Events{restricted_to(named, command.reason(), context.now)};
}

Result<Case::Events> Case::decide(const State& state, const v1::BarPractitionerRequest& command,
                                  const Context& context) {
  Checks checks;
  checks.text("reason", command.reason(), kNoteBytesMax);
  if (!command.lift() && command.ground() == v1::BAR_GROUND_UNSPECIFIED)
    checks.fault("ground", "is required");
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (auto head = is_head(state); !head) return tl::unexpected(head.error());
  const bool is_barred = state.access.barred.contains(named_by(command.practitioner()));
  if (is_barred != command.lift()) return Events{};
  if (!command.lift()) {
    v1::Bar bar;
    *bar.mutable_practitioner() = command.practitioner();
    bar.set_ground(command.ground());
    bar.set_reason(command.reason());
    return decide(state, bar, context);
  }
  Event event;
  v1::PractitionerUnbarred& unbarred = *event.mutable_unbarred();
  *unbarred.mutable_practitioner() = command.practitioner();
  unbarred.set_reason(command.reason());
  *unbarred.mutable_unbarred_at() = to_proto(context.now);
  return Events{std::move(event)};
}

Result<Case::Events> Case::decide(const State& state, const v1::Bar& command,
                                  const Context& context) {
  if (state.access.barred.contains(named_by(command.practitioner()))) return Events{};
  if (state.access.barred.size() >= kBarredMax) return too_many_barred();
  return Events{barred(command, context.now)};
}

Result<Case::Events> Case::decide(const State& state, const JoinInto& command,
                                  const Context& context) {
  Checks checks;
  checks.text("reason", command.reason, kTextBytesMax);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  const bool one_already = command.own_head == command.head;
  if (one_already && !state.joined_into.empty()) return Events{};
  if (one_already)
    return refuse(Code::kFailedPrecondition, "CASES_IN_A_CIRCLE",
                  "The other case is part of this one already.");
  if (!state.joined_into.empty())
    return refuse(Code::kFailedPrecondition, "CASE_IS_JOINED",
                  "The case is part of another: part it from that one first.");
  Event event;
  v1::CaseJoined& joined = *event.mutable_joined();
  joined.set_into_case_id(command.head);
  joined.set_reason(command.reason);
  *joined.mutable_joined_at() = to_proto(context.now);
  return Events{std::move(event)};
}

Result<Case::Events> Case::decide(const State& state, const TakeIn& command,
                                  const Context& context) {
  // A restriction comes to hold for more than it was made for, which is a manager's to say.
  if ((state.access.restricted || command.taken.access.restricted) && !is_manager(context.actor))
    return refuse(Code::kFailedPrecondition, "RESTRICTION_NEEDS_MANAGER",
                  "One of the cases is restricted, and so will both be: a manager joins them.");
  if (command.cases_then > kCasesJoinedMax)
    return refuse(Code::kFailedPrecondition, "TOO_MANY_CASES_JOINED",
                  "At most " + std::to_string(kCasesJoinedMax) + " cases can be one.");
  const CaseAccess& taken = command.taken.access;
  Practitioners all_barred = state.access.barred;
  all_barred.insert(taken.barred.begin(), taken.barred.end());
  if (all_barred.size() > kBarredMax) return too_many_barred();
  Event event;
  v1::CaseTookIn& took_in = *event.mutable_took_in();
  took_in.set_case_id(command.case_id);
  for (const Practitioner& practitioner : taken.barred) fill(practitioner, *took_in.add_barred());
  took_in.set_restricted(taken.restricted);
  for (const Practitioner& practitioner : taken.named) fill(practitioner, *took_in.add_named());
  *took_in.mutable_joined_at() = to_proto(context.now);
  return Events{std::move(event)};
}

Result<Case::Events> Case::decide(const State& state, const PartFrom& command,
                                  const Context& context) {
  Checks checks;
  checks.text("reason", command.reason, kNoteBytesMax);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (state.joined_into.empty()) return Events{};
  Events events(1);
  v1::CaseParted& parted = *events.front().mutable_parted();
  parted.set_from_case_id(state.joined_into);
  parted.set_reason(command.reason);
  *parted.mutable_parted_at() = to_proto(context.now);
  // What protected it while it was part of the other goes with it: parting opens a case to nobody.
  const CaseAccess& access = command.head.access;
  for (const Practitioner& practitioner : access.barred)
    if (!state.access.barred.contains(practitioner))
      events.push_back(barred(practitioner, command.reason, context.now));
  if (access.restricted && !(state.access.restricted && state.access.named == access.named))
    events.push_back(restricted_to(access.named, command.reason, context.now));
  return events;
}

Result<Case::Events> Case::decide(const State& state, const GiveBack& command,
                                  const Context& context) {
  if (std::ranges::find(state.joined, command.case_id) == state.joined.end()) return Events{};
  Event event;
  event.mutable_gave_back()->set_case_id(command.case_id);
  *event.mutable_gave_back()->mutable_parted_at() = to_proto(context.now);
  return Events{std::move(event)};
}

Case::State Case::evolve(State state, const Event& event) {
  switch (event.kind_case()) {
    case Event::kRestricted:
      state.access.restrict_to(set_of(event.restricted().named()));
      return state;
    case Event::kUnrestricted:
      state.access.lift_restriction();
      return state;
    case Event::kBarred:
      state.access.barred.insert(named_by(event.barred().bar().practitioner()));
      return state;
    case Event::kUnbarred:
      state.access.barred.erase(named_by(event.unbarred().practitioner()));
      return state;
    case Event::kJoined:
      state.joined_into = event.joined().into_case_id();
      return state;
    case Event::kTookIn:
      state.joined.push_back(event.took_in().case_id());
      state.access.take_in(access_taken_in(event.took_in()));
      return state;
    case Event::kParted:
      state.joined_into.clear();
      return state;
    case Event::kGaveBack:
      std::erase(state.joined, event.gave_back().case_id());
      return state;
    case Event::KIND_NOT_SET:
      break;  // refused when read
  }
  return state;
}

}  // namespace mash::referral
