#include <set>

#include "core/checks.h"
#include "core/deadline.h"
#include "core/timestamp.h"
#include "policy/pack.h"
#include "referral/referral.h"
#include "referral/rules.h"

// Social care concludes which threshold is met, which other routes a concern takes, and what its
// assessment found.
namespace mash::referral {
namespace {

using Event = Referral::Event;
using Events = Referral::Events;
using State = Referral::State;

// The timescale of a route; empty where the law says only "as soon as possible".
std::string_view timescale_of(v1::OtherRouteKind kind) {
  switch (kind) {
    case v1::OTHER_ROUTE_KIND_DESIGNATED_OFFICER:
      return kDesignatedOfficer;
    case v1::OTHER_ROUTE_KIND_SERIOUS_INCIDENT:
      return kSeriousIncident;
    default:
      return "";
  }
}

bool is_before(const google::protobuf::Timestamp& a, const google::protobuf::Timestamp& b) {
  return std::pair(a.seconds(), a.nanos()) < std::pair(b.seconds(), b.nanos());
}

// The route as far as it was called for before, or as it is called for now.
v1::OtherRoute route_of(const State& state, const v1::OtherRoute& said, const Context& context) {
  v1::OtherRoute route = said;
  route.clear_route_id();
  route.clear_deadline();
  route.set_by(context.actor.practitioner);
  if (!said.has_aware_at() && said.has_taken_at())
    *route.mutable_aware_at() = said.taken_at();
  else if (!said.has_aware_at())
    to_proto(context.now, route.mutable_aware_at());
  const auto open = state.open_routes.find(said.kind());
  if (open == state.open_routes.end()) return route;
  route.set_route_id(open->second.route_id);
  *route.mutable_aware_at() = open->second.aware_at;
  if (open->second.deadline) *route.mutable_deadline() = *open->second.deadline;
  return route;
}

void check_route(const v1::OtherRoute& said, const v1::OtherRoute& route, Time now,
                 Checks& checks) {
  if (said.kind() == v1::OTHER_ROUTE_KIND_UNSPECIFIED)
    checks.fault("route.kind", "is missing: which route");
  checks.text("route.note", said.note(), kNoteBytesMax);
  checks.text("route.reference", said.reference(), kReferenceBytesMax);
  if (said.has_aware_at()) checks.happened("route.aware_at", said.aware_at(), now);
  if (!said.has_taken_at()) {
    if (!said.reference().empty())
      checks.fault("route.reference", "is given, but not when the route was taken");
    return;
  }
  if (checks.happened("route.taken_at", said.taken_at(), now) &&
      is_before(said.taken_at(), route.aware_at()))
    checks.fault("route.taken_at", "is before the hub became aware of what calls for it");
}

// Factors of the census, each once, and the codes of what was found, as they are still entered.
void check_codes(v1::Assessment& assessment, const Context& context, Checks& checks) {
  if (assessment.factors_size() == 0)
    checks.fault("assessment.factors", "are missing: 21 where there are none");
  if (assessment.factors_size() > kFactorsMax)
    return checks.fault("assessment.factors", "are more than " + std::to_string(kFactorsMax));
  const auto check = [&](const std::string& field, std::string_view list, const std::string& code) {
    const policy::CodeList& codes = code_list(context, list);
    if (codes.takes(code)) return;
    checks.fault(field, codes.find(code) != nullptr ? "is a code that is no longer entered"
                                                    : "is not a code of the census");
    checks.cite(codes.basis.source);
  };
  for (int i = 0; i < assessment.factors_size(); ++i)
    check("assessment.factors[" + std::to_string(i) + "]", kFactors, assessment.factors(i));
  const std::set<std::string> once(assessment.factors().begin(), assessment.factors().end());
  assessment.mutable_factors()->Assign(once.begin(), once.end());
  if (!assessment.category_of_abuse().empty())
    check("assessment.category_of_abuse", kCategoriesOfAbuse, assessment.category_of_abuse());
  if (!assessment.primary_need().empty())
    check("assessment.primary_need", kPrimaryNeeds, assessment.primary_need());
}

// The assessment's own clock, where one may be completed now.
Result<const Deadline*> assessment_clock(const State& state) {
  if (state.assessed)
    return refuse(Code::kFailedPrecondition, "ASSESSMENT_COMPLETE",
                  "The assessment is complete already.");
  const Deadline* clock = state.clocks.of_kind(kAssessment);
  if (state.stage == v1::REFERRAL_STAGE_DECIDED && clock != nullptr) return clock;
  return refuse(Code::kFailedPrecondition, "NO_ASSESSMENT",
                "The decision in force does not start an assessment.");
}

}  // namespace

Result<Events> Referral::decide(const State& state, const v1::RecordThresholdRequest& command,
                                const Context& context) {
  if (auto may = responsible_hub(state, context); !may) return tl::unexpected(may.error());
  Checks checks;
  if (command.threshold().kind() == v1::THRESHOLD_KIND_UNSPECIFIED)
    checks.fault("threshold.kind", "is missing: which threshold, or that none is met");
  if (command.threshold().rationale().empty())
    checks.fault("threshold.rationale", "is missing: why, on what is known");
  checks.text("threshold.rationale", command.threshold().rationale(), kTextBytesMax);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());

