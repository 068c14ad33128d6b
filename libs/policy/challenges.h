#pragma once
#include <map>
#include <set>
#include <string>

#include "core/context.h"
#include "core/result.h"
#include "mash/referral/v1/challenge.pb.h"

namespace mash::policy {

// So many challenges may wait to be resolved in one stream.
inline constexpr int kOpenChallengesMax = 8;

// A disagreement with a decision, as far as it has got up the levels of the policy pack: Working
// Together 2018, chapter 1, paragraph 22, and chapter 2.
struct Challenge {
  using Step = referral::v1::ChallengeStep;

  // How a level answered.
  struct Answer {
    Step step;  // the whole of it, answered
    bool resolved = false;
  };

  std::string agency;               // whose it is
  std::string decision_id;          // what it disagrees with
  std::set<std::string> raised_by;  // practitioners of `agency`
  int levels = 0;                   // that it has been raised to
  Step step{};                      // at the last of them
  bool resolved = false;

  bool answered() const;

  // Whether the time to answer it has gone by without an answer: as it was set, or computed again
  // since. That it was put off is not known here.
  bool overdue(Time now) const;

  // It goes up a level when the one below has answered that the decision stands, or is `late` and
  // not the last: silence must not hold it up. Refused: NOT_THE_CHALLENGER, CHALLENGE_RESOLVED,
  // CHALLENGE_NOT_ANSWERED.
  Result<Step> go_up(const std::string& grounds, bool late, const Context& context) const;

  // The answer at the level where it stands: upheld and agreed end it, and at the last level any.
  // Whoever made the decision or disagrees does not judge between the two. Refused:
  // CHALLENGE_ANSWERED, NOT_INDEPENDENT.
  Result<Answer> answer(referral::v1::ChallengeResolution resolution, const std::string& text,
                        bool made_it, const Context& context) const;
};

// The challenges to what one stream decided, folded from its events: which of them are open, and
// what may come next. A value; nothing of it is personal where its events were read without their
// texts.
class Challenges {
 public:
  // What happened.
  void raised(const std::string& id, const std::string& decision_id, const std::string& agency,
              const Challenge::Step& step);
  void answered(const std::string& id, const Challenge::Step& step, bool resolved);
  // The calendar changed, and with it when the level where it stands is to answer. Of another id:
  // nothing.
  void recomputed(const std::string& id, const common::v1::Deadline& deadline);

  // Null: there is none.
  const Challenge* find(const std::string& id) const;
  // By id.
  auto begin() const { return by_id_.begin(); }
  auto end() const { return by_id_.end(); }

  // A new one, at the first level; an agency has one open at a time. Refused: CHALLENGE_OPEN,
  // TOO_MANY_CHALLENGES.
  Result<Challenge::Step> raise(const std::string& grounds, const Context& context) const;

 private:
  std::map<std::string, Challenge> by_id_;
};

}  // namespace mash::policy
