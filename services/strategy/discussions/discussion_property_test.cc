// What holds of a discussion in whatever order people come, leave, decide, end and come again.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "strategy/discussions/discussion.h"
#include "strategy/testing/discussions.h"

namespace mash::strategy {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the cast of these tests
using Event = Discussion::Event;

// One of several.
template <class Things>
const auto& some(const Things& things) {
  return things[*rc::gen::inRange<std::size_t>(0, things.size())];
}

// What the events told, kept by other means than the decider's.
struct Told {
  std::map<std::string, std::string> invited;  // function by part
  std::map<std::string, bool> there;           // by part: whether they can decide
  std::set<std::string> open_actions;
  v1::DiscussionStage stage = v1::DISCUSSION_STAGE_UNSPECIFIED;
  bool enquiry = false;
  bool decided = false;  // in this sitting

  bool quorate() const {
    std::set<std::string> functions;
    for (const auto& [part, can_decide] : there)
      if (can_decide) functions.insert(invited.at(part));
    return functions.contains("social-care") && functions.contains("police") &&
           functions.contains("health");
  }
};

void hear_of_quorum(const Told& told, const v1::Quorum& quorum, const std::string& reason) {
  RC_ASSERT(quorum.quorate() == told.quorate());
  RC_ASSERT(quorum.quorate() == quorum.absent().empty());
  RC_ASSERT(quorum.quorate() == reason.empty());  // an emergency, where and only where it is not
}

void move(Told& told, v1::DiscussionStage from, v1::DiscussionStage to) {
  RC_ASSERT(told.stage == from);
  told.stage = to;
}

void hear_of_decision(Told& told, const v1::DiscussionDecisionRecorded& decision) {
  RC_ASSERT(told.stage == v1::DISCUSSION_STAGE_IN_PROGRESS);
  hear_of_quorum(told, decision.quorum(), decision.emergency_reason());
  const v1::Section47 section_47 = decision.terms().section_47();
  if (section_47 == v1::SECTION47_CONTINUES) RC_ASSERT(told.enquiry);
  if (section_47 == v1::SECTION47_NOT_STARTED) RC_ASSERT(!told.enquiry);
  told.enquiry = section_47 != v1::SECTION47_NOT_STARTED;
  told.decided = true;
}

// A sitting that was convened may be moved: whoever came before comes anew.
void hear_of_sitting(Told& told, const v1::DiscussionConvened& convened) {
  const bool moved = told.stage == v1::DISCUSSION_STAGE_CONVENED;
  if (moved) told.there.clear();
  RC_ASSERT(told.there.empty());
  const bool first = convened.sitting() == 1;
  if (!moved)
    move(told, first ? v1::DISCUSSION_STAGE_DUE : v1::DISCUSSION_STAGE_CLOSED,
         v1::DISCUSSION_STAGE_CONVENED);
  told.decided = false;
}

void hear(Told& told, const Event& event) {
  if (event.has_opened()) move(told, v1::DISCUSSION_STAGE_UNSPECIFIED, v1::DISCUSSION_STAGE_DUE);
  if (event.has_convened()) hear_of_sitting(told, event.convened());
  if (event.has_invited())
    told.invited[event.invited().participant_id()] = event.invited().invitation().function();
  if (event.has_invitation_withdrawn()) {
    const std::string& part = event.invitation_withdrawn().participant_id();
    RC_ASSERT(!told.there.contains(part));
    RC_ASSERT(told.invited.erase(part) == 1);
  }
  if (event.has_attendance_recorded()) {
    const v1::AttendanceRecorded& said = event.attendance_recorded();
    RC_ASSERT(told.invited.contains(said.participant_id()));
    told.there[said.participant_id()] = said.can_decide();
    if (said.has_left_at()) told.there.erase(said.participant_id());
  }
  if (event.has_started()) {
    hear_of_quorum(told, event.started().quorum(), event.started().emergency_reason());
    move(told, v1::DISCUSSION_STAGE_CONVENED, v1::DISCUSSION_STAGE_IN_PROGRESS);
  }
  if (event.has_decision_recorded()) hear_of_decision(told, event.decision_recorded());
  if (event.has_enquiry_concluded()) {
    RC_ASSERT(told.enquiry);
    told.enquiry = false;
  }
  if (event.has_action_assigned()) told.open_actions.insert(event.action_assigned().action_id());
  if (event.has_action_completed())
    RC_ASSERT(told.open_actions.erase(event.action_completed().action_id()) == 1);
  if (event.has_closed()) {
    RC_ASSERT(told.decided);
    move(told, v1::DISCUSSION_STAGE_IN_PROGRESS, v1::DISCUSSION_STAGE_CLOSED);
    told.there.clear();
  }
}

struct World {
  Discussion::State state;
  Told told;
  Time now = utc(kNow);
  int next_id = 2000;
  cases::Family family = bell_family();

