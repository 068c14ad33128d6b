#pragma once
#include "core/result.h"
#include "log/handle.h"
#include "mash/sharing/v1/sharing_service.pb.h"

namespace mash::sharing {

// The work of commands on information requests, each for host::Desk::command: one atomic append.

// Asks an agency, which comes to have a part in the case. What it rests on (the referral's
// threshold, a consent) is read in the unit, so that the log's order decides. NOT_FOUND where no
// case of these persons has the referral, or it is not the caller's to see. Context::fresh_ids: the
// request.
Result<void> request_information(log::UnitOfWork& unit,
                                 const v1::RequestInformationRequest& request);

// Answers a request, and holds each item that the answer has. Context::fresh_ids: the items.
Result<void> answer_request(log::UnitOfWork& unit, const v1::AnswerRequestRequest& request);

}  // namespace mash::sharing
