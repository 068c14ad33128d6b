#pragma once
#include <string_view>

#include "mash/referral/v1/referral.pb.h"

namespace mash::policy {

// "red": a rating as policy packs write it; empty: none.
std::string_view code_of(referral::v1::Rating rating);

}  // namespace mash::policy
