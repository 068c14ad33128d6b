#pragma once
#include <optional>
#include <utility>

#include "core/context.h"
#include "core/result.h"
#include "host/looks.h"
#include "mash/referral/v1/referral_row.pb.h"
#include "mash/referral/v1/referral_service.pb.h"

namespace mash::log {
class EventLog;
struct Record;
}  // namespace mash::log

namespace mash::referral {

// Whether a summary is one the filter asks for. Filters look at what the caller is shown, so that
// they tell no more than that.
bool wanted(const v1::ReferralFilter& filter, const v1::ReferralSummary& summary);

// Whether the caller may see that this row exists, in a list or a stream of changes: the hub and
// auditors all of them, an agency those it told something of.
bool may_list(const v1::ReferralRow& row, const Actor& actor);

// The row's summary as this caller may see it.
v1::ReferralSummary shown_to(const v1::ReferralRow& row, const Actor& actor);

// A page of the list. Refuses a page token that is none with INVALID_REQUEST. Shows nothing
// personal.
Result<void> list_referrals(const log::EventLog& log, const v1::ListReferralsRequest& request,
                            const Context& context, v1::ListReferralsResponse& response);

// The changes to referrals from a position on, one at a time. Used by one thread at a time.
class Changes {
 public:
  // Refuses with kOutOfRange, reason CURSOR_AHEAD, a position the log has not reached: the cursor
  // is another log's, or of an end that was lost.
  static Result<Changes> from(const log::EventLog& log, const v1::WatchReferralsRequest& request,
                              const Context& context);

  // Fills the next change, or how far the log has been watched where nothing for this caller has
  // happened for long. False: nothing more yet.
  Result<bool> next(v1::WatchReferralsResponse& message);

 private:
  Changes(const log::EventLog& log, v1::ReferralFilter filter, Actor actor, uint64_t position)
      : log_(&log), filter_(std::move(filter)), actor_(std::move(actor)), position_(position) {}

  // What the caller hears of a referral's event; nothing, where it is not for the caller.
  Result<std::optional<v1::ReferralChange>> change_in(const log::Record& record) const;

  const log::EventLog* log_;
  v1::ReferralFilter filter_;
  Actor actor_;
  uint64_t position_;  // the next to look at
};

}  // namespace mash::referral
