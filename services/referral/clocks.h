#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/deadline.h"
#include "mash/common/v1/deadline.pb.h"
#include "mash/referral/v1/referral_events.pb.h"

namespace mash::referral {

// Everything a referral owes by a time, folded from its events: what started a clock, what it was
// put off to, and when what it asked for was done. A value, for deciders and for what is shown.
class Clocks {
 public:
  // What an owed thing is owed for.
  enum class Owed {
    kReceipt,   // a contact came: acknowledgement, first decision
    kRating,    // the rating in force: when agencies' answers are needed
    kOutcome,   // the decision in force
    kRoute,     // another route that was called for
    kChallenge  // a challenge that waits for an answer
  };
  struct Clock {
    Owed owed;
    std::string id;  // of the route or challenge; else empty
    Deadline deadline;
  };

  void evolve(const v1::ReferralEvent& event);

  // In the order in which they were started.
  const std::vector<Clock>& all() const { return clocks_; }

  // Of this kind the one that is due first of those that run, or else one that is done; null where
  // there never was one. A rating's clock is no duty of its own and is not looked at.
  const Deadline* of_kind(std::string_view kind) const;

 private:
  using Deadlines = google::protobuf::RepeatedPtrField<common::v1::Deadline>;

  void start(Owed owed, const std::string& id, const common::v1::Deadline& deadline);
  void restart_outcome(const Deadlines& deadlines);
  void reopen();
  void record_route(const v1::OtherRoute& route);
  void challenge(const v1::DecisionChallenged& event);
  void extend(const v1::ReferralDeadlineExtended& event);
  void decide(const google::protobuf::Timestamp& at);
  template <class Which>
  void finish(const google::protobuf::Timestamp& at, Which which);
  void remove(Owed owed);

  std::vector<Clock> clocks_;
  bool acknowledged_ = false;
  std::optional<Time> assessed_at_;  // whichever decision asked for it
};

}  // namespace mash::referral
