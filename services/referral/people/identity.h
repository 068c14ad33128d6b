#pragma once
#include <string>

#include "core/clock.h"
#include "referral/intake/intake_checks.h"

namespace mash::referral {

namespace v1 {
class Identity;
}

// Whose identity it is.
enum class Whose {
  kAnyone,
  kChild,  // a subject of a contact: born within the last 26 years (care leavers, young people with
           // an education, health and care plan), or not born yet
};

// Whether somebody is too old at `now` to be the subject of a contact (Whose::kChild), as far as
// their birth date tells. What is on record of them stays readable.
bool is_too_old(const v1::Identity& identity, Time now);

// Checks an identity that somebody sent and brings it into the form it is kept in: numbers without
// spaces, postcodes in capitals, OUTPUT_ONLY fields emptied. Faults name fields below `field`. What
// an urgent contact carries that does not check is moved to the identity's own `set_aside`, since
// identity lives nowhere but with the person. Working Together 2018, chapter 1 (unborn children);
// Children Act 2004 s.16LC (numbers, and typed reasons for their absence).
void check_identity(const std::string& field, v1::Identity& identity, Whose whose, Time now,
                    IntakeChecks& checks);

}  // namespace mash::referral
