#pragma once
#include <optional>

#include "referral/matching/level.h"

namespace mash::referral {
namespace v1 {
class Identity;
}

namespace matching {

// When somebody was born or is expected to be, as far as it is known; what is not known is 0.
struct Birth {
  int year = 0;
  int month = 0;
  int day = 0;
  bool expected = false;

  friend bool operator==(const Birth&, const Birth&) = default;
};

// Nothing where the identity says nothing, or what is no date.
std::optional<Birth> birth_of(const v1::Identity& identity);

// How well two agree, from kExact to kNone; symmetric. Years count when one of them says no more.
Level compare(const Birth& one, const Birth& other);

// The years in which a child may be born who is expected then: around the new year, two.
struct Years {
  int first = 0;
  int last = 0;
};
Years possible_years(const Birth& birth);

}  // namespace matching
}  // namespace mash::referral
