#include "strategy/discussions/discussion_commands.h"

#include <optional>
#include <set>
#include <string>
#include <utility>

#include "cases/case_guard.h"
#include "cases/involve.h"
#include "core/caller.h"
#include "core/checks.h"
#include "policy/pack.h"
#include "strategy/checks.h"
#include "strategy/conferences/conference.h"
#include "strategy/discussions/discussion.h"
#include "strategy/discussions/open_discussion.h"
#include "strategy/streams.h"

namespace mash::strategy {
namespace {

using Effect = Discussion::ConferenceEffect;

// Where a discussion lies, and everyone who has to do with the case.
struct Place {
  std::string stream;
  std::string case_id;
  cases::Family family;

  log::Target target() const { return {stream, case_id}; }
};

Result<Place> place_of(log::UnitOfWork& unit, const std::string& discussion_id) {
  Place place{.stream = discussion_stream(discussion_id), .case_id = {}, .family = {}};
  auto case_id = unit.case_of(place.stream);
  if (!case_id) return tl::unexpected(case_id.error());
  if (case_id->empty()) return no_such("discussion");
  auto family = cases::family_for_caller(unit, *case_id, "discussion");
  if (!family) return tl::unexpected(family.error());
  place.case_id = std::move(*case_id);
  place.family = std::move(*family);
  return place;
}

// A command that asks of the case who may come.
template <class Command, class Request>
Result<void> decide_in_place(log::UnitOfWork& unit, const Request& request) {
  return place_of(unit, request.discussion_id()).and_then([&](const Place& place) {
    return unit.decide<Discussion>(place.target(),
                                   Command{.request = request, .family = place.family});
  });
}

// --- convening ---

Result<void> names_one_place(const v1::ConveneDiscussionRequest& request) {
  Checks checks;
  if (request.discussion_id().empty() && request.case_id().empty())
    checks.fault("case_id", "is missing: where a new discussion is convened");
  if (!request.discussion_id().empty() && !request.case_id().empty())
    checks.fault("case_id", "goes with a new discussion");
  if (!request.discussion_id().empty() && !request.referral_id().empty())
    checks.fault("referral_id", "goes with a new discussion");
  return checks.verdict();
}

Result<Place> new_place(log::UnitOfWork& unit, const v1::ConveneDiscussionRequest& request) {
  auto family = cases::family_for_caller(unit, request.case_id());
  if (!family) return tl::unexpected(family.error());
  Place place{.stream = discussion_stream(fresh_id(unit.context())),
              .case_id = case_for(request.child_ids(), request.case_id(), *family),
              .family = std::move(*family)};
  if (request.referral_id().empty()) return place;
  const auto referral = place.family.referrals.find(request.referral_id());
  if (referral == place.family.referrals.end()) return no_such("referral");
  place.case_id = referral->second.case_id;
  return place;
}

// --- what a decision does to the conference ---

Result<void> fall_due(log::UnitOfWork& unit, const Discussion::State& state,
                      const std::string& discussion_id, const std::string& conference_id) {
  const Discussion::Sitting& sitting = state.sittings.back();
  return unit.decide<Conference>(
      {conference_stream(conference_id), state.case_id},
      Conference::FallDue{.kind = sitting.composition.unborn ? v1::CONFERENCE_KIND_PRE_BIRTH
                                                             : v1::CONFERENCE_KIND_INITIAL,
                          .case_id = state.case_id,
                          .child_ids = state.child_ids,
                          .timescale = std::string(policy::kInitialConference),
                          .counted_from = sitting.started_at.value_or(unit.context().now),
                          .discussion_id = discussion_id});
}

using Again = std::optional<Conference::FallDue>;

// Enquiries end with a conference that was recorded as not held: it falls due again, counted from
// when the first one was.
Result<Again> due_again(log::UnitOfWork& unit, const std::string& discussion_id,
                        const std::string& conference_id) {
  if (conference_id.empty()) return Again();
  return unit.observe<Conference>(conference_stream(conference_id))
      .map([&](const Conference::State& conference) {
        if (conference.stage != v1::CONFERENCE_STAGE_NOT_HELD) return Again();
        return Again(Conference::FallDue{.kind = conference.kind,
                                         .case_id = conference.case_id,
                                         .child_ids = conference.child_ids,
                                         .timescale = std::string(policy::kInitialConference),
                                         .counted_from = conference.since,
                                         .discussion_id = discussion_id});
      });
}

Result<void> count_again(log::UnitOfWork& unit, const Discussion::State& state,
                         const std::string& discussion_id, const std::string& conference_id) {
  const Time counted_from = state.sittings.back().started_at.value_or(unit.context().now);
  return unit.decide<Conference>(
      {conference_stream(conference_id)},
      Conference::CountAgain{.discussion_id = discussion_id, .counted_from = counted_from});
}

}  // namespace

Result<void> convene_discussion(log::UnitOfWork& unit,
                                const v1::ConveneDiscussionRequest& request) {
  if (!is_hub(unit.context().actor)) return no_such("case");
  if (auto sound = names_one_place(request); !sound) return sound;
  const auto place = request.discussion_id().empty() ? new_place(unit, request)
                                                     : place_of(unit, request.discussion_id());
  if (!place) return tl::unexpected(place.error());
  std::set<std::string> agencies;
  for (const v1::Invitation& invitation : request.invitations())
    agencies.insert(invitation.agency());
  return unit
      .decide<Discussion>(place->target(), Discussion::Convene{.request = request,
                                                               .family = place->family,
                                                               .case_id = place->case_id,
                                                               .first_id = 1})
      .and_then([&]() -> Result<void> {
        if (!request.discussion_id().empty()) return {};
        return note_opened(unit, place->case_id, id_in(place->stream));
      })
      .and_then([&] { return cases::involve(unit, place->case_id, agencies); });
}

Result<void> invite_participant(log::UnitOfWork& unit,
                                const v1::InviteParticipantRequest& request) {
  return place_of(unit, request.discussion_id()).and_then([&](const Place& place) {
    return unit
        .decide<Discussion>(place.target(),
                            Discussion::Invite{.request = request, .family = place.family})
        .and_then(
            [&] { return cases::involve(unit, place.case_id, {request.invitation().agency()}); });
  });
}

Result<void> answer_invitation(log::UnitOfWork& unit, const v1::AnswerInvitationRequest& request) {
  return decide_in_place<Discussion::Answer>(unit, request);
}

Result<void> record_attendance(log::UnitOfWork& unit, const v1::RecordAttendanceRequest& request) {
  return decide_in_place<Discussion::Attend>(unit, request);
}

Result<void> assign_action(log::UnitOfWork& unit, const v1::AssignActionRequest& request) {
  return decide_in_place<Discussion::Assign>(unit, request);
}

Result<void> reconvene_discussion(log::UnitOfWork& unit,
                                  const v1::ReconveneDiscussionRequest& request) {
  return decide_in_place<Discussion::Reconvene>(unit, request);
}

Result<void> record_discussion_decision(log::UnitOfWork& unit,
                                        const v1::RecordDiscussionDecisionRequest& request) {
  const std::string stream = discussion_stream(request.discussion_id());
  const auto state = unit.observe<Discussion>(stream);
  if (!state) return tl::unexpected(state.error());
  const Effect effect =
      Discussion::conference_effect(*state, request.terms().section_47(), *unit.context().pack);
  const bool falls_due = effect == Effect::kFallsDue;
  const bool counts_again = effect == Effect::kCountsAgain;
  std::string conference_id;
  if (falls_due) conference_id = fresh_id(unit.context(), 1);
  if (counts_again) conference_id = state->enquiry.conference_id;
  return unit
      .decide<Discussion>({stream},
                          Discussion::Decide{.request = request, .conference_id = conference_id})
      .and_then([&]() -> Result<void> {
        if (falls_due) return fall_due(unit, *state, request.discussion_id(), conference_id);
        if (counts_again) return count_again(unit, *state, request.discussion_id(), conference_id);
        return {};
      });
}

Result<void> conclude_enquiry(log::UnitOfWork& unit, const v1::ConcludeEnquiryRequest& request) {
  const std::string stream = discussion_stream(request.discussion_id());
  const auto state = unit.observe<Discussion>(stream);
  if (!state) return tl::unexpected(state.error());
  const std::string& conference_id = state->enquiry.conference_id;
  const bool calls_off = Discussion::calls_conference_off(request.conclusion());
  const auto again =
      calls_off ? Result<Again>(Again()) : due_again(unit, request.discussion_id(), conference_id);
  if (!again) return tl::unexpected(again.error());
  Discussion::Conclude concluding{.request = request, .conference_id = {}};
  if (*again) concluding.conference_id = fresh_id(unit.context());
  return unit.decide<Discussion>({stream}, concluding).and_then([&]() -> Result<void> {
    if (*again)
      return unit.decide<Conference>({conference_stream(concluding.conference_id), state->case_id},
                                     **again);
    if (conference_id.empty() || !calls_off) return {};
    return unit.decide<Conference>({conference_stream(conference_id)},
                                   Conference::CallOff{.discussion_id = request.discussion_id(),
                                                       .reason = request.conclusion().rationale()});
  });
}

Result<void> extend_deadline(log::UnitOfWork& unit, const v1::ExtendDeadlineRequest& request) {
  Checks checks;
  if (request.discussion_id().empty() == request.conference_id().empty())
    checks.fault("discussion_id", "or conference_id is named, one of the two");
  if (auto sound = checks.verdict(); !sound) return sound;
  if (!request.discussion_id().empty())
    return unit.decide<Discussion>({discussion_stream(request.discussion_id())}, request);
  return unit.decide<Conference>({conference_stream(request.conference_id())}, request);
}

}  // namespace mash::strategy
