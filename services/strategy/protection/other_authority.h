#pragma once
#include "core/checks.h"
#include "core/context.h"
#include "mash/strategy/v1/protection.pb.h"

namespace mash::strategy {

// What is said of another authority that is responsible for a child found here: which, and what of
// it happened, each after what comes before it. It is consulted, accepts explicitly, and confirms
// that in writing (Working Together 2018, chapter 1, immediate protection). Faults are in
// `other_authority`.
void check_other_authority(const v1::OtherAuthority& other, const Context& context, Checks& checks);

}  // namespace mash::strategy
