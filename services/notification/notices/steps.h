#pragma once
#include <chrono>
#include <vector>

#include "core/case_access.h"
#include "mash/notification/v1/contact_events.pb.h"
#include "mash/notification/v1/notice.pb.h"
#include "mash/notification/v1/notification_events.pb.h"

namespace mash::notification {

// Whether a contact may be told of a notice over its channels, by what holds of its case now:
// nobody who is barred from it; of a restricted one only the practitioner whom the notice is for,
// or, where it is for nobody by name, those whom the restriction names.
bool may_be_told(const CaseAccess& access, const v1::Notice& notice,
                 const std::string& practitioner);

// When contacts come after the first, who is told at once: all with the first; or each this long
// after the one before, while nobody acknowledges the notice; or, where that is nought, never.
struct Turns {
  bool all_at_once = false;
  std::chrono::minutes next_after{0};
};

// Which of an agency's contacts are told of a notice, and when: in their order, but that the
// practitioner whom it is for comes first; those with a channel for what is so urgent. All whose
// turn comes have been told by the time it is to be acknowledged.
std::vector<v1::NoticeStep> steps_of(const std::vector<v1::ContactPlace>& contacts,
                                     const v1::Notice& notice, const CaseAccess& access,
                                     const Turns& turns);

}  // namespace mash::notification
