#pragma once
#include <google/protobuf/repeated_ptr_field.h>

#include <algorithm>

#include "core/context.h"
#include "mash/sharing/v1/decision.pb.h"

namespace mash::sharing {

// Whether a recipient is the caller: its agency, and where one is named its practitioner and role.
inline bool is_for(const v1::Recipient& recipient, const Actor& actor) {
  return recipient.agency() == actor.agency &&
         (recipient.practitioner().empty() || recipient.practitioner() == actor.practitioner) &&
         (recipient.role().empty() || recipient.role() == actor.role);
}

// Whether one of them is.
inline bool names(const google::protobuf::RepeatedPtrField<v1::Recipient>& recipients,
                  const Actor& actor) {
  return std::ranges::any_of(recipients,
                             [&](const v1::Recipient& each) { return is_for(each, actor); });
}

}  // namespace mash::sharing
