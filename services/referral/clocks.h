#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "clocks/clocks.h"
#include "mash/common/v1/clock_row.pb.h"
#include "mash/referral/v1/referral_events.pb.h"

namespace mash::referral {

// What a referral owes something for: the groups of its clocks.
enum class Owed {
  kReceipt = 1,   // a contact came: acknowledgement, first decision
  kRating = 2,    // the rating in force: when agencies' answers are needed; no duty of its own
  kOutcome = 3,   // the decision in force
  kRoute = 4,     // another route that was called for, by its id
  kChallenge = 5  // a challenge that waits for an answer, by its id
};
Owed owed_for(const clocks::Clock& clock);

// Everything a referral owes by a time, folded from its events: what started a clock, what it was
// put off to, and when what it asked for was done. A value, for deciders, for what is shown and for
// the view of alarms.
class ReferralClocks : public clocks::Clocks {
 public:
  void evolve(const v1::ReferralEvent& event);

  // Of this kind, whatever of the referral it is for, the one that is due first of those that run,
  // or else one that is done; null where there is none. A rating's clock is not looked at.
  const Deadline* of_kind(std::string_view kind) const;

  // For the view of alarms (clocks/alarms_view.h). What was closed may be gone on with, and a
  // decision revised: both look at what was done.
  static bool concerns(const v1::ReferralEvent& event);
  static bool keeps(const clocks::Clock& clock);
  void save_more(common::v1::ClockRow* row) const;
  void load_more(const common::v1::ClockRow& row);

 private:
  using Deadlines = google::protobuf::RepeatedPtrField<common::v1::Deadline>;

  void start(Owed owed, const std::string& id, const common::v1::Deadline& deadline);
  using Clocks::remove;
  void remove(Owed owed);
  void restart_outcome(const Deadlines& deadlines, const google::protobuf::Timestamp& at);
  void reopen();
  void record_route(const v1::OtherRoute& route);
  void challenge(const v1::DecisionChallenged& event);
  void put_off(const v1::ReferralDeadlineExtended& event);
  void decide(const google::protobuf::Timestamp& at);

  bool acknowledged_ = false;
  std::optional<Time> assessed_at_;  // whichever decision asked for it
};

}  // namespace mash::referral
