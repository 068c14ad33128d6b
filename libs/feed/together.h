#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "log/record.h"

namespace mash::feed {

// How far one service has come in each of the logs that it follows. A record says how much of other
// logs its author had seen when it was decided (RecordBody.seen): whoever follows it here sees as
// much of them first, so that nothing is judged before the restriction or the bar that it was
// decided under.
//
// Feeds never wait for one another in a circle. One waits at a record r for records of another log
// that r's author had seen, or, where that log lost its end since, for records of an epoch that had
// begun by then; so a feed that stands still in front of a record s while it is waited for stands
// still in front of one that was appended before r. A circle of feeds would be a circle of records,
// each appended before the next. It takes that whoever is refused a record makes visible what lies
// before it.
//
// Thread-safe: every log's follower speaks for its own.
class Together {
 public:
  // All the logs that the service follows, without their epochs: what was seen of others, nothing
  // here waits for.
  explicit Together(std::vector<std::string> logs);

  // Where a log is followed.
  struct Place {
    uint64_t epoch = 0;     // by which positions count
    uint64_t position = 0;  // what follows from all records below is visible
    // So is what follows from all that the log still has of epochs before this one.
    uint64_t whole_before = 0;
  };
  void reached(const std::string& log, const Place& place);

  // Whether as much as the author of this record of `log` had seen is followed here. Refused:
  // kUnavailable, OTHER_LOG_AWAITED; then what was joined under `log` is called once that is so.
  Result<void> admit(const std::string& log, const log::Record& record);

  // A stream of this log that had waited was taken in: `resumed` of the others is called, since
  // what waits there may have waited for that.
  void resumed(const std::string& log);

  // Both are called from other followers' threads, and must not call back; after leave() no more.
  struct Calls {
    std::function<void()> go_on{};
    std::function<void()> resumed{};
  };
  void join(const std::string& log, Calls calls);
  void leave(const std::string& log);

 private:
  struct Awaited {
    std::string log;
    uint64_t epoch = 0;
    uint64_t size = 0;
  };
  struct Followed {
    Place place;
    std::optional<Awaited> awaited{};  // by the record that comes next
    Calls calls{};
  };

  bool is_followed(const Awaited& awaited) const;

  std::mutex mutex_;
  std::map<std::string, Followed> logs_;
};

}  // namespace mash::feed
