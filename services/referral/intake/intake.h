#pragma once
#include "core/result.h"
#include "host/desk.h"
#include "referral/intake/submission.h"

namespace mash::referral {

// The ids that a contact brings into being, for host::CommandExtras: the case, each person it does
// not name by an id, and the contact itself.
host::FreshIds ids_for(const v1::SubmitContactRequest& request);

// Takes a contact in, in one append: the contact, then for each child and each other person
// involved an event in a stream of their own, under a key of their own. Somebody named by an id
// under which the caller's agency knows nobody is refused with NOT_FOUND; an urgent contact sets
// the id aside instead. Whoever of them works for an agency is barred from the case.
// Context::fresh_ids are as ids_for() says.
Result<void> take_in(const log::EventLog& log, log::UnitOfWork& unit, Submission& submission);

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
