#pragma once
#include "core/context.h"
#include "core/result.h"
#include "host/looks.h"
#include "mash/referral/v1/referral_service.pb.h"

namespace mash::log {
class EventLog;
}

namespace mash::referral {

inline constexpr size_t kCaseReferralsMax = 100;  // of a case, shown in one answer
inline constexpr size_t kCasePeopleMax = 200;

// Reads a case for the caller, now or as at a time: its newest referrals and those of the cases
// joined into it, who is in them, how these are related, and what several records show together.
// Answers with what it showed, one look for each case. NOT_FOUND for whoever has no right to know
// of it, and for an id under which nothing lies.
Result<host::Looks> get_case(const log::EventLog& log, const v1::GetCaseRequest& request,
                             const Context& context, v1::GetCaseResponse& response);

}  // namespace mash::referral
