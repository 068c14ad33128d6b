#include "referral/lists/change_feed.h"

#include <algorithm>
#include <utility>

#include "log/event_log.h"
#include "log/handle.h"
#include "referral/lists/row.h"
#include "referral/lists/views.h"
#include "referral/rules.h"

namespace mash::referral {
namespace {

bool is_change(const log::Record& record) {
  return record.body.type() == v1::ReferralEvent::descriptor()->full_name();
}

v1::ReferralRow new_row(const std::string& stream) {
  v1::ReferralRow row;
  row.mutable_summary()->set_referral_id(id_in(stream));
  return row;
}

// The row of the record's referral before the record: the view's, or while that is being rebuilt
// folded from the stream.
Result<v1::ReferralRow> row_before(const log::EventLog& log, const log::Record& record) {
  const std::string& stream = record.body.stream();
  const uint64_t size = record.prefix.position;
  if (record.prefix.stream_version == 1) return new_row(stream);
  if (const auto columns = log.row(kTriageView, id_in(stream), size); columns && *columns) {
    v1::ReferralRow row;
    if (row.ParseFromString(**columns)) return row;
  }
  const auto history = log.read_stream(stream, 1, size);
  if (!history) return tl::unexpected(history.error());
  return log::public_events<v1::ReferralEvent>(history->records)
      .map([&](const std::vector<v1::ReferralEvent>& events) {
        v1::ReferralRow row = new_row(stream);
        for (const v1::ReferralEvent& event : events) evolve_row(row, event);
        return row;
      });
}

// The agency whose challenge the event is about; empty where it is about none. An answer does not
// say whose challenge it answers: the event that raised it does.
Result<std::string> challenger_in(const log::EventLog& log, const log::Record& record,
                                  const v1::ReferralEvent& event) {
  if (event.has_decision_challenged()) return event.decision_challenged().agency();
  if (!event.has_challenge_answered()) return std::string();
  const auto history = log.read_stream(record.body.stream(), 1, record.prefix.position);
  if (!history) return tl::unexpected(history.error());
  return log::public_events<v1::ReferralEvent>(history->records)
      .map([&](const std::vector<v1::ReferralEvent>& events) {
        std::string agency;
        for (const v1::ReferralEvent& earlier : events)
          if (earlier.decision_challenged().challenge_id() ==
              event.challenge_answered().challenge_id())
            agency = earlier.decision_challenged().agency();
        return agency;
      });
}

// The change a record is, from the row before it.
Result<std::shared_ptr<const Change>> read_change(const log::EventLog& log,
                                                  const log::Record& record, v1::ReferralRow row) {
  auto change = std::make_shared<Change>();
  change->position = record.prefix.position;
  change->recorded_at = record.prefix.recorded_at;
  if (!change->event.ParseFromString(record.body.event()))
    return refuse(Code::kDataLoss, "RECORD_MALFORMED", "The record's event cannot be read.");
  auto challenger = challenger_in(log, record, change->event);
  if (!challenger) return tl::unexpected(challenger.error());
  change->challenger = std::move(*challenger);
  change->row = std::move(row);
  evolve_row(change->row, change->event);
  return change;
}

// Goes over the records from `position` on, at most kRecordsMax; `each` is given those that are
// changes and says whether to go on. Returns the position after the last one looked at.
Result<uint64_t> look_through(const log::EventLog& log, uint64_t position,
                              const std::function<Result<bool>(const log::Record&)>& each) {
  uint64_t next = position;
  Result<bool> more = true;
  const auto scanned = log.scan({.from = position}, [&](log::Record&& record) {
    if (is_change(record)) more = each(record);
    if (more) next = record.prefix.position + 1;
    return more.value_or(false) && next - position < ChangeFeed::kRecordsMax;
  });
  if (!scanned) return tl::unexpected(scanned.error());
  if (!more) return tl::unexpected(more.error());
  return next;
}

}  // namespace

ChangeFeed::ChangeFeed(const log::EventLog& log, size_t changes_max)
    : log_(log), changes_max_(changes_max), begin_(log.size()), end_(begin_) {}

Result<ChangeFeed::Changes> ChangeFeed::from(uint64_t position, size_t changes_max) {
  {
    const std::lock_guard lock(mutex_);
    if (auto caught_up = catch_up(); !caught_up) return tl::unexpected(caught_up.error());
    if (position >= begin_) return kept_from(position, changes_max);
  }
  Changes found;
  const auto next = look_through(log_, position, [&](const log::Record& record) -> Result<bool> {
    auto row = referral::row_before(log_, record);
    if (!row) return tl::unexpected(row.error());
    auto change = read_change(log_, record, std::move(*row));
    if (!change) return tl::unexpected(change.error());
    found.changes.push_back(std::move(*change));
    return found.changes.size() < changes_max;
  });
  if (!next) return tl::unexpected(next.error());
  found.next = *next;
  return found;
}

Result<void> ChangeFeed::catch_up() {
  const uint64_t size = log_.size();
  if (size - end_ > kBehindMax) {
    kept_.clear();
    kept_bytes_ = 0;
    latest_.clear();
    begin_ = end_ = size;
  }
  while (end_ < size) {
    const auto next = look_through(log_, end_, [&](const log::Record& record) -> Result<bool> {
      auto row = row_before(record);
      if (!row) return tl::unexpected(row.error());
      auto change = read_change(log_, record, std::move(*row));
      if (!change) return tl::unexpected(change.error());
      keep(record.body.stream(), std::move(*change));
      return true;
    });
    if (!next) return tl::unexpected(next.error());
    end_ = *next;
  }
  return {};
}

Result<v1::ReferralRow> ChangeFeed::row_before(const log::Record& record) const {
  const std::string& stream = record.body.stream();
  if (const auto last = latest_.find(stream); last != latest_.end()) return last->second->row;
  return referral::row_before(log_, record);
}

void ChangeFeed::keep(const std::string& stream, std::shared_ptr<const Change> change) {
  const size_t bytes = change->event.SpaceUsedLong() + change->row.SpaceUsedLong();
  end_ = change->position + 1;
  latest_[stream] = change;
  kept_.push_back({stream, std::move(change), bytes});
  kept_bytes_ += bytes;
  while (kept_.size() > changes_max_ || kept_bytes_ > kBytesMax) forget_oldest();
}

void ChangeFeed::forget_oldest() {
  const Kept& oldest = kept_.front();
  begin_ = oldest.change->position + 1;
  kept_bytes_ -= oldest.bytes;
  if (const auto last = latest_.find(oldest.stream); last->second == oldest.change)
    latest_.erase(last);
  kept_.pop_front();
}

ChangeFeed::Changes ChangeFeed::kept_from(uint64_t position, size_t changes_max) const {
  Changes found{.changes = {}, .next = std::max(position, end_)};
  auto it = std::partition_point(kept_.begin(), kept_.end(), [&](const Kept& kept) {
    return kept.change->position < position;
  });
  for (; it != kept_.end() && found.changes.size() < changes_max; ++it)
    found.changes.push_back(it->change);
  if (it != kept_.end()) found.next = found.changes.back()->position + 1;
  return found;
}

}  // namespace mash::referral
