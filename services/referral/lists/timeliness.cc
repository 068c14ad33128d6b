#include "referral/lists/timeliness.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "core/timestamp.h"
#include "referral/referral.h"

namespace mash::referral {
namespace {

Time time_of(const google::protobuf::Timestamp& timestamp) {
  return from_proto(timestamp).value_or(Time());
}

// By its code in the policy pack; empty: it has none yet.
std::string outcome_of(const v1::ReferralSummary& summary) {
  if (!summary.outcome().empty()) return summary.outcome();
  if (summary.stage() == v1::REFERRAL_STAGE_CLOSED)
    return std::string(code_of(summary.contact_outcome()));
  return {};
}

void add(v1::TimelinessRow& counts, const v1::ReferralRow& row, Time now) {
  const v1::ReferralSummary& summary = row.summary();
  const Time due = time_of(row.decision_due());
  counts.set_contacts(counts.contacts() + 1);
  if (summary.contact_outcome() == v1::CONTACT_OUTCOME_ACCEPTED)
    counts.set_referrals(counts.referrals() + 1);
  if (summary.re_referral()) counts.set_re_referrals(counts.re_referrals() + 1);
  if (row.challenged()) counts.set_challenged(counts.challenged() + 1);
  if (const std::string outcome = outcome_of(summary); !outcome.empty())
    ++(*counts.mutable_outcomes())[outcome];
  if (summary.stage() == v1::REFERRAL_STAGE_WITHDRAWN)
    counts.set_withdrawn(counts.withdrawn() + 1);
  else if (!summary.has_decided_at())
    now <= due ? counts.set_undecided(counts.undecided() + 1)
               : counts.set_overdue(counts.overdue() + 1);
  else if (time_of(summary.decided_at()) <= due)
    counts.set_decided_in_time(counts.decided_in_time() + 1);
  else
    counts.set_decided_late(counts.decided_late() + 1);
}

// The smallest value that at least this share of all does not exceed.
uint64_t percentile(std::vector<uint32_t>& values, double share) {
  if (values.empty()) return 0;
  const auto rank = static_cast<size_t>(std::ceil(share * static_cast<double>(values.size())));
  const auto place = values.begin() + static_cast<std::ptrdiff_t>(std::max<size_t>(rank, 1) - 1);
  std::nth_element(values.begin(), place, values.end());
  return *place;
}

}  // namespace

void Timeliness::count(const v1::ReferralRow& row) {
  const v1::ReferralSummary& summary = row.summary();
  const Time received = time_of(summary.received_at());
  if (received < from_ || received >= to_) return;
  v1::TimelinessRow& counts = rows_[{summary.source(), summary.level_of_need()}];
  add(counts, row, now_);
  add(total_, row, now_);
  if (!summary.has_decided_at() || summary.stage() == v1::REFERRAL_STAGE_WITHDRAWN) return;
  const auto took =
      std::chrono::floor<std::chrono::seconds>(time_of(summary.decided_at()) - received);
  took_s_.push_back(static_cast<uint32_t>(std::max<int64_t>(took.count(), 0)));
}

void Timeliness::fill(v1::ReportTimelinessResponse& response) const {
  for (const auto& [key, counts] : rows_) {
    v1::TimelinessRow& row = *response.add_rows() = counts;
    row.set_source(key.first);
    row.set_level_of_need(key.second);
  }
  *response.mutable_total() = total_;
  std::vector<uint32_t> took = took_s_;
  response.set_median_s(percentile(took, 0.5));
  response.set_ninetieth_s(percentile(took, 0.9));
}

}  // namespace mash::referral
