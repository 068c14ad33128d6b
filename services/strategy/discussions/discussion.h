#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cases/family.h"
#include "clocks/clocks.h"
#include "core/clock.h"
#include "core/decider.h"
#include "mash/strategy/v1/discussion_events.pb.h"
#include "mash/strategy/v1/strategy_service.pb.h"
#include "policy/challenges.h"
#include "strategy/discussions/discussion_clocks.h"
#include "strategy/discussions/quorum.h"

namespace mash::policy {
class Pack;
}

namespace mash::strategy {

inline constexpr int kParticipantsMax = 40;  // invited to one discussion
inline constexpr unsigned kSittingsMax = 20;

// A strategy discussion: the stream "discussion/<id>" (Working Together 2018, chapter 1, strategy
// discussion and flow chart 4).
//
//   due --convened--> convened --started--> in progress --closed--> closed --convened--> ...
//
// Before its first sitting it may be called off. One that nothing made due is opened and convened
// in one append. Each coming together is a sitting, from 1. Who is in the room is what was
// recorded: whoever joined and has not left. Rules ask that of a moment, so what is recorded later
// about an earlier hour counts for that hour.
struct Discussion {
  using Event = v1::DiscussionEvent;
  using Events = std::vector<Event>;

  // When somebody was there.
  struct Attendance {
    unsigned sitting = 0;
    Time joined_at{};
    std::optional<Time> left_at;  // none: they are there
    bool substitute = false;
    bool can_decide = false;  // senior enough, whoever came
    bool to_the_end = false;  // it was the sitting's end that ended it

    bool lasts_at(Time time) const { return joined_at <= time && (!left_at || *left_at > time); }
  };

  // A part in the discussion, as invited.
  struct Participant {
    std::string id;
    std::string agency;
    std::string function;      // a code of the policy pack
    std::string practitioner;  // empty: whom the agency sends
    v1::InvitationAnswer answer = v1::INVITATION_ANSWER_UNSPECIFIED;
    std::string substitute;  // who comes instead
    bool substitute_can_decide = false;
    bool asked_again = false;             // to another sitting or time, and has not answered since
    std::vector<Attendance> attendances;  // in the order in which they were recorded

    bool substituted() const { return answer == v1::INVITATION_ANSWER_SUBSTITUTED; }
    // Who comes; empty: nobody was named.
    const std::string& who() const { return substituted() ? substitute : practitioner; }
    // The one of this sitting that nothing has ended yet; null: they are not there.
    const Attendance* open_in(unsigned sitting) const;
    const Attendance* lasting_at(unsigned sitting, Time time) const;
  };

  struct Sitting {
    Time scheduled_at{};
    std::string chair;
    Composition composition;
    std::optional<Time> started_at;
    std::optional<Time> closed_at;
    bool quorate = true;  // when it began, and at each of its decisions
    bool decided = false;
    std::set<std::string> record_sent_to;  // agencies
  };

  struct Decision {
    std::string id;
    unsigned sitting = 0;
    std::string agency;  // whose practitioner recorded it
    std::string decided_by;
    Time decided_at{};
    std::set<std::string> agencies;  // that were in the room
    v1::Section47 section_47 = v1::SECTION47_UNSPECIFIED;
    std::set<std::string> dissenting;  // agencies
  };

  struct Action {
    std::string id;
    std::string agency;
    v1::ActionResult result = v1::ACTION_RESULT_UNSPECIFIED;  // open
  };

  // Section 47 enquiries.
  struct Enquiry {
    bool runs = false;          // started, and not concluded since
    std::string conclusion;     // how they ended last, by its code; empty: they have not
    std::string conference_id;  // that they lead to
  };

  struct State {
    std::string case_id;  // empty: there is no such discussion
    std::string referral_id;
    v1::DiscussionReason reason = v1::DISCUSSION_REASON_UNSPECIFIED;
    v1::DiscussionStage stage = v1::DISCUSSION_STAGE_UNSPECIFIED;
    std::vector<std::string> child_ids;
    bool unborn = false;                    // one of them is not born yet, by what opened it
    std::vector<Participant> participants;  // in the order in which they were invited
    std::vector<Sitting> sittings;          // the n-th is at n - 1
    std::vector<Decision> decisions;        // the last one holds
    std::vector<Action> actions;
    Enquiry enquiry;
    policy::Challenges challenges;
    DiscussionClocks clocks;
    uint64_t version = 0;  // of its stream: so many events

