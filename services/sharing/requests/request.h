#pragma once
#include <optional>
#include <string>
#include <vector>

#include "cases/family.h"
#include "core/deadline.h"
#include "core/decider.h"
#include "mash/sharing/v1/request_events.pb.h"
#include "mash/sharing/v1/sharing_service.pb.h"
#include "sharing/consents/consent.h"
#include "sharing/requests/request_clocks.h"

namespace mash::sharing {

inline constexpr int kQuestionsMax = 20;

// An information request: the stream "request/<id>".
//
//   requested --answered--> answered: items, nothing held, or declined
struct Request {
  using Event = v1::RequestEvent;
  using Events = std::vector<Event>;

  struct State {
    v1::RequestTerms terms;  // without its texts
    std::string case_id;     // empty: there is no such request
    std::string requested_by;
    std::string requesting_agency;
    RequestClocks clocks;
    v1::RequestAnswer answer = v1::REQUEST_ANSWER_UNSPECIFIED;

    bool exists() const { return !case_id.empty(); }
    // Done when answered; null: there is no such request.
    const Deadline* deadline() const {
      return clocks.answer() == nullptr ? nullptr : &clocks.answer()->deadline;
    }
    bool answered() const { return answer != v1::REQUEST_ANSWER_UNSPECIFIED; }
  };

  // What is asked, and what it is judged on. Without a live consent that covers it, a recorded
  // threshold or a gateway in force it is refused with the source: REQUEST_UNLAWFUL (AB v Haringey
  // 2013).
  struct Ask {
    const v1::RequestInformationRequest& request;
    const cases::Family& family;
    std::string case_id;                    // the referral's
    std::optional<Consent::State> consent;  // that it names, where it exists
  };
  // An answer that comes late is taken: how late it is, its deadline says.
  struct Answer {
    const v1::AnswerRequestRequest& request;
    std::vector<std::string> item_ids;  // held in the same append
  };

  static Result<Events> decide(const State&, const Ask&, const Context&);
  static Result<Events> decide(const State&, const Answer&, const Context&);
  static Result<Events> decide(const State&, const v1::ExtendDeadlineRequest&, const Context&);
  static Result<Events> decide(const State&, const clocks::Tell&, const Context&);
  static Result<Events> decide(const State&, const clocks::Recompute&, const Context&);
  static State evolve(State, const Event&);
};
static_assert(Decider<Request>);

// What an answer asks of the request before anything is held for it: NOT_FOUND,
// NOT_THE_AGENCY_ASKED, ALREADY_ANSWERED.
Result<void> may_answer(const Request::State& state, const Context& context);

}  // namespace mash::sharing
