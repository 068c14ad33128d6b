#pragma once
#include <iosfwd>
#include <vector>

#include "mash/common/v1/receipt.pb.h"
#include "mash/referral/v1/referral.pb.h"

namespace mash::cli {

// Referrals as people read them.

void print_list(const std::vector<referral::v1::ReferralSummary>& referrals, std::ostream& out);
void print_detail(const referral::v1::ReferralDetail& referral, std::ostream& out);

// One line on how a referral stands, for a list that goes on.
std::string on_one_line(const referral::v1::ReferralSummary& referral);

// What a command did, and where that stands in the log.
void print_receipt(const common::v1::Receipt& receipt, std::ostream& out);

}  // namespace mash::cli
