#pragma once
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <ostream>
#include <string>

#include "feed/feed.h"
#include "log/recover.h"
#include "log/testing/temp_log.h"

namespace mash::feed::testing {

// A log in a temporary folder and feeds of it, whichever way they come: what the cases that every
// feed must pass are written against (feed_cases.h, follower_cases.h). Not thread-safe, but for
// writing.
class FollowedLog {
 public:
  virtual ~FollowedLog() = default;

  log::EventLog& log() { return *log_; }
  const std::string& case_id() const { return case_; }
  void write(int notes, const std::string& text = "A note.") {
    for (int i = 0; i < notes; ++i)
      log::testing::write_note(*log_, {.case_id = case_, .text = text}).value();
  }
  // In one append.
  void write_together(int records) {
    const auto added = log::testing::write_together(*log_, case_, records);
    EXPECT_TRUE(added.has_value());
  }

  // A new feed of it, for one that follows.
  virtual std::shared_ptr<Feed> feed() = 0;
  // What is written, and will be, comes to its feeds from now on.
  virtual void publish() {}

  // Keeps a copy of the log as it is. No local feed of it may be there meanwhile.
  void back_up() {
    close();
    std::filesystem::copy(log_.directory(), log_.folder() / "older");
    EXPECT_TRUE(log_.reopen().has_value());
    opened();
  }
  // The log as that copy has it, in a new epoch; what was written since is lost.
  void lose_what_came_since() {
    namespace fs = std::filesystem;
    close();
    const fs::path older = log_.folder() / "older";
    fs::remove(older / "head");
    fs::copy(log_.directory() / "head", older / "head");
    fs::remove_all(log_.directory());
    fs::rename(older, log_.directory());
    const auto plan = log::plan_recovery(log_.directory(), {}).value();
    log_.adopt(log::recover(log_.options(), plan, log::testing::triage_officer()).value());
    opened();
  }

 protected:
  virtual void closing() {}  // nothing else may use the log from here
  virtual void opened() {}   // until here

  log::testing::TempLog log_;

 private:
  void close() {
    closing();
    log_.close();
  }

  const std::string case_ = log_.fresh_case();
};

// A way there is to follow a log: makes one for each case.
struct WayToFollow {
  const char* name;
  std::unique_ptr<FollowedLog> (*make)();
};
inline void PrintTo(const WayToFollow& way, std::ostream* out) { *out << way.name; }

}  // namespace mash::feed::testing
