#pragma once
#include "node/part.h"

namespace mash::notification {

// NotificationService with its log, for whichever program runs it: the hub, or mash-notification.
// It follows the referral, sharing and strategy logs, and raises from what happens there the
// notices that the rules in force say (deploy/policy/notifications.yaml).
node::Part part();

}  // namespace mash::notification
