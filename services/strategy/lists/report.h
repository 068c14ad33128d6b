#pragma once
#include <string>
#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "log/list_scan.h"
#include "mash/strategy/v1/discussion_events.pb.h"
#include "mash/strategy/v1/strategy_rows.pb.h"
#include "mash/strategy/v1/strategy_service.pb.h"

namespace mash::strategy {

// Counts how timely strategy work was in a period: discussions and their quorum from their streams,
// conferences and actions from their lists, a page at a time. Used by one thread at a time; the log
// outlives it.
class DiscussionReport {
 public:
  // Refuses what is no time.
  static Result<DiscussionReport> of(const log::EventLog& log,
                                     const v1::ReportDiscussionsRequest& request,
                                     const Context& context);

  // Counts one page more. False: that was the last; `response` is filled then.
  Result<bool> step(v1::ReportDiscussionsResponse& response);

 private:
  enum class Part { kDiscussions, kConferences, kActions, kDone };

  DiscussionReport(const log::EventLog& log, const log::Period& period);
  Result<bool> step_discussions();
  bool may_count(const v1::DiscussionRow& row) const;
  Result<void> count_discussion(const std::string& discussion_id);
  void count_due(const std::vector<v1::DiscussionEvent>& events);
  void count_decisions(const std::vector<v1::DiscussionEvent>& events);
  void count_conference(const v1::ConferenceRow& row);
  void count_action(const v1::ActionRow& row);
  bool within(Time at) const { return at >= period_.from && at < period_.to; }

  const log::EventLog* log_;
  log::Period period_;
  Part part_ = Part::kDiscussions;
  log::ListScan discussions_;
  log::ListScan conferences_;
  log::ListScan actions_;
  v1::ReportDiscussionsResponse counts_;
};

}  // namespace mash::strategy
