#pragma once
#include <string>
#include <string_view>

#include "mash/referral/v1/person_events.pb.h"
#include "mash/referral/v1/referral_events.pb.h"
#include "mash/referral/v1/referral_row.pb.h"

namespace mash::referral {

// A referral in a list, folded from its events like a decider's state. Pure.

// The row after an event of the referral's stream.
void evolve_row(v1::ReferralRow& row, const v1::ReferralEvent& event);

// What happens to its persons changes the row too: the referral whose row this event changes, or
// nothing; and the row after it.
std::string referral_changed_by(const v1::PersonEvent& event);
void evolve_row(v1::ReferralRow& row, const v1::PersonEvent& event);

// Whether it is decided, closed, withdrawn or another authority's, so that nothing is left to be
// decided. Every contact is at one of these stages or still open, never both.
bool is_done(v1::ReferralStage stage);

// The place in triage's list, compared bytewise: what is still to be decided before what is done;
// in each immediate danger first, then red, amber, green and unrated; then what is due first, or
// what was done last. 11 bytes.
std::string order_of(const v1::ReferralSummary& summary);

// The bounds of what is still to be decided and of what is done.
inline constexpr std::string_view kOrderOfDone = "\x01";

// Whether the agency told something of this referral.
bool is_referrer(const v1::ReferralRow& row, std::string_view agency);

// Whether the agency has had feedback on the decision in force.
bool is_answered(const v1::ReferralRow& row, std::string_view agency);

// Whether the agency is the authority that a transfer waits for, or that has accepted it.
bool is_receiver(const v1::ReferralRow& row, std::string_view agency);

// What a row says to one of its referrers: how far it has got; not how the hub sees it, nor what
// others told.
v1::ReferralSummary for_referrer(const v1::ReferralRow& row);

// Its place in a referrer's own list: open before done, in each immediate danger first, then the
// newest first. 10 bytes.
std::string order_for_referrer(const v1::ReferralRow& row);

}  // namespace mash::referral
