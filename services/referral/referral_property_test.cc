// What holds however the events of a referral interleave.
#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <set>
#include <tuple>

#include "clocks/alarms_view.h"
#include "clocks/testing/calendars.h"
#include "referral/clocks.h"
#include "referral/lists/row.h"
#include "referral/testing/reads.h"

namespace mash::referral {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using Event = Referral::Event;
using Events = Referral::Events;
using State = Referral::State;

// Something that somebody does to a referral; a refusal is an ordinary answer to it.
using Act = std::function<Result<Events>(const State&, Context, const std::string& referral_id)>;

template <class Command>
Act act(const Actor& actor, const char* text) {
  return [actor, command = proto<Command>(text)](const State& state, Context context,
                                                 const std::string& id) mutable {
    command.set_referral_id(id);
    context.actor = actor;
    return Referral::decide(state, command, context);
  };
}

v1::Decision decision(const char* outcome, const std::string& referral_id) {
  auto decision = proto<v1::Decision>(R"(
    level_of_need: "3" rationale: "Reasons." other_support: "The family hub."
    family_informed: FAMILY_INFORMED_TOLD)");
  decision.set_outcome(outcome);
  decision.add_evidence_ids(referral_id);
  return decision;
}

Act decide(const char* outcome) {
  return [outcome](const State& state, Context context, const std::string& id) {
    v1::DecideReferralRequest command;
    command.set_referral_id(id);
    *command.mutable_decision() = decision(outcome, id);
    context.actor = kSocialWorker;
    return Referral::decide(state, command, context);
  };
}

Act revise(const char* outcome) {
  return [outcome](const State& state, Context context, const std::string& id) {
    v1::ReviseDecisionRequest command;
    command.set_referral_id(id);
    command.set_ground(v1::REVISION_GROUND_CORRECTION);
    *command.mutable_decision() = decision(outcome, id);
    context.actor = kSocialWorker;
    return Referral::decide(state, command, context);
  };
}

Result<Events> challenge(const State& state, Context context, const std::string&) {
  v1::ChallengeDecisionRequest command;
  command.set_decision_id(state.decision_id);
  command.set_grounds("Seen again.");
  context.actor = kPolice;
  return Referral::decide(state, command, context);
}

Result<Events> go_up(const State& state, Context context, const std::string&) {
  v1::ChallengeDecisionRequest command;
  for (const auto& [id, open] : state.challenges)
    if (!open.resolved) command.set_challenge_id(id);
  command.set_grounds("The answer does not say why.");
  context.actor = kPolice;
  return Referral::decide(state, command, context);
}

Act answer_challenge(v1::ChallengeResolution resolution) {
  return [resolution](const State& state, Context context, const std::string&) {
    v1::AnswerChallengeRequest command;
    for (const auto& [id, open] : state.challenges)
      if (!open.answered()) command.set_challenge_id(id);
    command.set_resolution(resolution);
    command.set_answer("Looked at again.");
    context.actor = kManager;
    return Referral::decide(state, command, context);
  };
}

Act answer_transfer(bool accepted) {
  return [accepted](const State& state, Context context, const std::string&) {
    v1::AcceptTransferRequest command;
    for (const auto& [id, transfer] : state.transfers)
      if (!transfer.answered) command.set_transfer_id(id);
    command.set_area("E08000025");
    command.set_accepted(accepted);
    command.set_statement("In writing.");
    context.actor = kBirmingham;
    return Referral::decide(state, command, context);
  };
}

Act extend_by_a_day(const char* kind) {
  return [kind](const State& state, Context context, const std::string&) {
    v1::ExtendDeadlineRequest command;
    command.set_kind(kind);
    command.set_reasons("The family is abroad.");
    const Deadline* deadline = state.clocks.of_kind(kind);
    if (deadline != nullptr)
      to_proto(deadline->current_due() + std::chrono::hours(24), command.mutable_due());
    context.actor = kSocialWorker;
    return Referral::decide(state, command, context);
  };
}

Result<Referral::Events> say_what_is_due(const State& state, const Context& context,
                                         const std::string&) {
  return Referral::decide(state, clocks::Tell{}, context);
}

// As at a start with a calendar that has holidays added, or with the usual one again.
Act compute_again(const std::set<std::string>& holidays) {
  return [calendar = clocks::testing::calendar_with(holidays)](const State& state, Context context,
                                                               const std::string&) {
    context.calendar = &calendar;
    return Referral::decide(state, clocks::Recompute{}, context);
  };
}

// The hub finds by itself how often the children have been told of.
Result<Events> find_history(const State&, const Context&, const std::string&) {
  return Events{proto<Event>("history_found { history { contacts_in_window: 2 } }")};
}

const std::vector<Act>& acts() {
  static const std::vector<Act> all = {
      act<v1::AcknowledgeContactRequest>(kTriage, ""),
      act<v1::DecideContactRequest>(kTriage,
                                    "outcome: CONTACT_OUTCOME_ACCEPTED rationale: 'Neglect.'"),
      act<v1::DecideContactRequest>(kTriage,
                                    "outcome: CONTACT_OUTCOME_EARLY_HELP rationale: 'Support.'"),
      act<v1::AddInformationRequest>(
          kPolice, "text: 'More.' lawful_basis { article_6: ARTICLE6_PUBLIC_TASK }"),
      act<v1::AddInformationRequest>(kTriage,
                                     "text: 'More.' on_behalf_of_agency: 'education' "
                                     "lawful_basis { article_6: ARTICLE6_PUBLIC_TASK }"),
      act<v1::RateReferralRequest>(kTriage, "rating: RATING_RED rationale: 'Worse.'"),
      act<v1::RateReferralRequest>(kTriage, "rating: RATING_GREEN rationale: 'Better.'"),
      act<v1::AssignReferralRequest>(kTriage, "assignee: 'w-7'"),
      act<v1::WithdrawContactRequest>(kPolice, "reason: 'Sent by mistake.'"),
      decide("section-17-assessment"),
      decide("services"),
      revise("section-17-assessment"),
      revise("services"),
      act<v1::GiveFeedbackRequest>(
          kTriage, "agency: 'police' text: 'Decided.' other_support: 'The family hub.'"),
      act<v1::CompleteAssessmentRequest>(
          kSocialWorker,
          "assessment { conclusion: 'A plan.' factors: '16A' late_reasons: 'Abroad.' }"),
      act<v1::RecordOtherRouteRequest>(kTriage,
                                       "route { kind: OTHER_ROUTE_KIND_DESIGNATED_OFFICER }"),
      act<v1::RecordOtherRouteRequest>(kTriage, "route { kind: OTHER_ROUTE_KIND_CHANNEL }"),
      [](const State& state, Context context, const std::string&) {
        v1::RecordOtherRouteRequest command;
        command.mutable_route()->set_kind(v1::OTHER_ROUTE_KIND_DESIGNATED_OFFICER);
        to_proto(context.now, command.mutable_route()->mutable_taken_at());
        context.actor = kTriage;
        return Referral::decide(state, command, context);
      },
      act<v1::TransferReferralRequest>(
          kSocialWorker,
          "transfer { to_area: 'E08000025' ground: TRANSFER_GROUND_MOVED_THERE reason: 'Moved.' }"),
      answer_transfer(false),
      answer_transfer(true),
      challenge,
      go_up,
      answer_challenge(v1::CHALLENGE_RESOLUTION_NOT_UPHELD),
      answer_challenge(v1::CHALLENGE_RESOLUTION_UPHELD),
      extend_by_a_day("first-decision"),
      extend_by_a_day("assessment"),
      extend_by_a_day("designated-officer"),
      extend_by_a_day("challenge-team-manager"),
      find_history,
      say_what_is_due,
      say_what_is_due,
      compute_again({}),
      compute_again({"2026-03-05", "2026-03-06", "2026-03-20"}),
  };
  return all;
}

// A referral's life as the rules, the list and the page of it see it.
struct Life {
  std::vector<Event> events;
  State state;
  v1::ReferralRow row;
  common::v1::ClockRow alarms;
  std::set<std::tuple<std::string, std::string, Time, common::v1::DeadlineState>> said;

