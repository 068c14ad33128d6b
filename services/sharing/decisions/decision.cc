#include "sharing/decisions/decision.h"

#include <algorithm>
#include <set>

#include "core/calendar.h"
#include "core/caller.h"
#include "core/checks.h"
#include "core/timestamp.h"
#include "policy/lawful_basis.h"
#include "policy/pack.h"
#include "sharing/decisions/decision_terms.h"
#include "sharing/decisions/recipient.h"

namespace mash::sharing {
namespace {

using Events = Decision::Events;
using State = Decision::State;

bool is_withheld(const v1::DecidedItem& item) {
  return item.disposition() == v1::ITEM_DISPOSITION_WITHHELD;
}

Day today(const Context& context) { return context.calendar->london().day(context.now); }

Result<void> law_is_there(const Context& context) {
  if (context.law != nullptr) return {};
  return refuse(Code::kFailedPrecondition, "NO_LAW_IN_FORCE",
                "No lawful-basis pack is in force today, so nothing can be decided.");
}

Error unlawful(const std::vector<v1::RuleFault>& faults, const Context& context) {
  Error error{.code = Code::kFailedPrecondition,
              .reason = "DECISION_UNLAWFUL",
              .message = "The decision breaks rules of the law in force, which the faults name."};
  error.metadata["law"] = context.law->citation();
  std::set<std::string> cited;
  for (const v1::RuleFault& fault : faults) {
    std::string& rules = error.metadata["rules"];
    if (!rules.ends_with(fault.rule())) rules += (rules.empty() ? "" : ",") + fault.rule();
    error.faults.push_back({fault.field(), fault.problem() + " " + fault.remedy()});
    if (cited.insert(fault.source()).second)
      error.sources.push_back({fault.source(), fault.source_url()});
  }
  return error;
}

Result<void> must_be_lawful(const v1::DecisionTerms& terms, const DecisionFacts& facts,
                            const Context& context) {
  const auto faults = evaluate(terms, facts, *context.law, today(context));
  if (faults.empty()) return {};
  return tl::unexpected(unlawful(faults, context));
}

// The terms as they are kept, with a stand-in for each text that the rules ask for: it was there
// when the decision was recorded, and cannot be read here.
v1::DecisionTerms with_texts(v1::DecisionTerms terms) {
  const std::string text = "as recorded";
  terms.set_purpose(text);
  terms.set_necessity(text);
  terms.set_proportionality(text);
  terms.set_confidence_weighed(text);
  terms.set_family_told_reason(text);
  terms.mutable_consent()->set_not_sought_reason(text);
  terms.mutable_consent()->set_override_reason(text);
  for (v1::DecidedItem& item : *terms.mutable_items()) {
    if (item.disposition() == v1::ITEM_DISPOSITION_RELEASED)
      item.set_release_protected_reason(text);
    else
      item.set_reasons(text);
  }
  return terms;
}

// The agency that made it. Who else may know of it hears why; to others it is not there.
Result<void> for_the_maker(const State& state, const Context& context) {
  const Actor& actor = context.actor;
  if (state.exists() && state.agency == actor.agency) return {};
  if (state.exists() && (is_hub(actor) || state.names(actor)))
    return refuse(Code::kFailedPrecondition, "NOT_THE_MAKER",
                  "Another agency made this decision, and it alone does that.");
  return no_such("decision");
}

Result<void> must_be_in_force(const State& state) {
  if (state.in_force()) return {};
  return refuse(Code::kFailedPrecondition, "DECISION_NOT_IN_FORCE",
                "The decision waits for its second signature, was declined, or another one stands "
                "in its place.");
}

Result<void> may_sign(const State& state, const Actor& actor) {
  if (state.status != v1::DECISION_STATUS_AWAITING_SIGNATURE)
    return refuse(Code::kFailedPrecondition, "NOT_AWAITING_SIGNATURE",
                  "The decision does not wait for a second signature.");
  if (state.decided_by != actor.practitioner) return {};
  return refuse(Code::kFailedPrecondition, "NOT_INDEPENDENT",
                "The second signature is somebody else's than the maker's.");
}

// Texts are not judged again, so what they speak of is to be what it was.
Result<void> items_are_as_decided(const State& state, const DecisionFacts& facts) {
  for (const auto& [item_id, item] : facts.items)
    if (const auto judged = state.judged.find(item_id);
        judged == state.judged.end() || judged->second != item.content_version)
      return refuse(Code::kFailedPrecondition, "ITEM_CHANGED",
                    "An item was corrected, or given a file, since it was decided on: decline, and "
                    "record another decision.");
  return {};
}

// The same answer came before, from the same person.
bool is_signed_so(const State& state, bool declined, const Actor& actor) {
  return !state.signed_by.empty() && state.signed_by == actor.practitioner &&
         declined == (state.status == v1::DECISION_STATUS_DECLINED);
}

std::optional<Time> first_look(const v1::DecisionTerms& terms) {
  std::optional<Time> first;
  for (const v1::DecidedItem& item : terms.items()) {
    const auto at = from_proto(item.look_again_at());
    if (is_withheld(item) && item.has_look_again_at() && at && (!first || *at < *first))
      first = *at;
  }
  return first;
}

void take_up(const v1::DecisionRecorded& recorded, State& state) {
  state.terms = recorded.terms();
  state.status = recorded.needs_second_signature() ? v1::DECISION_STATUS_AWAITING_SIGNATURE
                                                   : v1::DECISION_STATUS_IN_FORCE;
  state.agency = recorded.agency();
  state.decided_by = recorded.decided_by();
  state.supersedes = recorded.supersedes();
  for (const v1::JudgedItem& item : recorded.judged())
    state.judged[item.item_id()] = item.version();
  state.look_again_at = first_look(recorded.terms());
}

}  // namespace

bool Decision::State::withholds() const { return std::ranges::any_of(terms.items(), is_withheld); }

bool Decision::State::names(const Actor& actor) const {
  return sharing::names(terms.recipients(), actor);
}

Result<Events> Decision::decide(const State& state, const Record& command, const Context& context) {
  if (state.exists())
    return refuse(Code::kAlreadyExists, "DECISION_EXISTS", "There is a decision of this id.");
  if (auto law = law_is_there(context); !law) return tl::unexpected(law.error());
  Checks checks;
  check_terms(command.terms, checks);
  checks.text("reason", command.supersedes_reason, kNoteBytesMax);
  if (command.supersedes.empty() == !command.supersedes_reason.empty())
    checks.fault("reason", "goes with the decision that is superseded, and that needs one");
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (auto lawful = must_be_lawful(command.terms, command.facts, context); !lawful)
    return tl::unexpected(lawful.error());
  Event event;
  v1::DecisionRecorded& recorded = *event.mutable_recorded();
  *recorded.mutable_terms() = command.terms;
  recorded.set_agency(context.actor.agency);
  recorded.set_body(command.facts.agencies.find(context.actor.agency)->second);
  recorded.set_decided_by(context.actor.practitioner);
  recorded.set_law(context.law->citation());
  if (context.pack != nullptr) recorded.set_pack(context.pack->citation());
  to_proto(context.now, recorded.mutable_decided_at());
  recorded.set_needs_second_signature(
      needs_second_signature(command.terms, command.facts, *context.law, today(context)));
  for (const auto& [item_id, item] : command.facts.items) {
    v1::JudgedItem& judged = *recorded.add_judged();
    judged.set_item_id(item_id);
    judged.set_version(item.content_version);
  }
  for (const v1::Recipient& recipient : command.terms.recipients())
    recorded.add_recipient_bodies(command.facts.agencies.find(recipient.agency())->second);
  recorded.set_supersedes(command.supersedes);
  recorded.set_supersedes_reason(command.supersedes_reason);
  return only(std::move(event));
}

Result<Events> Decision::decide(const State& state, const Replace&, const Context& context) {
  return for_the_maker(state, context).and_then([&] { return must_be_in_force(state); }).map([] {
    return Events{};
  });
}

Result<Events> Decision::decide(const State& state, const Supersede& command,
                                const Context& context) {
  if (auto made = for_the_maker(state, context); !made) return tl::unexpected(made.error());
  if (state.superseded_by == command.by_decision_id) return Events{};
  if (auto holds = must_be_in_force(state); !holds) return tl::unexpected(holds.error());
  Event event;
  v1::DecisionSuperseded& superseded = *event.mutable_superseded();
  superseded.set_by_decision_id(command.by_decision_id);
  to_proto(context.now, superseded.mutable_superseded_at());
  return only(std::move(event));
}

Result<Events> Decision::decide(const State& state, const Countersign& command,
                                const Context& context) {
  const v1::CountersignDecisionRequest& request = command.request;
  if (auto made = for_the_maker(state, context); !made) return tl::unexpected(made.error());
  Checks checks;
  checks.text("statement", request.statement(), kNoteBytesMax);
  if (request.decline() && request.statement().empty())
    checks.fault("statement", "is missing: why it is not signed");
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (is_signed_so(state, request.decline(), context.actor)) return Events{};
  if (auto may = may_sign(state, context.actor); !may) return tl::unexpected(may.error());
  Event event;
  if (request.decline()) {
    v1::DecisionDeclined& declined = *event.mutable_declined();
    declined.set_by(context.actor.practitioner);
    declined.set_statement(request.statement());
    to_proto(context.now, declined.mutable_declined_at());
    declined.set_agency(state.agency);
    declined.set_decided_by(state.decided_by);
    return only(std::move(event));
  }
  if (auto same = items_are_as_decided(state, command.facts); !same)
    return tl::unexpected(same.error());
  if (auto law = law_is_there(context); !law) return tl::unexpected(law.error());
  if (auto lawful = must_be_lawful(with_texts(state.terms), command.facts, context); !lawful)
    return tl::unexpected(lawful.error());
  v1::DecisionCountersigned& countersigned = *event.mutable_countersigned();
  countersigned.set_by(context.actor.practitioner);
  countersigned.set_statement(request.statement());
  to_proto(context.now, countersigned.mutable_countersigned_at());
  return only(std::move(event));
}

Result<Events> Decision::decide(const State& state, const v1::ReviewDecisionRequest& command,
                                const Context& context) {
  if (auto made = for_the_maker(state, context); !made) return tl::unexpected(made.error());
  Checks checks;
  checks.text("finding", command.finding(), kTextBytesMax);
  const auto again = from_proto(command.look_again_at());
  if (command.has_look_again_at() && (!again || *again <= context.now))
    checks.fault("look_again_at", "is not a time to come");
  if (command.has_look_again_at() != state.withholds())
    checks.fault("look_again_at", state.withholds()
                                      ? "is missing: what is withheld is looked at again"
                                      : "goes with a decision that withholds something");
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (auto holds = must_be_in_force(state); !holds) return tl::unexpected(holds.error());
  Event event;
  v1::DecisionReview& review = *event.mutable_reviewed()->mutable_review();
  review.set_reviewed_by(context.actor.practitioner);
  to_proto(context.now, review.mutable_reviewed_at());
  review.set_finding(command.finding());
  if (command.has_look_again_at()) *review.mutable_look_again_at() = command.look_again_at();
  return only(std::move(event));
}

Result<Events> Decision::decide(const State& state, const clocks::Tell&, const Context& context) {
  return clocks::tell<Event>(state.clocks, context,
                             [&](const common::v1::DeadlineTold&) { return state.agency; });
}

Result<Events> Decision::decide(const State& state, const clocks::Recompute&,
                                const Context& context) {
  return clocks::recompute<Event>(state.clocks, context);
}

Decision::State Decision::evolve(State state, const Event& event) {
  ++state.version;
  state.clocks.evolve(event);
  switch (event.kind_case()) {
    case Event::kRecorded:
      take_up(event.recorded(), state);
      return state;
    case Event::kCountersigned:
      state.status = v1::DECISION_STATUS_IN_FORCE;
      state.signed_by = event.countersigned().by();
      return state;
    case Event::kDeclined:
      state.status = v1::DECISION_STATUS_DECLINED;
      state.signed_by = event.declined().by();
      return state;
    case Event::kSuperseded:
      state.status = v1::DECISION_STATUS_SUPERSEDED;
      state.superseded_by = event.superseded().by_decision_id();
      return state;
    case Event::kChallenged: {
      const v1::SharingDecisionChallenged& challenged = event.challenged();
      state.challenges.raised(challenged.challenge_id(), "", challenged.agency(),
                              challenged.step());
      return state;
    }
    case Event::kChallengeAnswered: {
      const v1::SharingChallengeAnswered& answered = event.challenge_answered();
      state.challenges.answered(answered.challenge_id(), answered.step(), answered.resolved());
      return state;
    }
    case Event::kReviewed: {
      const auto again = from_proto(event.reviewed().review().look_again_at());
      if (event.reviewed().review().has_look_again_at() && again) state.look_again_at = *again;
      return state;
    }
    case Event::kDeadlineRecomputed:
      state.challenges.recomputed(event.deadline_recomputed().id(),
                                  event.deadline_recomputed().deadline());
      return state;
    case Event::kDeadlineTold:
    case Event::KIND_NOT_SET:  // refused when read
      return state;
  }
  return state;
}

}  // namespace mash::sharing
