#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "host/looks.h"
#include "host/pages.h"
#include "mash/sharing/v1/sharing_rows.pb.h"

namespace mash::log {
class EventLog;
}

namespace mash::sharing {

// What somebody searches: a case with all that it is joined with, or a person, with everyone held
// to be the same, in whatever cases.
struct SearchedFor {
  std::string case_id;    // empty with person_id
  std::string person_id;  // empty with case_id
  std::string purpose;
};

// Where a search looks, as at one size of the log.
struct SearchScope {
  uint64_t size = 0;
  std::vector<std::string> cases;  // by their ids, which sort by time
  std::string persons;  // 16 bytes for each who is searched for; empty: everyone in the cases
  host::Look look;      // the search, as far as it is known before it is made
};

// The cases of a search that the caller may know of, by what holds now. Refuses, naming the fields,
// what names neither a case nor a person, or both; with NOT_FOUND where there is none that the
// caller may know of, or, of a person, one that bars it.
Result<SearchScope> scope_of(const log::EventLog& log, const SearchedFor& what,
                             std::optional<uint64_t> as_at_size, const Actor& actor);

// An item on its way past. What it points to is good until the walk goes on.
struct FoundItem {
  std::string_view item_id;
  const std::string& case_id;
  const v1::ItemRow& row;  // whole, also where the list has no room for all of it
  bool is_about(std::string_view person) const;  // 16 bytes
};

// How much of an answer a walk may fill.
struct WalkLimits {
  size_t items_max = 0;        // in the answer
  size_t bytes_max = 3 << 20;  // of the answer, about: gRPC's clients take 4 MiB unless told
  size_t rows_max = 20'000;    // looked at
};

// Walks over the items of the scope about whom it searches for, the oldest first of each case, and
// gives each to `take`, which answers how many bytes it made of it in the answer; 0: it is not
// wanted. From `start` on, until the limits are reached. Answers with where the next page begins;
// nothing: that was all.
using TakeItem = std::function<Result<size_t>(const FoundItem&)>;
Result<std::optional<host::PageStart>> walk(const log::EventLog& log, const SearchScope& scope,
                                            const host::PageStart& start, const WalkLimits& limits,
                                            const TakeItem& take);

}  // namespace mash::sharing