    bool exists() const { return !case_id.empty(); }
    // Due, or convened, and never begun.
    bool is_to_be_held() const;
    // The sitting it stands in, or stood in last; 0: none yet.
    unsigned sitting() const { return static_cast<unsigned>(sittings.size()); }
    bool is_invited(const std::string& agency) const;
    const Participant* participant(std::string_view id) const;
    const Decision* decision(std::string_view id) const;
    const Action* action(std::string_view id) const;

    // Whether somebody of the agency is in the room at a time, as this function where one is named.
    bool in_room(const std::string& agency, Time at, std::string_view function = {}) const;
    std::set<std::string> agencies_in_room(Time at) const;
    // Functions for which somebody is in the room who can decide.
    std::set<std::string> deciding(Time at) const;
    // Agencies that attended a sitting: of whom somebody was there after it began.
    std::set<std::string> attended(unsigned sitting) const;
    // Whether somebody of the agency stayed until the last sitting ended.
    bool stayed(const std::string& agency) const;
  };

  // It has to be held: said by the hub itself, of a referral's outcome or of emergency protection.
  // Counted by `timescale` of the pack from when that came about. Already opened: nothing changes.
  struct Open {
    std::string case_id;
    std::string referral_id;
    v1::DiscussionReason reason = v1::DISCUSSION_REASON_UNSPECIFIED;
    std::string decision_id;
    std::string protection_id;
    std::vector<std::string> child_ids;
    bool unborn = false;
    std::string timescale;
    Time counted_from{};
    const policy::Pack* pack = nullptr;  // whose timescale it is; null: the context's
  };
  // What is opened so calls for this one, which is still to be held. Where it is due later than
  // that would be, it is due then: never later. Else, and once it has begun, nothing changes.
  struct BringForward {
    const Open& called;
  };

  // Convenes it: one that is due, or one that is opened with it, in `case_id`. Everyone who is
  // named is checked against the family's access. One that was convened and has not begun is
  // convened anew: another time, place, form and chair; who was invited stays so, and who came
  // before comes anew. Context::fresh_ids from `first_id` on: those who are invited, in order.
  // DISCUSSION_NOT_DUE.
  struct Convene {
    const v1::ConveneDiscussionRequest& request;
    const cases::Family& family;
    std::string case_id;
    std::size_t first_id = 0;
  };
  // Invites somebody. DISCUSSION_NOT_CONVENED, DISCUSSION_CLOSED, ALREADY_INVITED,
  // TOO_MANY_PARTICIPANTS; who may not see the case is not invited: PRACTITIONER_BARRED, NOT_NAMED.
  // Context::fresh_ids: their part in it.
  struct Invite {
    const v1::InviteParticipantRequest& request;
    const cases::Family& family;
  };
  // Its agency answers, until the sitting is over, as often as it changes its mind. Whoever answers
  // for an invitation that names nobody, and does not say who else comes, comes themself.
  // NOT_THE_AGENCY_INVITED; a substitute is checked as whoever is invited.
  struct Answer {
    const v1::AnswerInvitationRequest& request;
    const cases::Family& family;
  };
  // Somebody came, or left. NOT_INVITED; NOBODY_NAMED while it is not said who comes;
  // PRACTITIONER_BARRED or NOT_NAMED for who may not see the case by now, unless they have left.
  // To say it again of who is there corrects what was said.
  struct Attend {
    const v1::RecordAttendanceRequest& request;
    const cases::Family& family;
  };
  // What was decided. At that time its caller's agency is in the room, and whoever leads is, as
  // what they lead. NOT_IN_THE_ROOM, LEAD_NOT_IN_THE_ROOM, NOT_QUORATE. Context::fresh_ids: the
  // decision.
  struct Decide {
    const v1::RecordDiscussionDecisionRequest& request;
    std::string conference_id;  // of one whose time begins to run, or is counted anew; else empty
  };
  // Who does what by when. AGENCY_NOT_INVITED, ACTION_NOT_AGREED, TOO_MANY_ACTIONS, and as Invite
  // for a practitioner. Context::fresh_ids: the action.
  struct Assign {
    const v1::AssignActionRequest& request;
    const cases::Family& family;
  };
  // Held once more: everyone who was invited is asked to come again. Whether a child is looked
  // after or unborn is said anew. DISCUSSION_NOT_CLOSED, TOO_MANY_SITTINGS, TOO_MANY_DEADLINES.
  struct Reconvene {
    const v1::ReconveneDiscussionRequest& request;
    const cases::Family& family;
  };

