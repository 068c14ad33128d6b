#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/context.h"
#include "log/append.h"
#include "log/event_log.h"

namespace mash::host {

// What a reply shows of one case or one person: a look (DPA 2018 s.62, consultation logs).
struct Look {
  std::string stream_id;  // the case's id, or the person's: the look goes to "look/<stream_id>"
  std::string case_id{};  // the case, empty where what is shown belongs to none
  std::vector<std::string> ids{};  // what was shown: referrals, persons, items
  std::uint64_t as_at_size = 0;    // the log's size it was read as at, for the past; 0: now
};
using Looks = std::vector<Look>;

// Appends one LookEvent for each case or person that a reply shows, in one atomic append, and then
// calls `done`: only after it may the reply leave, and not at all where it failed. This is the one
// way by which every read of personal content is recorded.
// Where the key is destroyed, since the case or person was erased, the look has no purpose.
void append_looks(log::EventLog& log, const Context& context, std::string_view method,
                  std::string_view purpose, const Looks& looks, log::Completion done);

}  // namespace mash::host
