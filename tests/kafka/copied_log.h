#pragma once
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "feed/follower.h"
#include "log/event_log.h"
#include "log/handle.h"
#include "log/testing/temp_log.h"

namespace mash::testing {

// A follower whose every effect is an event in a log of its own, which names the record it follows
// from: so whether each took effect exactly once is read from the logs. That log outlives it.
class Copier {
 public:
  // Copies at most so many in one append.
  explicit Copier(log::EventLog& own, std::size_t copies_at_once = 200)
      : own_(own), copies_at_once_(copies_at_once) {}

  feed::Follower& follower() { return *follower_; }

  void begin(std::shared_ptr<feed::Feed> feed) {
    feed_ = std::move(feed);
    follower_ = std::make_unique<feed::Follower>(feed::FollowerParts{
        .feed = feed_,
        .reaction = {.stored = [this] { return own_.cursor(feed_->log()); },
                     .begin = [this](uint64_t from) { begin_at(from); },
                     .follow = [this](const log::Record& record) { return follow(record); },
                     .settle = [this](bool) { return settle(); }},
        .retry_after = std::chrono::milliseconds(50),
        .in_background = false,  // tests wait for what follows
        .on_held_up = [this](const Result<void>& followed) {
          const std::lock_guard lock(mutex_);
          told_.push_back(followed ? "" : followed.error().reason);
        }});
  }
  // What has held it up, one after the other, and nothing each time that it went on.
  std::vector<std::string> told() const {
    const std::lock_guard lock(mutex_);
    return told_;
  }
  // Ends in the middle of whatever it is at; what was not settled is lost.
  void end() { follower_.reset(); }

 private:
  void begin_at(uint64_t from) {
    next_ = from;
    waiting_.clear();
    stored_ = own_.cursor(feed_->log()).position;
  }
  Result<void> follow(const log::Record& record) {
    waiting_.push_back(record);
    next_ = record.prefix.position + 1;
    if (waiting_.size() < copies_at_once_) return {};
    if (const auto settled = settle(); !settled) {
      waiting_.pop_back();  // as if it had not been asked
      next_ = record.prefix.position;
      return tl::unexpected(settled.error());
    }
    return {};
  }
  Result<uint64_t> settle() {
    if (stored_ == next_) return next_;
    log::CommandCall call{
        .context = {.actor = log::testing::triage_officer()},
        .cursor =
            log::CursorMove{.feed = feed_->log(), .from = stored_, .to = feed_->cursor_at(next_)}};
    std::promise<Result<log::Appended>> answered;
    log::handle(
        own_, std::move(call),
        [this](log::UnitOfWork& unit) {
          Result<void> added;
          for (const log::Record& record : waiting_) {
            unit.caused_by(record);
            if (added) added = unit.add({"copies/1"}, log::testing::v1::NoteEvent());
          }
          return added;
        },
        [&](Result<log::Appended> result) { answered.set_value(std::move(result)); });
    if (const auto appended = answered.get_future().get(); !appended)
      return tl::unexpected(appended.error());
    waiting_.clear();
    stored_ = next_;
    return next_;
  }

  log::EventLog& own_;
  const std::size_t copies_at_once_;
  std::shared_ptr<feed::Feed> feed_;
  uint64_t stored_ = 0;
  uint64_t next_ = 0;
  std::vector<log::Record> waiting_;
  mutable std::mutex mutex_;
  std::vector<std::string> told_;
  std::unique_ptr<feed::Follower> follower_;  // last: its thread uses the others
};

// The ids of a log's records from a position on, in their order.
inline std::vector<std::string> event_ids(const log::EventLog& log, uint64_t from = 0) {
  std::vector<std::string> ids;
  for (uint64_t at = from; at < log.size(); ++at)
    ids.push_back(log.read(at).value().body.event_id());
  return ids;
}

// Says what is wrong with what a Copier made of the records with these ids: nothing, or the first
// thing.
inline std::string faults_of_copies(const log::EventLog& copies,
                                    const std::vector<std::string>& followed) {
  for (uint64_t at = 0; at < copies.size(); ++at) {
    if (at >= followed.size()) return "an effect too many at " + std::to_string(at);
    if (copies.read(at).value().body.causation_id() != followed[at])
      return "the effect at " + std::to_string(at) + " is not of the record there";
  }
  if (copies.size() != followed.size())
    return "no effect of record " + std::to_string(copies.size());
  return {};
}

// A Copier with its log, in a temporary folder.
class CopiedLog {
 public:
  explicit CopiedLog(std::size_t copies_at_once = 200) : copier_(*own_, copies_at_once) {}

  log::EventLog& own() { return *own_; }
  feed::Follower& follower() { return copier_.follower(); }
  void begin(std::shared_ptr<feed::Feed> feed) { copier_.begin(std::move(feed)); }
  void end() { copier_.end(); }
  std::vector<std::string> told() const { return copier_.told(); }

  std::string faults_against(const log::EventLog& followed) {
    return faults_of_copies(*own_, event_ids(followed));
  }

 private:
  log::testing::TempLog own_;
  Copier copier_;  // last: its thread uses the log
};

}  // namespace mash::testing
