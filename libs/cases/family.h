#pragma once
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "cases/known_case.h"

namespace mash::cases {

// A case with all that it is joined with, as one: what rules about who is in it ask. Read by
// case_guard.h.
struct Family {
  std::string head;  // the case at the top: its access is that of them all
  CaseAccess access;
  // Of which something waits that may concern their access (parking.h): then `access` is closed,
  // and this is what was known of it before.
  std::set<std::string> parked;
  CaseAccess access_before;
  std::vector<std::string> cases;
  std::map<std::string, KnownCase::Referral> referrals;  // by id
  std::set<std::string> agencies;                        // that have a part in it

  bool exists() const { return !referrals.empty(); }
  bool names(const std::string& person_id) const;
  // As a child, with whom a contact is concerned: not somebody else in it.
  bool names_child(const std::string& person_id) const;
  bool has_case(const std::string& case_id) const {
    return std::ranges::find(cases, case_id) != cases.end();
  }
  bool has_part(const std::string& agency) const { return agencies.contains(agency); }
};

// NOT_FOUND unless the caller may know of the case at all: the hub's roles, auditors, and agencies
// with a part in it; and of those, whom its restriction and bars let through. These are told where
// they do so by what is not all that was said: kUnavailable, CASE_PARKED.
Result<void> may_know(const Family& family, const Actor& actor, std::string_view what = "case");

// The refusal of whatever is to be judged by a case of which something waits.
tl::unexpected<Error> case_parked();

}  // namespace mash::cases
