#pragma once
#include "core/context.h"
#include "core/result.h"
#include "host/looks.h"
#include "mash/referral/v1/referral_row.pb.h"
#include "mash/referral/v1/referral_service.pb.h"

namespace mash::log {
class EventLog;
}  // namespace mash::log

namespace mash::referral {

// Whether a summary is one the filter asks for. Filters look at what the caller is shown, so that
// they tell no more than that.
bool wanted(const v1::ReferralFilter& filter, const v1::ReferralSummary& summary);

// Whether the caller may see that this row exists, in a list or a stream of changes: the hub and
// auditors all of them, an agency those it told something of, an authority those it was asked to
// take.
bool may_list(const v1::ReferralRow& row, const Actor& actor);

// The row's summary as this caller may see it.
v1::ReferralSummary shown_to(const v1::ReferralRow& row, const Actor& actor);

// A page of the list. Refuses a page token that is none with INVALID_REQUEST. Shows nothing
// personal.
Result<void> list_referrals(const log::EventLog& log, const v1::ListReferralsRequest& request,
                            const Context& context, v1::ListReferralsResponse& response);

}  // namespace mash::referral
