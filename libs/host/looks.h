#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/context.h"
#include "core/result.h"
#include "log/append.h"
#include "log/event_log.h"

namespace mash::host {

// What a reply shows of one case or one person: a look (DPA 2018 s.62, consultation logs).
struct Look {
  std::string stream_id;  // the case's id, or the person's: the look goes to "look/<stream_id>"
  std::string case_id{};  // the case, empty where what is shown belongs to none
  std::vector<std::string> ids{};  // what was shown: referrals, persons, items
  uint64_t as_at_size = 0;         // the log's size it was read as at, for the past; 0: now

  std::string decision_id{};  // the sharing decision it is shown under; empty: none
  uint64_t decision_version = 0;

  // It answers a search, which is recorded also where it found nothing: `ids` are what it found,
  // `as_at_size` is what it was read as at, now too.
  bool searched = false;

  // Streams that the right to see it rests on, with the versions read: they are asserted in the
  // same append.
  std::vector<log::StreamExpectation> expectations{};
};
using Looks = std::vector<Look>;

// Reads what is shown once more, when something it rests on has moved since.
using LookAgain = std::function<Result<Looks>()>;

// Appends one LookEvent for each case or person that a reply shows, in one atomic append, and then
// calls `done`: only after it may the reply leave, and not at all where it failed. This is the one
// way by which every read of personal content is recorded.
//
// Where a stream that a look rests on has another version by then, nothing is appended and `again`
// is asked, which judges anew: its looks are appended instead, or its refusal is the answer. After
// three conflicts ABORTED, VERSION_CONFLICT. Empty: the first conflict is the answer. `again` runs
// on the log's completion thread.
//
// Where the key is destroyed, since the case or person was erased, the look has no purpose.
void append_looks(log::EventLog& log, const Context& context, std::string_view method,
                  std::string_view purpose, Looks looks, LookAgain again, log::Completion done);

}  // namespace mash::host