  template <class Command>
  void act(const Command& command, const Actor& actor) {
    Context context = as(actor, to_rfc3339(now));
    for (std::string& id : context.fresh_ids) id = uuid(next_id++);
    const auto events = Discussion::decide(state, command, context);
    if (!events) {
      RC_ASSERT(!events.error().reason.empty());
      return;
    }
    for (const Event& event : *events) {
      hear(told, event);
      state = Discussion::evolve(std::move(state), event);
    }
    check();
  }

  void check() const {
    RC_ASSERT(state.stage == told.stage);
    RC_ASSERT(state.clocks.running() <= clocks::kRunningMax);
    std::multiset<std::string> running;
    for (const clocks::Clock& clock : state.clocks.all())
      if (clock.group == DiscussionClocks::kAction && clock.runs()) running.insert(clock.id);
    RC_ASSERT(running ==
              std::multiset<std::string>(told.open_actions.begin(), told.open_actions.end()));
    std::set<std::string> there;
    for (const auto& participant : state.participants)
      if (state.sitting() > 0 && participant.open_in(state.sitting()) != nullptr)
        there.insert(participant.id);
    std::set<std::string> expected;
    for (const auto& [part, can_decide] : told.there) expected.insert(part);
    RC_ASSERT(there == expected);
  }

