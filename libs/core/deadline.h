#pragma once
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/calendar.h"
#include "core/clock.h"
#include "core/result.h"

namespace mash::common::v1 {
class Deadline;
class DeadlineExtension;
class DeadlineStatus;
}  // namespace mash::common::v1

namespace mash {

// The one deadline model (docs/deadlines.md). A deadline is set once, from what the law or the
// local protocol says, and never silently moved: it is met, missed, or extended with reasons. How
// it stands is computed when it is read. All here is pure; times are UTC, kept to the second.

// How time is counted; the values are those of mash.common.v1.ClockKind.
enum class ClockKind {
  kWorkingDays = 1,     // England's; never the day it starts; ends at 23:59:59 in London
  kHubHours = 2,        // hours the hub is open, on working days
  kElapsedHours = 3,    // through nights, weekends and clock changes
  kElapsedDays = 4,     // to the same time of day in London
  kCalendarMonths = 5,  // to 23:59:59 on the same day of the month, or its last, in London
  kAgreed = 6,          // not counted: a time that people agreed on; no pack writes it
};

// "working-days", "hub-hours", "elapsed-hours", "elapsed-days", "calendar-months", as packs write
// it, and "agreed", which they do not: clock_named() knows only theirs.
std::string_view name_of(ClockKind clock);
std::optional<ClockKind> clock_named(std::string_view name);

// When the hub is open on a working day, as times of day in London. It opens before it closes.
struct OpeningHours {
  std::chrono::minutes opens = std::chrono::hours(9);
  std::chrono::minutes closes = std::chrono::hours(17);

  friend bool operator==(const OpeningHours&, const OpeningHours&) = default;
};

// So much time, by one kind of clock. A negative amount counts back; hub hours do not.
struct Span {
  int amount = 0;
  ClockKind clock = ClockKind::kWorkingDays;

  friend bool operator==(const Span&, const Span&) = default;
};

// The furthest a span may reach either way, whatever its clock.
inline constexpr int kMaxSpan = 10'000;

// The instant a span after `start`. Refuses an amount of nought or beyond kMaxSpan, hub hours
// counted back or of a hub that never opens, and what was agreed and so is not counted:
// kInvalidArgument, INVALID_SPAN; and what leads out of the calendar: kOutOfRange,
// OUTSIDE_CALENDAR.
Result<Time> add(Time start, Span span, const Calendar& calendar, const OpeningHours& hours = {});

// What a rule allows for something: taken from a policy pack.
struct Timescale {
  std::string name;            // "first-decision"
  Span allowed;                // from the start to when it is due
  std::optional<Span> notice;  // how long before it is due it counts as approaching
};

// Put off, once.
struct Extension {
  Time previous_due;
  Time due;
  std::string reasons;  // personal data
  Time extended_at;

  friend bool operator==(const Extension&, const Extension&) = default;
};

enum class DeadlineState { kRunning = 1, kApproaching = 2, kMet = 3, kMissed = 4 };

struct Deadline {
  std::string kind;  // the timescale's name
  Time start;
  Span allowed;
  Time due;  // as set; see current_due()
  Time approaching_from;
  std::string pack;       // "working-together-2018@2"
  std::string calendar;   // Calendar::version()
  std::string capped_by;  // the kind of the deadline that brought this one forward, or empty
  std::vector<Extension> extensions{};
  std::optional<Time> done_at{};

  Time current_due() const { return extensions.empty() ? due : extensions.back().due; }
  bool extended() const { return !extensions.empty(); }

  // How it stands at `now`. What is done within the second in which it is due is in time.
  DeadlineState state(Time now) const;

  friend bool operator==(const Deadline&, const Deadline&) = default;
};

// A deadline from `start`. Refuses as add() does.
Result<Deadline> set_deadline(const Timescale& timescale, Time start, std::string pack,
                              const Calendar& calendar, const OpeningHours& hours = {});

// A deadline at a time that people chose. Its kind is that of `notice_of`, and it approaches as
// long before it is due as that timescale says, at the soonest from its start. Refuses what is due
// no later than it starts, DUE_IN_THE_PAST (kInvalidArgument); else as add() does.
Result<Deadline> agreed_deadline(const Timescale& notice_of, Time start, Time due, std::string pack,
                                 const Calendar& calendar, const OpeningHours& hours = {});

// The same duty under another timescale, as when a rating changes: counted from the original start,
// never from the change. Extensions do not carry over, since their reasons were weighed against the
// other time; that it is done does.
Result<Deadline> recompute(const Deadline& deadline, const Timescale& timescale, std::string pack,
                           const Calendar& calendar, const OpeningHours& hours = {});

// Brings `deadline` forward to when `other` is due, if that is sooner, and says so; at the soonest
// to its own start. An information request is due no later than the decision it is for.
Deadline capped(Deadline deadline, const Deadline& other);

// Whether an extension may be made at `now`: refuses with kInvalidArgument, REASONS_MISSING without
// reasons and DUE_NOT_LATER when it would not put the deadline off; with kFailedPrecondition,
// DEADLINE_DONE once done and DEADLINE_MISSED once missed, for a miss is not undone.
Result<Extension> extend(const Deadline& deadline, Time due, std::string reasons, Time now);

// The part that events carry, and back. Reading refuses what is missing or out of range, and an
// amount of nought of anything but what was agreed: kInvalidArgument, INVALID_DEADLINE.
void to_proto(const Deadline& deadline, common::v1::Deadline* out);
Result<Deadline> from_proto(const common::v1::Deadline& message);
void to_proto(const Extension& extension, common::v1::DeadlineExtension* out);
Result<Extension> from_proto(const common::v1::DeadlineExtension& message);

// The whole as a query shows it at `now`; `before` is how it was set before the calendar changed.
void to_proto(const Deadline& deadline, Time now, common::v1::DeadlineStatus* out,
              std::span<const Deadline> before = {});

}  // namespace mash