  void live(const Event& event) {
    const std::vector<clocks::Clock> before = state.clocks.all();
    if (event.has_deadline_told()) tell(event.deadline_told());
    events.push_back(event);
    state = Referral::evolve(std::move(state), event);
    evolve_row(row, event);
    const clocks::Alarmed<Event, ReferralClocks> alarmed("referral/");
    if (alarmed.concerns(event))
      alarmed.evolve(alarms, event);
    else
      RC_ASSERT(state.clocks.all() == before);
  }

  // Nothing is ever said twice of one time at which a duty is due.
  void tell(const common::v1::DeadlineTold& told) {
    const Time due = from_proto(told.due()).value();
    RC_ASSERT(said.insert({told.kind(), told.id(), due, told.state()}).second);
  }
};

void no_open_referral_is_without_a_clock(const Life& life) {
  if (is_done(life.state.stage)) return;
  const Deadline* decision = life.state.clocks.of_kind(kFirstDecision);
  RC_ASSERT(decision != nullptr);
  RC_ASSERT(!decision->done_at.has_value());
  RC_ASSERT(life.row.summary().has_due_at());
  RC_ASSERT(from_proto(life.row.decision_due()).value() == decision->current_due());
}

void what_is_decided_has_a_decision(const Life& life, Time now) {
  const auto detail = detail_of("r-1", life.events, Audience::of(kTriage, ""), now);
  if (life.state.stage == v1::REFERRAL_STAGE_DECIDED)
    RC_ASSERT(detail.decisions().rbegin()->decision_id() == life.state.decision_id);
  if (life.state.stage == v1::REFERRAL_STAGE_CLOSED)
    RC_ASSERT(detail.contact_decisions().rbegin()->decision_id() == life.state.decision_id);
  if (owes_feedback(life.state.stage))
    RC_ASSERT(life.state.makers.contains(life.state.decision_id));
}

void the_list_agrees_with_the_rules(const Life& life) {
  const v1::ReferralSummary& summary = life.row.summary();
  RC_ASSERT(summary.stage() == life.state.stage);
  RC_ASSERT(summary.version() == life.events.size());
  RC_ASSERT((order_of(summary) >= kOrderOfDone) == is_done(life.state.stage));
  RC_ASSERT((order_for_referrer(life.row) >= kOrderOfDone) == is_done(life.state.stage));
  std::optional<Time> next;
  for (const clocks::Clock& clock : life.state.clocks.all())
    if (clock.runs()) next = std::min(next.value_or(Time::max()), clock.deadline.current_due());
  RC_ASSERT(summary.has_due_at() == next.has_value());
  if (next) RC_ASSERT(from_proto(summary.due_at()).value() == *next);
}

void the_alarms_agree_with_the_rules(const Life& life) {
  RC_ASSERT(clocks::RowClocks(life.alarms).next_alarm() == life.state.clocks.next_alarm());
}

RC_GTEST_PROP(ReferralProperty, HoldsHoweverItsEventsInterleave, ()) {
  Life life;
  life.live(received());
  Time now = utc(kNow);
  const int count = *rc::gen::inRange(1, 60);
  for (int i = 0; i < count; ++i) {
    now += std::chrono::minutes(*rc::gen::inRange(0, 900));
    Context context = as(kTriage);
    context.now = now;
    context.fresh_ids = {"id-" + std::to_string(i)};
    const auto& act = acts()[*rc::gen::inRange<size_t>(0, acts().size())];
    const auto events = act(life.state, context, "r-1");
    if (!events) continue;
    for (const Event& event : *events) life.live(event);
    no_open_referral_is_without_a_clock(life);
    what_is_decided_has_a_decision(life, now);
    the_list_agrees_with_the_rules(life);
    the_alarms_agree_with_the_rules(life);
  }
}

TEST_F(Reads, EveryContactIsInExactlyOneOfTheListsOpenAndDone) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  std::set<std::string> all;
  for (int i = 0; i < 20; ++i) {
    const std::string id = submit(kPolice);
    all.insert(id);
    for (int acts_left = 12; acts_left > 0; --acts_left) {
      const auto& act = acts()[random() % acts().size()];
      const Context by = context(kTriage);
      // Refused or not: what matters is where it leaves the contact.
      (void)attempt(by, [&](log::UnitOfWork& unit) -> Result<void> {
        const auto state = unit.observe<Referral>(referral_stream(id));
        if (!state) return tl::unexpected(state.error());
        const auto events = act(*state, unit.context(), id);
        if (!events) return tl::unexpected(events.error());
        for (const Event& event : *events)
          if (auto added = unit.add({referral_stream(id)}, event); !added) return added;
        return {};
      });
    }
  }
  const auto only = [&](std::initializer_list<v1::ReferralStage> stages) {
    v1::ListReferralsRequest request;
    request.set_page_size(100);
    for (const auto stage : stages) request.mutable_filter()->add_stages(stage);
    return listed(kTriage, request);
  };
  auto found = only({v1::REFERRAL_STAGE_CONTACT, v1::REFERRAL_STAGE_REFERRAL});
  const auto done = only({v1::REFERRAL_STAGE_DECIDED, v1::REFERRAL_STAGE_CLOSED,
                          v1::REFERRAL_STAGE_WITHDRAWN, v1::REFERRAL_STAGE_TRANSFERRED});
  found.insert(found.end(), done.begin(), done.end());
  EXPECT_EQ(found.size(), all.size());
  EXPECT_EQ(std::set<std::string>(found.begin(), found.end()), all);
}