  // How section 47 enquiries ended. ENQUIRY_NOT_STARTED, ENQUIRY_CONCLUDED.
  struct Conclude {
    const v1::ConcludeEnquiryRequest& request;
    std::string conference_id;  // of one that falls due again; else empty
  };

  // What a decision does to the conference that enquiries lead to: none, where they do not start or
  // simply go on; the first start has it fall due; and where the pack counts from the last
  // discussion at which they went on, each one after that.
  enum class ConferenceEffect { kNone, kFallsDue, kCountsAgain };
  static ConferenceEffect conference_effect(const State& state, v1::Section47 section_47,
                                            const policy::Pack& pack);

  // What of the discussion a request to put something off is about, by the id of its clock: of a
  // record that names no sitting the last one's.
  static std::string id_of_deadline(const State& state, const v1::ExtendDeadlineRequest& request);

  // Whether enquiries that end so need no conference.
  static bool calls_conference_off(const v1::EnquiryConclusion& conclusion);

  static Result<Events> decide(const State&, const Open&, const Context&);
  static Result<Events> decide(const State&, const BringForward&, const Context&);
  static Result<Events> decide(const State&, const Convene&, const Context&);
  // Not where it has been held, or is being: DISCUSSION_HELD.
  static Result<Events> decide(const State&, const v1::CallOffDiscussionRequest&, const Context&);
  static Result<Events> decide(const State&, const Invite&, const Context&);
  // Takes back an invitation by which nobody has come: PARTICIPANT_ATTENDED. An agency that has
  // something to do by the discussion, or has disagreed with it, keeps a part: AGENCY_TAKES_PART.
  static Result<Events> decide(const State&, const v1::WithdrawInvitationRequest&, const Context&);
  static Result<Events> decide(const State&, const Answer&, const Context&);
  static Result<Events> decide(const State&, const Attend&, const Context&);
  // Without the quorum only as an emergency (quorum.h).
  static Result<Events> decide(const State&, const v1::StartDiscussionRequest&, const Context&);
  static Result<Events> decide(const State&, const Decide&, const Context&);
  static Result<Events> decide(const State&, const Conclude&, const Context&);
  static Result<Events> decide(const State&, const Assign&, const Context&);
  static Result<Events> decide(const State&, const v1::CompleteActionRequest&, const Context&);
  static Result<Events> decide(const State&, const v1::RecordDissentRequest&, const Context&);
  static Result<Events> decide(const State&, const v1::ChallengeDiscussionDecisionRequest&,
                               const Context&);
  static Result<Events> decide(const State&, const v1::AnswerChallengeRequest&, const Context&);
  static Result<Events> decide(const State&, const v1::CloseDiscussionRequest&, const Context&);
  static Result<Events> decide(const State&, const v1::IssueRecordRequest&, const Context&);
  static Result<Events> decide(const State&, const Reconvene&, const Context&);
  static Result<Events> decide(const State&, const v1::ExtendDeadlineRequest&, const Context&);
  static Result<Events> decide(const State&, const clocks::Tell&, const Context&);
  static Result<Events> decide(const State&, const clocks::Recompute&, const Context&);
  static State evolve(State, const Event&);
};
static_assert(Decider<Discussion>);

}  // namespace mash::strategy
