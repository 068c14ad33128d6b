#pragma once
#include <cstdint>

#include "core/context.h"
#include "core/result.h"
#include "log/list_scan.h"
#include "mash/referral/v1/referral_service.pb.h"
#include "referral/lists/timeliness.h"

namespace mash::referral {

// Reads what a report of timeliness needs from the list of referrals, a page at a time: all that is
// not decided, and what was decided since the period began. Used by one thread at a time.
class TimelinessReport {
 public:
  // Refuses what is no time.
  static Result<TimelinessReport> of(const log::EventLog& log,
                                     const v1::ReportTimelinessRequest& request,
                                     const Context& context);

  // Counts one page more. False: that was the last; `response` is filled then. Refuses with
  // kInvalidArgument, reason REPORT_TOO_LARGE, a period with more contacts than a report holds.
  Result<bool> step(v1::ReportTimelinessResponse& response);

 private:
  TimelinessReport(const log::EventLog& log, const log::Period& period);

  uint64_t as_at_size_;
  Timeliness counts_;
  log::ListScan scan_;
};

}  // namespace mash::referral
