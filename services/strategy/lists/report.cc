#include "strategy/lists/report.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <vector>

#include "core/decider.h"
#include "core/timestamp.h"
#include "strategy/discussions/discussion.h"
#include "strategy/lists/rows.h"
#include "strategy/lists/views.h"
#include "strategy/read_stream.h"
#include "strategy/streams.h"

namespace mash::strategy {
namespace {

// A discussion held that much sooner than it was due is not looked for in the period of its due
// time: no timescale of discussions comes near it.
constexpr std::chrono::hours kEarlyMax{24 * 60};

Time time_of(const google::protobuf::Timestamp& at) { return from_proto(at).value_or(Time{}); }

// Every row, whatever its place.
std::vector<log::ListScan::Part> whole() { return {log::ListScan::Part{}}; }

void count(v1::TimelinessCount& counts, const Deadline& deadline, bool needed, Time now) {
  if (!needed) return counts.set_not_needed(counts.not_needed() + 1);
  const bool late = deadline.state(now) == DeadlineState::kMissed;
  if (deadline.done_at)
    late ? counts.set_late(counts.late() + 1) : counts.set_in_time(counts.in_time() + 1);
  else
    late ? counts.set_overdue(counts.overdue() + 1) : counts.set_open(counts.open() + 1);
}

std::string code_of(v1::ConferenceKind kind) {
  switch (kind) {
    case v1::CONFERENCE_KIND_INITIAL:
      return "initial";
    case v1::CONFERENCE_KIND_PRE_BIRTH:
      return "pre-birth";
    case v1::CONFERENCE_KIND_TRANSFER_IN:
      return "transfer-in";
    case v1::CONFERENCE_KIND_REVIEW:
      return "review";
    case v1::CONFERENCE_KIND_CORE_GROUP:
      return "core-group";
    default:
      return "requested";  // nobody has said yet that it is held
  }
}

}  // namespace

Result<DiscussionReport> DiscussionReport::of(const log::EventLog& log,
                                              const v1::ReportDiscussionsRequest& request,
                                              const Context& context) {
  return log::period_of(log, request, context).map([&](const log::Period& period) {
    return DiscussionReport(log, period);
  });
}

DiscussionReport::DiscussionReport(const log::EventLog& log, const log::Period& period)
    : log_(&log),
      period_(period),
      discussions_(log, kDiscussionsView, period.size, whole()),
      conferences_(log, kConferencesView, period.size, whole()),
      actions_(log, kActionsView, period.size, whole()) {}

Result<bool> DiscussionReport::step(v1::ReportDiscussionsResponse& response) {
  const auto rows_of = [this]<class Row>(log::ListScan& scan,
                                         void (DiscussionReport::*take)(const Row&)) {
    return scan.step([this, take](const std::string& columns) {
      Row row;
      if (!row.ParseFromString(columns)) return false;
      (this->*take)(row);
      return true;
    });
  };
  Result<bool> more = false;
  switch (part_) {
    case Part::kDiscussions:
      more = step_discussions();
      break;
    case Part::kConferences:
      more = rows_of(conferences_, &DiscussionReport::count_conference);
      break;
    case Part::kActions:
      more = rows_of(actions_, &DiscussionReport::count_action);
      break;
    case Part::kDone:
      break;
  }
  if (!more || *more) return more;
  if (part_ != Part::kDone) part_ = static_cast<Part>(static_cast<int>(part_) + 1);
  if (part_ != Part::kDone) return true;
  response = counts_;
  response.set_position(period_.size);
  return false;
}

// A sitting is before its discussion is closed, which nothing is before it was opened.
bool DiscussionReport::may_count(const v1::DiscussionRow& row) const {
  if (time_of(row.summary().opened_at()) >= period_.to) return false;
  return !is_over(row) || time_of(over_since(row)) + kEarlyMax >= period_.from;
}

Result<bool> DiscussionReport::step_discussions() {
  std::vector<std::string> ids;
  const auto more = discussions_.step([&](const std::string& columns) {
    v1::DiscussionRow row;
    if (!row.ParseFromString(columns)) return false;
    if (may_count(row)) ids.push_back(row.summary().discussion_id());
    return true;
  });
  if (!more) return more;
  for (const std::string& id : ids)
    if (auto counted = count_discussion(id); !counted) return tl::unexpected(counted.error());
  return more;
}

Result<void> DiscussionReport::count_discussion(const std::string& discussion_id) {
  const auto read = read_stream<v1::DiscussionEvent>(*log_, discussion_stream(discussion_id),
                                                     period_.size, false);
  if (!read) return tl::unexpected(read.error());
  const auto state = fold<Discussion>(read->events);
  for (const v1::DiscussionEvent& event : read->events) {
    if (!event.has_started() || !within(time_of(event.started().started_at()))) continue;
    counts_.set_sittings(counts_.sittings() + 1);
    if (event.started().quorum().quorate())
      counts_.set_quorate(counts_.quorate() + 1);
    else
      counts_.set_emergency(counts_.emergency() + 1);
    for (const std::string& function : event.started().quorum().absent())
      ++(*counts_.mutable_absent())[function];
    for (const std::string& agency : state.attended(event.started().sitting()))
      ++(*counts_.mutable_attended())[agency];
  }
  count_due(read->events);
  count_decisions(read->events);
  return {};
}

// The clocks forget what was called off in time.
void DiscussionReport::count_due(const std::vector<v1::DiscussionEvent>& events) {
  DiscussionClocks clocks;
  std::optional<Time> called_off_at;
  for (const v1::DiscussionEvent& event : events) {
    if (event.has_called_off())
      called_off_at = time_of(event.called_off().called_off_at());
    else
      clocks.evolve(event);
  }
  for (const clocks::Clock& clock : clocks.all()) {
    if (clock.group != DiscussionClocks::kToHold || !within(clock.deadline.current_due())) continue;
    const bool needed =
        !called_off_at || clock.deadline.state(*called_off_at) == DeadlineState::kMissed;
    count(*counts_.mutable_discussions(), clock.deadline, needed, period_.now);
  }
}

// Enquiries start with a decision while none run.
void DiscussionReport::count_decisions(const std::vector<v1::DiscussionEvent>& events) {
  bool enquiries_run = false;
  std::set<std::string> of_period, dissented, challenged;
  for (const v1::DiscussionEvent& event : events) {
    if (event.has_enquiry_concluded()) enquiries_run = false;
    if (event.has_dissent_recorded()) dissented.insert(event.dissent_recorded().decision_id());
    if (event.has_challenged()) challenged.insert(event.challenged().decision_id());
    if (!event.has_decision_recorded()) continue;
    const v1::DiscussionDecisionRecorded& decided = event.decision_recorded();
    const v1::Section47 section_47 = decided.terms().section_47();
    const bool starts =
        section_47 == v1::SECTION47_SINGLE_AGENCY || section_47 == v1::SECTION47_JOINT;
    const bool counts = within(time_of(decided.decided_at()));
    if (counts) of_period.insert(decided.decision_id());
    if (counts && starts && !enquiries_run)
      counts_.set_section_47_started(counts_.section_47_started() + 1);
    if (section_47 != v1::SECTION47_NOT_STARTED) enquiries_run = true;
  }
  const auto among = [&](const std::set<std::string>& ids) {
    return static_cast<uint32_t>(
        std::ranges::count_if(ids, [&](const std::string& id) { return of_period.contains(id); }));
  };
  counts_.set_dissents(counts_.dissents() + among(dissented));
  counts_.set_challenges(counts_.challenges() + among(challenged));
}

void DiscussionReport::count_conference(const v1::ConferenceRow& row) {
  auto deadline = deadline_of(row.due());
  if (!deadline || !within(deadline->current_due())) return;
  // What was called off late was missed, and is not overdue any more.
  if (row.has_not_held_at() && !deadline->done_at) deadline->done_at = time_of(row.not_held_at());
  count((*counts_.mutable_conferences())[code_of(row.conference().kind())], *deadline,
        !row.called_off_in_time(), period_.now);
}

void DiscussionReport::count_action(const v1::ActionRow& row) {
  const auto deadline = deadline_of(row.due());
  if (!deadline || !within(deadline->current_due())) return;
  count((*counts_.mutable_actions())[row.action().agency()], *deadline,
        row.action().result() != v1::ACTION_RESULT_NOT_NEEDED, period_.now);
}

}  // namespace mash::strategy
