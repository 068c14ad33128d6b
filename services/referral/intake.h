#pragma once
#include "core/result.h"
#include "host/desk.h"
#include "referral/submission.h"

namespace mash::referral {

// The ids that a contact with so many children brings into being, for host::CommandExtras: the
// case, each child, and the contact itself.
host::FreshIds ids_for(int children);

// Takes a contact in, in one append: the contact, and each child's identity in a stream of its own
// under a key of its own. Context::fresh_ids are as ids_for() says.
Result<void> take_in(log::UnitOfWork& unit, const Submission& submission);

// What a contact needs of the desk: of Desk::command() when it comes by itself, of Desk::perform()
// when it is one of many.
struct Intake {
  log::Work work;
  host::CommandExtras extras;
};

// How a contact is taken in and answered. The desk, and until it is answered the request and the
// response, outlive what is returned.
Intake intake_of(const host::Desk& desk, const v1::SubmitContactRequest& request,
                 v1::SubmitContactResponse& response);

}  // namespace mash::referral
