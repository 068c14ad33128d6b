#pragma once
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "feed/follower.h"
#include "log/event_log.h"
#include "log/handle.h"
#include "log/testing/temp_log.h"

namespace mash::testing {

// A follower whose every effect is an event in a log of its own, which names the record it follows
// from: so whether each took effect exactly once is read from the logs.
class CopiedLog {
 public:
  explicit CopiedLog(std::size_t copies_at_once = 200) : copies_at_once_(copies_at_once) {}

  log::EventLog& own() { return *own_; }
  feed::Follower& follower() { return *follower_; }

  void begin(std::shared_ptr<feed::Feed> feed) {
    feed_ = std::move(feed);
    follower_ = std::make_unique<feed::Follower>(feed::FollowerParts{
        .feed = feed_,
        .reaction = {.stored = [this] { return own_->cursor(feed_->log()); },
                     .begin = [this](std::uint64_t from) { begin_at(from); },
                     .follow = [this](const log::Record& record) { return follow(record); },
                     .settle = [this](bool) { return settle(); }},
        .retry_after = std::chrono::milliseconds(50)});
  }
  // Ends in the middle of whatever it is at; what was not settled is lost.
  void end() { follower_.reset(); }

  // Says what is wrong with what it made of that log: nothing, or the first thing.
  std::string faults_against(const log::EventLog& followed) {
    std::uint64_t position = 0;
    for (std::uint64_t own = 0; own < own_->size(); ++own) {
      const auto copy = own_->read(own).value();
      if (position >= followed.size()) return "an effect too many at " + std::to_string(own);
      const auto record = followed.read(position).value();
      if (copy.body.causation_id() != record.body.event_id())
        return "the effect at " + std::to_string(own) + " is not of record " +
               std::to_string(position);
      ++position;
    }
    if (position != followed.size()) return "no effect of record " + std::to_string(position);
    return {};
  }

 private:
  void begin_at(std::uint64_t from) {
    next_ = from;
    waiting_.clear();
    stored_ = own_->cursor(feed_->log()).position;
  }
  Result<void> follow(const log::Record& record) {
    waiting_.push_back(record);
    next_ = record.prefix.position + 1;
    if (waiting_.size() < copies_at_once_) return {};
    return settle().map([](std::uint64_t) {});
  }
  Result<std::uint64_t> settle() {
    if (stored_ == next_) return next_;
    log::CommandCall call{
        .context = {.actor = log::testing::triage_officer()},
        .cursor =
            log::CursorMove{.feed = feed_->log(), .from = stored_, .to = feed_->cursor_at(next_)}};
    std::promise<Result<log::Appended>> answered;
    log::handle(
        *own_, std::move(call),
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

  const std::size_t copies_at_once_;
  log::testing::TempLog own_;
  std::shared_ptr<feed::Feed> feed_;
  std::uint64_t stored_ = 0;
  std::uint64_t next_ = 0;
  std::vector<log::Record> waiting_;
  std::unique_ptr<feed::Follower> follower_;  // last: its thread uses the others
};

}  // namespace mash::testing