  std::string some_part() const {
    if (state.participants.empty()) return uuid(1);
    return some(state.participants).id;
  }
  const Actor& some_actor() const {
    static const std::vector<Actor> all = {kSocialWorker, kManager, kTriage,
                                           kPolice,       kHealth,  kSchool};
    return some(all);
  }
};

// Mostly what is asked for.
std::string reason_in(const World& world) {
  const bool right = *rc::gen::inRange(0, 4) != 0;
  return world.told.quorate() != right ? "He is on his way to her." : "";
}

void convene(World& world) {
  const bool anew = world.told.stage == v1::DISCUSSION_STAGE_CONVENED;
  auto request = convening(to_rfc3339(world.now), anew ? std::vector<v1::Invitation>() : minimum());
  if (anew) request.set_discussion_id(uuid(930));
  world.act(
      Discussion::Convene{
          .request = request, .family = world.family, .case_id = kBellCase, .first_id = 1},
      kTriage);
}

void invite(World& world) {
  static const std::vector<v1::Invitation> all = {
      invitation("education", "education", "t-3"), invitation("health", "maternity", "n-7"),
      invitation("police", "police", ""), invitation("refuge", "accommodation", "r-2")};
  v1::InviteParticipantRequest request;
  *request.mutable_invitation() = some(all);
  world.act(Discussion::Invite{.request = request, .family = world.family}, kManager);
}

void withdraw(World& world) {
  auto request = proto<v1::WithdrawInvitationRequest>("reason: 'Not theirs.'");
  request.set_participant_id(world.some_part());
  world.act(request, kTriage);
}

void answer(World& world) {
  v1::AnswerInvitationRequest request;
  request.set_participant_id(world.some_part());
  request.set_answer(static_cast<v1::InvitationAnswer>(*rc::gen::inRange(1, 4)));
  if (request.answer() == v1::INVITATION_ANSWER_DECLINED) request.set_reason("On leave.");
  if (request.answer() == v1::INVITATION_ANSWER_SUBSTITUTED) {
    request.mutable_substitute()->set_practitioner("s-" + std::to_string(*rc::gen::inRange(0, 3)));
    request.mutable_substitute()->set_can_decide(*rc::gen::arbitrary<bool>());
  }
  world.act(Discussion::Answer{.request = request, .family = world.family}, world.some_actor());
}

void attend(World& world) {
  v1::RecordAttendanceRequest request;
  request.set_participant_id(world.some_part());
  request.set_can_decide(*rc::gen::inRange(0, 4) != 0);
  if (*rc::gen::inRange(0, 4) == 0) to_proto(world.now, request.mutable_left_at());
  world.act(Discussion::Attend{.request = request, .family = world.family}, kTriage);
}

// Everybody of the minimum comes, or most of them do.
void gather(World& world) {
  for (const auto& participant : std::vector(world.state.participants)) {
    v1::RecordAttendanceRequest request;
    request.set_participant_id(participant.id);
    request.set_can_decide(true);
    world.act(Discussion::Attend{.request = request, .family = world.family}, kTriage);
  }
}

void start(World& world) {
  v1::StartDiscussionRequest request;
  request.set_emergency_reason(reason_in(world));
  world.act(request, kManager);
}

void decide(World& world) {
  const auto request = Course::deciding(
      some(std::vector{single_agency(), joint(), no_grounds(), going_on()}), reason_in(world));
  world.act(Discussion::Decide{.request = request, .conference_id = uuid(960)}, world.some_actor());
}

void conclude(World& world) {
  v1::ConcludeEnquiryRequest request;
  *request.mutable_conclusion() = substantiated();
  world.act(Discussion::Conclude{.request = request, .conference_id = {}}, kSocialWorker);
}

void assign(World& world) {
  static const std::vector<std::string> agencies = {"police", "health", "education", "social-care"};
  auto request = Course::action(some(agencies));
  if (*rc::gen::arbitrary<bool>()) request.set_agreed_with("n-4");
  const int times = *rc::gen::inRange(1, 12);
  for (int i = 0; i < times; ++i)
    world.act(Discussion::Assign{.request = request, .family = world.family}, kSocialWorker);
}

void complete(World& world) {
  if (world.state.actions.empty()) return;
  auto request = proto<v1::CompleteActionRequest>("text: 'She was seen.'");
  request.set_action_id(some(world.state.actions).id);
  request.set_result(static_cast<v1::ActionResult>(*rc::gen::inRange(1, 3)));
  world.act(request, world.some_actor());
}

void challenge(World& world) {
  if (world.state.decisions.empty()) return;
  auto request = proto<v1::ChallengeDiscussionDecisionRequest>("grounds: 'There are grounds.'");
  request.set_decision_id(some(world.state.decisions).id);
  world.act(request, world.some_actor());
}

void close(World& world) {
  world.act(proto<v1::CloseDiscussionRequest>("summary: 'As decided.'"), kManager);
}

void reconvene(World& world) {
  const auto request = Course::reconvening(to_rfc3339(world.now));
  world.act(Discussion::Reconvene{.request = request, .family = world.family}, kManager);
}

void issue(World& world) {
  world.act(proto<v1::IssueRecordRequest>("agencies: ['police', 'health', 'social-care']"),
            kTriage);
}

void wait(World& world) {
  world.now += std::chrono::minutes(*rc::gen::inRange(1, 3000));
  world.act(clocks::Tell{}, kTriage);
}

RC_GTEST_PROP(DiscussionProperty, DecidesWithItsQuorumOrAnEmergencyAndKeepsToItsStages, ()) {
  using Act = std::function<void(World&)>;
  static const std::vector<Act> acts = {invite,   answer,  attend,  attend,    gather, gather,
                                        start,    start,   decide,  decide,    assign, complete,
                                        conclude, close,   close,   reconvene, issue,  challenge,
                                        wait,     convene, withdraw};
  World world;
  convene(world);
  const int steps = *rc::gen::inRange(0, 150);
  for (int step = 0; step < steps; ++step) some(acts)(world);
  RC_TAG(v1::DiscussionStage_Name(world.state.stage));
}

}  // namespace
}  // namespace mash::strategy
