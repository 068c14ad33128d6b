#pragma once
#include <string>

#include "core/context.h"
#include "core/result.h"
#include "host/looks.h"
#include "log/lookup.h"
#include "mash/referral/v1/person_service.pb.h"
#include "referral/joining/person_index.h"

namespace mash::referral {

// What a search for persons works with.
struct PersonSearch {
  const log::EventLog& log;
  const log::Lookup& lookup;
  const PersonIndex& index;
  const matching::Weights& weights;
};

// Finds persons like one described, the likeliest first; of those who are held to be one only the
// likeliest. Whom the caller may not know of is left out. Answers with a look at each of them.
Result<host::Looks> find_persons(const PersonSearch& search, const v1::FindPersonsRequest& request,
                                 const Context& context, v1::FindPersonsResponse& response);

}  // namespace mash::referral