// Two social workers decide one referral at the same moment: both have read it when the second one
// is done.
class TwoOfficers : public Reads {
 protected:
  // What the first one hears.
  std::string decide_at_once(std::optional<uint64_t> expected_version) {
    const auto id = submit(kPolice);
    then(
        kTriage, id,
        proto<v1::DecideContactRequest>("outcome: CONTACT_OUTCOME_ACCEPTED rationale: 'Neglect.'"));
    v1::DecideReferralRequest command;
    command.set_referral_id(id);
    *command.mutable_decision() = decision("services", id);
    const auto call = [&] {
      return log::CommandCall{.context = context(kSocialWorker),
                              .expected_version = expected_version,
                              .received_at = vault_.clock.now()};
    };
    const log::Work work = [&](log::UnitOfWork& unit) {
      return unit.decide<Referral>({referral_stream(id)}, command);
    };
    bool overtaken = false;
    const auto result = begin(call(), [&](log::UnitOfWork& unit) {
                          auto decided = work(unit);
                          if (!std::exchange(overtaken, true)) {
                            EXPECT_TRUE(begin(call(), work).get().has_value());
                          }
                          return decided;
                        }).get();
    return result ? "decided" : result.error().reason;
  }
};

TEST_F(TwoOfficers, DecideOnceAndTheOtherHearsIt) {
  EXPECT_EQ(decide_at_once({}), "REFERRAL_ALREADY_DECIDED");
  EXPECT_EQ(decide_at_once(2), "VERSION_CONFLICT");
}

}  // namespace
}  // namespace mash::referral
