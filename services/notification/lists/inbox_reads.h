#pragma once

#include "core/context.h"
#include "core/result.h"
#include "host/desk.h"
#include "log/event_log.h"
#include "mash/notification/v1/notification_service.pb.h"

namespace mash::notification {

// A page of the caller's inbox, or, for an auditor, of any agency's.
Result<void> list_inbox(const log::EventLog& log, const v1::ListInboxRequest& request,
                        const Context& context, v1::ListInboxResponse& response);

// A page of the deadlines that it was told of and nobody has met since.
Result<void> list_deadlines(const log::EventLog& log, const v1::ListDeadlinesRequest& request,
                            const Context& context, v1::ListDeadlinesResponse& response);

// The caller's notices from a cursor on, and each as it comes: host::Desk::stream's source. Looks
// at one page at a time: where nothing of it is wanted it wakes the stream, which sees whether
// anybody still listens, and asks again. The log outlives it.
host::Pull<v1::SubscribeResponse> subscribe(const log::EventLog& log,
                                            const v1::SubscribeRequest& request,
                                            const Context& context, host::Wake wake);

}  // namespace mash::notification
