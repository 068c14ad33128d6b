#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "core/context.h"
#include "core/result.h"
#include "log/list_scan.h"
#include "mash/sharing/v1/sharing_rows.pb.h"
#include "mash/sharing/v1/sharing_service.pb.h"

namespace mash::sharing {

// Counts how timely the information requests of a period were answered, and how, by agency and
// rating, from the list of requests, a page at a time: all that is open, and what was answered
// since the period began. Used by one thread at a time; the log outlives it.
class RequestReport {
 public:
  // Refuses what is no time.
  static Result<RequestReport> of(const log::EventLog& log,
                                  const v1::ReportRequestsRequest& request, const Context& context);

  // Counts one page more. False: that was the last; `response` is filled then.
  Result<bool> step(v1::ReportRequestsResponse& response);

 private:
  RequestReport(const log::EventLog& log, const log::Period& period);
  void count(const v1::RequestRow& row);

  log::Period period_;
  v1::RequestCounts total_;
  std::map<std::pair<std::string, referral::v1::Rating>, v1::RequestCounts> rows_;
  log::ListScan scan_;
};

}  // namespace mash::sharing
