#pragma once
#include <string>

#include "clocks/clocks.h"
#include "mash/strategy/v1/discussion_events.pb.h"

namespace mash::strategy {

// Everything a strategy discussion owes by a time. A value.
class DiscussionClocks : public clocks::Clocks {
 public:
  enum Group : int {
    kToHold,       // the discussion itself: met when its first sitting begins
    kToHoldAgain,  // it was not quorate: met when the next sitting begins
    kRecord,       // a sitting's record to those who attended; its id is the sitting's number
    kAction,       // what somebody is to do; by the action's id
    kChallenge     // a challenge that waits for an answer; by the challenge's id
  };

  void evolve(const v1::DiscussionEvent& event);

 private:
  void bring_forward(const v1::DiscussionBroughtForward& forward);
  void call_off(const v1::DiscussionCalledOff& called_off);
  void close(const v1::DiscussionClosed& closed);
  void challenge(const v1::DiscussionDecisionChallenged& challenged);
};

// The id under which the record of a sitting is due.
std::string record_id(unsigned sitting);

}  // namespace mash::strategy
