#pragma once
#include <string>
#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "host/looks.h"
#include "mash/referral/v1/referral_events.pb.h"
#include "mash/referral/v1/referral_service.pb.h"
#include "referral/referral.h"

namespace mash::log {
class EventLog;
}

namespace mash::referral {

// How much of a referral somebody is shown.
struct Audience {
  enum class Sees {
    kAll,       // the hub; an auditor who says why
    kOwn,       // an agency: what it told, how far it has got, what is meant for it
    kReceived,  // an authority asked to take it: the transfer, the summary, and what the contact
                // told, since that is what it is to be responsible for; and what it told itself
    kNoContent  // an auditor who does not say why: what happened, when, by whom; no personal
                // content
  };
  Sees sees = Sees::kNoContent;
  std::string agency;

  static Audience of(const Actor& actor, const std::string& purpose);
  // The same for one referral, which an authority may have been asked to take.
  static Audience of(const Actor& actor, const std::string& purpose,
                     const Referral::State& referral);
};

// A referral in full for this audience, from its events in order: with their personal fields where
// these are there. `now` is when its deadlines are looked at. Identities of children are not in
// these events. Pure.
v1::ReferralDetail detail_of(const std::string& referral_id,
                             const std::vector<v1::ReferralEvent>& events, const Audience& audience,
                             Time now);

// The public part of the referral event at a position.
Result<v1::ReferralEvent> event_at(const log::EventLog& log, uint64_t position);

// Reads a referral for the caller, now or as at a time, with the children's identities; answers
// with what it showed. NOT_FOUND for whoever has no right to know of it.
Result<host::Looks> get_referral(const log::EventLog& log, const v1::GetReferralRequest& request,
                                 const Context& context, v1::GetReferralResponse& response);

}  // namespace mash::referral
