#pragma once
#include <cstdint>
#include <optional>
#include <utility>

#include "core/context.h"
#include "core/result.h"
#include "host/desk.h"
#include "mash/referral/v1/referral_service.pb.h"

namespace mash::referral {

class CaseGuard;
struct Change;
class ChangeFeed;

// The changes to referrals from a position on, as one caller hears of them. Used by one thread at a
// time.
class Changes {
 public:
  // In one message, at most.
  static constexpr int kMessageMax = 100;

  // Refuses with kOutOfRange, reason CURSOR_AHEAD, a position the log has not reached: the cursor
  // is another log's, or of an end that was lost. The feed outlives the changes.
  static Result<Changes> from(ChangeFeed& feed, const v1::WatchReferralsRequest& request,
                              const Context& context);

  // Fills a message with the next changes, or with how far the log has been watched where nothing
  // for this caller has happened for long. kLatest: that was all there is for now.
  Result<host::Next> next(v1::WatchReferralsResponse& message);

 private:
  Changes(ChangeFeed& feed, v1::ReferralFilter filter, Actor actor, uint64_t position)
      : feed_(&feed),
        filter_(std::move(filter)),
        actor_(std::move(actor)),
        position_(position),
        told_(position) {}

  // What the caller hears of a change; nothing, where it is not for the caller.
  Result<std::optional<v1::ReferralChange>> heard(const Change& change, CaseGuard& guard) const;

  ChangeFeed* feed_;
  v1::ReferralFilter filter_;
  Actor actor_;
  uint64_t position_;  // the next to look at
  uint64_t told_;      // the caller's own cursor
};

}  // namespace mash::referral