  Event event;
  v1::Threshold& threshold = *event.mutable_threshold_recorded()->mutable_threshold();
  threshold.set_threshold_id(fresh_id(context));
  threshold.set_kind(command.threshold().kind());
  threshold.set_rationale(command.threshold().rationale());
  threshold.set_maker(context.actor.practitioner);
  to_proto(context.now, threshold.mutable_recorded_at());
  threshold.set_policy_pack(context.pack->citation());
  return Events{event};
}

// A route is called for, and its clock starts when the hub became aware; then it is taken. Of each
// kind one at a time.
Result<Events> Referral::decide(const State& state, const v1::RecordOtherRouteRequest& command,
                                const Context& context) {
  if (auto may = responsible_hub(state, context); !may) return tl::unexpected(may.error());
  Event event;
  v1::OtherRoute& route = *event.mutable_other_route_recorded()->mutable_route();
  route = route_of(state, command.route(), context);
  Checks checks;
  check_route(command.route(), route, context.now, checks);
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  if (!route.route_id().empty()) {
    if (!route.has_taken_at()) return Events{};
    return Events{event};
  }

  route.set_route_id(fresh_id(context));
  const std::string_view timescale = timescale_of(route.kind());
  if (timescale.empty()) return Events{event};
  return from_proto(route.aware_at())
      .and_then(
          [&](Time aware) { return context.pack->deadline(timescale, aware, *context.calendar); })
      .map([&](const Deadline& deadline) {
        to_proto(deadline, route.mutable_deadline());
        return Events{std::move(event)};
      });
}

// Working Together 2018, chapter 1, paragraph 75: no longer than 45 working days from the referral,
// or with reasons on the record.
Result<Events> Referral::decide(const State& state, const v1::CompleteAssessmentRequest& command,
                                const Context& context) {
  if (auto may = responsible_hub(state, context); !may) return tl::unexpected(may.error());
  const auto clock = assessment_clock(state);
  if (!clock) return tl::unexpected(clock.error());
  Event event;
  v1::Assessment& assessment = *event.mutable_assessment_completed()->mutable_assessment();
  assessment = command.assessment();
  assessment.set_by(context.actor.practitioner);
  if (!command.assessment().has_completed_at())
    to_proto(context.now, assessment.mutable_completed_at());

  Checks checks;
  check_codes(assessment, context, checks);
  if (assessment.conclusion().empty()) checks.fault("assessment.conclusion", "is missing");
  checks.text("assessment.conclusion", assessment.conclusion(), kTextBytesMax);
  checks.text("assessment.late_reasons", assessment.late_reasons(), kNoteBytesMax);
  if (checks.happened("assessment.completed_at", assessment.completed_at(), context.now)) {
    Deadline finished = **clock;
    finished.done_at = from_proto(assessment.completed_at()).value_or(context.now);
    assessment.set_late(finished.state(context.now) == DeadlineState::kMissed);
    finished.extensions.clear();
    if (finished.state(context.now) == DeadlineState::kMissed && assessment.late_reasons().empty())
      checks.fault("assessment.late_reasons",
                   "are missing: why it took longer than the law gives it");
  }
  if (auto sound = checks.verdict(); !sound) return tl::unexpected(sound.error());
  return Events{event};
}

}  // namespace mash::referral
