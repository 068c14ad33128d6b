#pragma once
#include <set>
#include <string>
#include <vector>

#include "clocks/clocks.h"
#include "core/context.h"
#include "core/decider.h"
#include "core/result.h"
#include "mash/notification/v1/notification_events.pb.h"
#include "mash/notification/v1/notification_service.pb.h"

namespace mash::notification {

// The role of the hub's managers.
inline constexpr char kManagerRole[] = "mash-manager";

// By when a notice is to be acknowledged, and before that when the agency's next contacts are told.
// Closed, it has no more times; acknowledged, neither, but that one which is open until it is done
// (Notice.until_done) is still escalated. A time is said to be missed when the contact was told, or
// the managers were.
class NoticeClocks : public clocks::Clocks {
 public:
  void evolve(const v1::NoticeEvent& event);

  // Whether what is due is to tell the next contact, by the clock's id; else the managers.
  static bool is_for_next_contact(const common::v1::DeadlineTold& due);

 private:
  void raise(const v1::NoticeRaised& raised);
  void acknowledge();
  void miss(const char* kind, const std::string& id, const google::protobuf::Timestamp& due);
};

// One agency is to know that something happened: the stream "notice/<id>".
//
//   open --acknowledged by the agency--> acknowledged
//   open --nobody has yet--> open, and it is passed on: the agency's next contact is told
//   open --nobody did in time--> open, and it is escalated: the hub's managers get their own notice
//   open --what it asks for was done--> closed
struct Notice {
  using Event = v1::NoticeEvent;
  using Events = std::vector<Event>;

  struct State {
    v1::Notice notice;  // empty: there is none
    v1::NoticeState state = v1::NOTICE_STATE_UNSPECIFIED;
    std::vector<v1::NoticeStep> steps;
    std::string awaiting;  // the stream by which it is closed; empty: none
    bool closed = false;   // maybe after it was acknowledged, which `state` then goes on saying
    NoticeClocks clocks;

    bool exists() const { return state != v1::NOTICE_STATE_UNSPECIFIED; }
  };

  struct Raise {
    v1::Notice notice;
    std::vector<v1::NoticeStep> steps{};
    std::string awaiting{};
    bool beside_another = false;  // v1::NoticeRaised
  };
  // Says what was done about the times that are over (NoticeClocks::to_tell).
  struct PassOn {
    std::string to_notice_id{};           // the managers' own notice, where they were told
    std::set<std::string> passed_over{};  // contacts whose turn it was and who were not told
  };
  // What it asks for was done.
  struct Close {
    std::string by;  // the event: "mash.referral.v1.ReferralEvent/contact_accepted"
  };
  // Whoever follows the inbox may have been led past it.
  struct ComeAgain {
    std::string why;  // v1::NoticeComesAgain
  };

  static Result<Events> decide(const State&, const Raise&, const Context&);
  // By the agency that was told: NOT_FOUND to any other; what is the managers', by one of them:
  // PERMISSION_DENIED, NOTICE_NEEDS_MANAGER. Again is already so; of one that was closed it is
  // recorded as well.
  static Result<Events> decide(const State&, const v1::AcknowledgeNoticeRequest&, const Context&);
  // In the order of their times. Nothing where no time is over, or all that are have been spoken
  // of.
  static Result<Events> decide(const State&, const PassOn&, const Context&);
  static Result<Events> decide(const State&, const Close&, const Context&);
  static Result<Events> decide(const State&, const ComeAgain&, const Context&);
  static State evolve(State, const Event&);
};
static_assert(Decider<Notice>);

}  // namespace mash::notification
