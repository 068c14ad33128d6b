#pragma once
#include <string>
#include <vector>

#include "clocks/clocks.h"
#include "core/context.h"
#include "core/decider.h"
#include "core/result.h"
#include "mash/notification/v1/notification_events.pb.h"
#include "mash/notification/v1/notification_service.pb.h"

namespace mash::notification {

// By when a notice is to be acknowledged: met by that, missed by being passed on.
class NoticeClocks : public clocks::Clocks {
 public:
  void evolve(const v1::NoticeEvent& event);
};

// One agency is to know that something happened: the stream "notice/<id>".
//
//   open --acknowledged by the agency--> acknowledged
//   open --nobody acknowledged in time--> open, and the hub's managers get a notice of their own
struct Notice {
  using Event = v1::NoticeEvent;
  using Events = std::vector<Event>;

  struct State {
    v1::Notice notice;  // empty: there is none
    v1::NoticeState state = v1::NOTICE_STATE_UNSPECIFIED;
    bool escalated = false;
    NoticeClocks clocks;

    bool exists() const { return state != v1::NOTICE_STATE_UNSPECIFIED; }
  };

  struct Raise {
    v1::Notice notice;
  };
  // Nobody acknowledged it in time: the managers got that notice.
  struct Escalate {
    std::string to_notice_id;
  };

  static Result<Events> decide(const State&, const Raise&, const Context&);
  // By the agency that was told: NOT_FOUND to any other. Again is already so.
  static Result<Events> decide(const State&, const v1::AcknowledgeNoticeRequest&, const Context&);
  // Nothing where its time is not over, or it was passed on before.
  static Result<Events> decide(const State&, const Escalate&, const Context&);
  static State evolve(State, const Event&);
};
static_assert(Decider<Notice>);

}  // namespace mash::notification
