#pragma once
#include <vector>

#include "cli/client.h"
#include "cli/outcome.h"
#include "mash/referral/v1/referral_service.pb.h"

namespace mash::cli {

using Submitted = Outcome<referral::v1::SubmitContactResponse>;

// Sends contacts in one stream and answers with what became of each, in order; or with why the
// stream as a whole has no answer: then it can be sent again.
Outcome<std::vector<Submitted>> send_contacts(
    const Client& client, const std::vector<referral::v1::SubmitContactRequest>& contacts);

}  // namespace mash::cli
