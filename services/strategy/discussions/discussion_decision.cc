// What those in the room decide, and how section 47 enquiries end.
#include <string>
#include <string_view>
#include <utility>

#include "core/timestamp.h"
#include "policy/pack.h"
#include "strategy/discussions/discussion.h"
#include "strategy/discussions/discussion_rules.h"

namespace mash::strategy {
namespace {

using Event = Discussion::Event;
using Events = Discussion::Events;
using State = Discussion::State;

// As what agencies lead, by codes of the pack: children's social care the enquiries, the police the
// criminal investigation.
constexpr std::string_view kSocialCare = "social-care";
constexpr std::string_view kPolice = "police";

constexpr std::string_view kOutcomes = "section-47-outcome";
// The one of them by which a conference is held.
constexpr std::string_view kConferenceIsHeld = "initial-conference";

tl::unexpected<Error> not_in_the_room() {
  return refuse(Code::kFailedPrecondition, "NOT_IN_THE_ROOM",
                "Nobody of the agency is in the room.");
}

// Whoever leads is there, as what they lead.
Result<void> leads_are_there(const v1::DiscussionDecisionTerms& terms, const State& state, Time at,
                             const Context& context) {
  Checks missing;
  const auto ask = [&](const std::string& lead, const char* field, std::string_view function) {
    if (lead.empty() || state.in_room(lead, at, function)) return;
    missing.fault(field, "is not in the room as what it leads: " + std::string(function));
    if (const auto* rule = context.pack->discussions().function(function))
      missing.cite(rule->basis.source);
  };
  ask(terms.enquiry_lead(), "terms.enquiry_lead", kSocialCare);
  ask(terms.investigation_lead(), "terms.investigation_lead", kPolice);
  auto verdict = missing.verdict();
  if (verdict) return {};
  Error error = std::move(verdict.error());
  error.code = Code::kFailedPrecondition;
  error.reason = "LEAD_NOT_IN_THE_ROOM";
  error.message = "An agency that is to lead is not in the room as what it leads.";
  return tl::unexpected(std::move(error));
}

void check_conclusion(const v1::EnquiryConclusion& conclusion, const Context& context,
                      Checks& checks) {
  const policy::CodeList* outcomes = context.pack->codes(kOutcomes);
  if (outcomes == nullptr || !outcomes->takes(conclusion.outcome()))
    checks.fault("conclusion.outcome", "is no outcome of section 47 enquiries of the policy pack");
  if (conclusion.outcome() == kConferenceIsHeld && !conclusion.substantiated()) {
    checks.fault("conclusion.substantiated",
                 "is false: a conference is held where concerns are substantiated");
    if (outcomes != nullptr) checks.cite(outcomes->basis.source);
  }
  check_text("conclusion.rationale", conclusion.rationale(), kTextBytesMax, "why", checks);
}

Result<void> enquiry_runs(const State& state) {
  if (state.enquiry.runs) return {};
  if (state.enquiry.conclusion.empty())
    return refuse(Code::kFailedPrecondition, "ENQUIRY_NOT_STARTED",
                  "The discussion has started no section 47 enquiries.");
  return refuse(Code::kFailedPrecondition, "ENQUIRY_CONCLUDED",
                "The section 47 enquiries are concluded.");
}

}  // namespace

Discussion::ConferenceEffect Discussion::conference_effect(const State& state,
                                                           v1::Section47 section_47,
                                                           const policy::Pack& pack) {
  if (section_47 == v1::SECTION47_NOT_STARTED) return ConferenceEffect::kNone;
  if (!state.enquiry.runs) return ConferenceEffect::kFallsDue;
  return pack.discussions().conference_from_last ? ConferenceEffect::kCountsAgain
                                                 : ConferenceEffect::kNone;
}

bool Discussion::calls_conference_off(const v1::EnquiryConclusion& conclusion) {
  return conclusion.outcome() != kConferenceIsHeld;
}

Result<Events> Discussion::decide(const State& state, const Decide& command,
                                  const Context& context) {
  if (auto may = for_those_in_it(state, context); !may) return tl::unexpected(may.error());
  const v1::DiscussionDecisionTerms& terms = command.request.terms();
  Checks checks;
  check_terms(terms, state.enquiry, context, checks);
  const v1::RecordDiscussionDecisionRequest& request = command.request;
  const Time decided_at =
      in_sitting("decided_at", request.has_decided_at() ? &request.decided_at() : nullptr, state,
                 context, checks);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (auto open = in_progress(state); !open) return tl::unexpected(open.error());
  if (!state.in_room(context.actor.agency, decided_at)) return not_in_the_room();
  if (auto there = leads_are_there(terms, state, decided_at, context); !there)
    return tl::unexpected(there.error());
  const v1::Quorum quorum =
      quorum_of(state.sittings.back().composition, state.deciding(decided_at), context);
  if (auto may = goes_ahead(quorum, request.emergency_reason(), context); !may)
    return tl::unexpected(may.error());

  Event event;
  v1::DiscussionDecisionRecorded& recorded = *event.mutable_decision_recorded();
  recorded.set_decision_id(fresh_id(context));
  recorded.set_sitting(state.sitting());
  *recorded.mutable_terms() = terms;
  *recorded.mutable_quorum() = quorum;
  recorded.set_emergency_reason(request.emergency_reason());
  for (const std::string& agency : state.agencies_in_room(decided_at))
    recorded.add_agencies(agency);
  recorded.set_decided_by(context.actor.practitioner);
  recorded.set_agency(context.actor.agency);
  to_proto(decided_at, recorded.mutable_decided_at());
  recorded.set_pack(context.pack->id());
  recorded.set_conference_id(command.conference_id);
  return only(std::move(event));
}

Result<Events> Discussion::decide(const State& state, const Conclude& command,
                                  const Context& context) {
  if (auto may = for_the_hub(state, context); !may) return tl::unexpected(may.error());
  const v1::EnquiryConclusion& conclusion = command.request.conclusion();
  Checks checks;
  check_conclusion(conclusion, context, checks);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (auto runs = enquiry_runs(state); !runs) return tl::unexpected(runs.error());
  Event event;
  v1::EnquiryConclusion& concluded = *event.mutable_enquiry_concluded();
  concluded.set_outcome(conclusion.outcome());
  concluded.set_substantiated(conclusion.substantiated());
  concluded.set_rationale(conclusion.rationale());
  concluded.set_conference_id(command.conference_id);
  to_proto(context.now, concluded.mutable_concluded_at());
  concluded.set_concluded_by(context.actor.practitioner);
  return only(std::move(event));
}

}  // namespace mash::strategy
