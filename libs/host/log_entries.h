#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "host/desk.h"
#include "host/looks.h"
#include "log/event_log.h"
#include "mash/log/v1/log_service.pb.h"

namespace mash::host {

// What of a record a caller gets.
enum class Shown {
  kRecord,   // what stands in the log in plain
  kSealed,   // the sealed part as well, as it is stored
  kContent,  // and what it holds: a look
};

// What a caller of a log asked for; content needs an auditor who says why. PERMISSION_DENIED,
// reason CONTENT_NOT_ALLOWED, for anybody else who gives a purpose.
Result<Shown> shown_to(const Actor& actor, const std::string& purpose, bool with_sealed);

// Has the keys of what these records hold sealed at hand, all in as few calls as may be where they
// are on a lease: before a page of them is opened one by one.
void hold_keys(const log::EventLog& log, const std::vector<log::Record>& records);

// As much of it as this caller may see of this record: without its content where `admits` says no.
Result<Shown> shown_of(const log::Record& record, Shown shown, const Actor& actor,
                       const Admits& admits);

// A record as it leaves the log. Where content is shown, the look it makes joins `looks`: one for
// each case or person.
Result<mash::log::v1::LogEntry> entry_of(const log::EventLog& log, log::Record record, Shown shown,
                                         Looks& looks);

// Reads a log in pages, each within what one message should hold. Used by one thread at a time.
class RecordPager {
 public:
  // `end`: the size to stop at; absent: go on as the log grows.
  RecordPager(const log::EventLog& log, log::ScanQuery query, std::optional<uint64_t> end,
              uint64_t limit);

  // The next records, at most a page of them; empty: no more for now, or for ever when ended().
  Result<std::vector<log::Record>> next();
  bool ended() const;

 private:
  const log::EventLog& log_;
  log::ScanQuery query_;
  const std::optional<uint64_t> end_;
  uint64_t left_;  // records still wanted
  bool at_end_ = false;
};

}  // namespace mash::host
