#pragma once
#include <string>
#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "log/event_log.h"
#include "log/handle.h"
#include "mash/notification/v1/notification_service.pb.h"

namespace mash::notification {

// A page of what could not be delivered and is tried no more, of all that the caller may see, and
// of notices that are not over: somebody still waits to be told.
Result<void> list_undelivered(const log::EventLog& log, const v1::ListUndeliveredRequest& request,
                              const Context& context, v1::ListUndeliveredResponse& response);

// Has something that was given up tried again; that its notice is not over is asserted with it.
Result<void> retry_undelivered(log::UnitOfWork& unit, const v1::RetryUndeliveredRequest& request);

// What was given up of a notice that is over by now.
struct GivenUpInVain {
  std::string delivery_id;
  std::string why;  // "ACKNOWLEDGED", "CLOSED"
};
Result<std::vector<GivenUpInVain>> given_up_in_vain(const log::EventLog& log);

// Why nobody need be told of a notice any more: "ACKNOWLEDGED", "CLOSED"; empty: it is not over.
std::string why_over(const v1::InboxNotice& notice);

}  // namespace mash::notification
