#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cases/family.h"
#include "core/decider.h"
#include "mash/strategy/v1/conference_events.pb.h"
#include "mash/strategy/v1/strategy_service.pb.h"
#include "strategy/conferences/conference_clocks.h"

namespace mash::strategy {

// A child protection conference: the stream "conference/<id>" (Working Together 2018, chapter 1,
// outcome of section 47 enquiries, the child protection plan; West Midlands procedures 1.18).
//
//   requested --given a date--> scheduled       an initial conference then, counted from the
//   request due --given a date--> scheduled             and another date, as often as need be due,
//   scheduled --held--> held               core group and reviews become due with it requested,
//   due, scheduled --not held--> not held, for a reason
//
// A child on a plan has one review that is not held yet, always: it is called off only with the
// plans of all its children.
struct Conference {
  using Event = v1::ConferenceEvent;
  using Events = std::vector<Event>;

  struct State {
    std::string case_id;  // empty: there is no such conference
    v1::ConferenceKind kind = v1::CONFERENCE_KIND_UNSPECIFIED;
    v1::ConferenceStage stage = v1::CONFERENCE_STAGE_UNSPECIFIED;
    std::vector<std::string> child_ids;
    std::string discussion_id;        // that led to it; empty: none
    std::string follows;              // the conference before; empty: none
    std::string requested_by_agency;  // empty: nobody had to ask
    Time since{};                     // it cannot have been held before
    bool born = false;                // the birth after a pre-birth conference is counted in
    ConferenceClocks clocks;

    bool exists() const { return !case_id.empty(); }
    // Whether it is still to be held, or to be said that it is not.
    bool open() const;
  };

  // It has to be held. Refused with CONFERENCE_EXISTS where there is one.
  struct FallDue {
    v1::ConferenceKind kind;
    std::string case_id;
    std::vector<std::string> child_ids;
    std::string timescale;  // of the policy pack
    Time counted_from;
    std::string discussion_id{};  // that led to it
    std::string follows{};        // the conference before
    std::string reason{};         // in words, where nothing before it says so
  };
  // Its time is counted from a later discussion at which enquiries went on. Nothing where it is not
  // open, was missed, or is due no later by that.
  struct CountAgain {
    std::string discussion_id;
    Time counted_from;
  };
  // The enquiries of the discussion ended otherwise. Nothing where it is not open.
  struct CallOff {
    std::string discussion_id;
    std::string reason;
  };
  // A date for one that is there, and for a pre-birth conference that enquiries made due also when
  // the birth is expected: it is held so long before that, where that is sooner. Or a new one:
  // initial, pre-birth or transfer-in. Reviews and core groups follow from conferences alone.
  // Whoever chairs may see the case: PRACTITIONER_BARRED, NOT_NAMED.
  struct Schedule {
    const v1::ScheduleConferenceRequest& request;
    const cases::Family& family;
    std::string case_id;  // that a new one lies in
  };
  // An agency with a part in the case, or somebody in the hub, asks for it. CONFERENCE_ALREADY_OPEN
  // where one about one of these children is.
  struct RequestIt {
    const v1::RequestConferenceRequest& request;
    const cases::Family& family;
    std::string case_id;
    bool one_is_open = false;
  };
  // It was held, with what was decided of each child, or is not. PLAN_MISMATCH where what was
  // decided does not fit whether the child is on a plan; REVIEW_OWED where a review is called off
  // while one runs. Plans that end by themselves, since the child died, left or moved, need no
  // review: it is not held, and says so of each child.
  struct Record {
    const v1::RecordConferenceRequest& request;
    std::set<std::string> on_plan;      // those of its children for whom a plan runs
    std::vector<std::string> next_ids;  // of the conferences that become due with it, next()
  };

  // What becomes due when it is held as the request says, in this order: where plans start, a core
  // group and the first review, for those children; after a review, the next one, for those whose
  // plan goes on. Children whose plan goes on at another conference have a review to come already.
  static std::vector<FallDue> next(const State& state, const std::string& conference_id,
                                   const v1::RecordConferenceRequest& request);

  static Result<Events> decide(const State&, const FallDue&, const Context&);
  static Result<Events> decide(const State&, const CountAgain&, const Context&);
  static Result<Events> decide(const State&, const CallOff&, const Context&);
  static Result<Events> decide(const State&, const Schedule&, const Context&);
  static Result<Events> decide(const State&, const RequestIt&, const Context&);
  static Result<Events> decide(const State&, const Record&, const Context&);
  // The review after a pre-birth conference is due within a month of the birth, where that is
  // sooner. Else NOT_AFTER_PRE_BIRTH; once, BIRTH_RECORDED.
  static Result<Events> decide(const State&, const v1::RecordBirthRequest&, const Context&);
  static Result<Events> decide(const State&, const v1::ExtendDeadlineRequest&, const Context&);
  static Result<Events> decide(const State&, const clocks::Tell&, const Context&);
  static Result<Events> decide(const State&, const clocks::Recompute&, const Context&);
  static State evolve(State, const Event&);
};
static_assert(Decider<Conference>);

}  // namespace mash::strategy
