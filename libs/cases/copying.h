#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cases/following.h"
#include "cases/kept.h"
#include "cases/parking.h"
#include "core/result.h"
#include "log/append.h"
#include "log/record.h"

namespace mash::cases {

// What following another log does about each record: keeps what is to be kept of it, as actor
// hub_itself("follower"), each event naming the record as its cause. What was appended
// together there is appended together here, and with it how far that is: nobody sees half of cases
// being joined, and nothing is kept twice. A record of which nothing is kept moves the cursor with
// those after it.
//
// A record that is refused for good parks its stream: that this waits is said in the own log, in
// the same append, and the others go on. What comes after it in its stream is not taken in before
// somebody has it tried again; then all of it is, in its order. A reaction that would be judged by
// a case of which something waits parks its stream too (CASE_PARKED), and is tried again by itself
// when that goes on.
//
// A record whose author had seen more of other followed logs than is followed here waits for that
// (feed::Together): OTHER_LOG_AWAITED. What was followed before it is appended meanwhile, were it
// half of an append: only in the referral log do appends have to stay whole here, and it sees no
// other log.
//
// Not thread-safe: one thread follows, and waits for the log.
class Copying {
 public:
  explicit Copying(const FollowingParts& parts);

  // The position of the record to follow next.
  uint64_t next() const { return next_; }

  // For feed::Reaction. Once begun, where nothing waits to be appended, it has come as far as it
  // has followed: then a feed that refused, as with FEED_SILENT, is gone on with where it is, and
  // not begun anew where the own log stands, as if it had been heard of since.
  log::Cursor stored() const;
  void begin(uint64_t from);
  Result<void> follow(const log::Record& record);
  Result<uint64_t> settle(bool complete);

  // Takes in what waits of a stream, after begin(). Returns how many records that were. Refused:
  // kNotFound, STREAM_NOT_PARKED; whatever the first record is refused with that is refused again,
  // and then the stream waits from there on. Those before it have been taken in.
  Result<uint64_t> retry(const std::string& stream);
  // The same of all that wait with CASE_PARKED; what still does goes on waiting.
  void retry_what_waits_for_cases();

 private:
  struct Waiting {
    log::Record record;
    Kept kept;
    std::optional<feed::v1::StreamParked> parked{};  // it was refused: this is said instead

    std::size_t events() const;
  };

  Context context(Time now) const;
  Result<void> see_as_much(const log::Record& record);
  void tell_together(uint64_t below) const;
  // What there is to do about a record, if anything.
  Result<std::optional<Waiting>> wanted(const log::Record& record) const;
  Result<void> take(const log::Record& record);
  Result<void> keep(log::UnitOfWork& unit, const Waiting& each, bool cases_wait) const;
  // Whether anything of the referral log waits, or is about to: else no case needs be asked.
  Result<bool> cases_wait() const;
  Result<void> append(std::optional<log::CursorMove> cursor,
                      const std::function<Result<void>(log::UnitOfWork&)>& work) const;
  // Appends what is kept of the records below a position, at which no append there is cut in two.
  Result<void> append_below(uint64_t position);
  Result<void> try_to_append(std::size_t count, uint64_t position, std::size_t& at_fault);
  void park(std::size_t index, const Error& refused);

  struct Retried {
    std::size_t records = 0;
    std::optional<Error> refused{};  // with what the next one was
  };
  Result<Retried> retry_some(const std::vector<log::Record>& records, std::size_t from,
                             std::size_t end);
  Result<void> say_that_it_goes_on(log::UnitOfWork& unit,
                                   const feed::v1::StreamResumed& resumed) const;
  Result<void> say_where_it_waits(log::UnitOfWork& unit, const std::vector<log::Record>& records,
                                  std::size_t next, std::size_t end,
                                  const std::optional<Error>& refused) const;

  FollowingParts parts_;
  Parking parking_;
  bool begun_ = false;
  bool retried_what_waits_ = false;  // for cases, since it began
  uint64_t stored_ = 0;              // where the cursor stands
  uint64_t next_ = 0;                // all below were taken in
  uint64_t last_append_begins_ = 0;  // of the records that share the newest one's correlation
  std::string correlation_;          // theirs
  uint64_t epoch_ = 0;               // the newest of the followed log's that is known of
  uint64_t whole_before_ = 0;        // feed::Together::Place, where the newest one's append begins
  std::vector<Waiting> waiting_;     // in the order of their positions
  std::size_t events_waiting_ = 0;
};

}  // namespace mash::cases
