#pragma once
#include <string>

#include "core/case_access.h"
#include "core/ids.h"
#include "core/result.h"
#include "log/handle.h"
#include "mash/notification/v1/notice.pb.h"
#include "mash/notification/v1/notification_events.pb.h"
#include "notification/notices/steps.h"

namespace mash::notification {

// What becomes of a notice besides lying in its agency's inbox.
struct Posting {
  v1::Notice notice;  // without its id
  Turns turns{};
  std::string awaiting{};       // the stream by which it is closed; empty: none
  v1::NoticeAwaits awaits{};    // what closes it
  bool beside_another = false;  // v1::NoticeRaised
};

// Raises a notice, has the agency's first contact told over its channels, and remembers what closes
// it. Part of a unit of work: all of that, or nothing. The notice's id.
Result<std::string> post(log::UnitOfWork& unit, IdSource& ids, const CaseAccess& access,
                         Posting posting);

// Has a contact told of a notice: a delivery over each of its channels.
Result<void> tell_contact(log::UnitOfWork& unit, IdSource& ids, const v1::Notice& notice,
                          const v1::NoticeStep& step);

}  // namespace mash::notification
