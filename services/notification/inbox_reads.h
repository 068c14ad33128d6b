#pragma once

#include "core/context.h"
#include "core/result.h"
#include "host/desk.h"
#include "host/looks.h"
#include "log/event_log.h"
#include "mash/notification/v1/notification_service.pb.h"

namespace mash::notification {

// A page of the caller's inbox, or, for an auditor, of any agency's.
Result<host::Looks> list_inbox(const log::EventLog& log, const v1::ListInboxRequest& request,
                               const Context& context, v1::ListInboxResponse& response);

// The caller's notices from a cursor on, and each as it comes: host::Desk::stream's source. The log
// outlives it.
host::Pull<v1::SubscribeResponse> subscribe(const log::EventLog& log,
                                            const v1::SubscribeRequest& request,
                                            const Context& context);

}  // namespace mash::notification
