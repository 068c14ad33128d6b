#pragma once
#include <string>

#include "core/context.h"
#include "core/result.h"
#include "host/looks.h"
#include "log/event_log.h"
#include "log/lookup.h"
#include "mash/referral/v1/person_service.pb.h"

namespace mash::vault {
class KeyRing;
}

namespace mash::referral {

// Finds contexts by what is known of them, or by who is in them; those with most children first.
// Answers with a look at each of them.
Result<host::Looks> find_contexts(const log::EventLog& log, const log::Lookup& lookup,
                                  const vault::KeyRing& keys,
                                  const v1::FindContextsRequest& request, const Context& context,
                                  v1::FindContextsResponse& response);

}  // namespace mash::referral
