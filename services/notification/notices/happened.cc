#include "notification/notices/happened.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <array>
#include <utility>

#include "log/event_log.h"
#include "mash/referral/v1/case_events.pb.h"
#include "mash/referral/v1/referral_events.pb.h"
#include "mash/sharing/v1/consent_events.pb.h"
#include "mash/sharing/v1/decision_events.pb.h"
#include "mash/sharing/v1/item_events.pb.h"
#include "mash/sharing/v1/request_events.pb.h"
#include "mash/strategy/v1/child_events.pb.h"
#include "mash/strategy/v1/conference_events.pb.h"
#include "mash/strategy/v1/discussion_events.pb.h"
#include "mash/strategy/v1/protection_events.pb.h"
#include "notification/notices/awaiting.h"
#include "notification/notices/event_fields.h"

namespace mash::notification {
namespace {

using google::protobuf::Descriptor;

std::array<const Descriptor*, 10> event_types() {
  return {referral::v1::ReferralEvent::descriptor(),   referral::v1::CaseEvent::descriptor(),
          sharing::v1::RequestEvent::descriptor(),     sharing::v1::ItemEvent::descriptor(),
          sharing::v1::DecisionEvent::descriptor(),    sharing::v1::ConsentEvent::descriptor(),
          strategy::v1::DiscussionEvent::descriptor(), strategy::v1::ConferenceEvent::descriptor(),
          strategy::v1::ProtectionEvent::descriptor(), strategy::v1::ChildEvent::descriptor()};
}

}  // namespace

Result<std::optional<Happened>> Happened::of(const log::Record& record) {
  return log::parse_event(record).map(
      [&](std::unique_ptr<google::protobuf::Message> event) -> std::optional<Happened> {
        const auto* kind = kind_of(*event);
        if (kind == nullptr) return std::nullopt;
        Happened happened;
        happened.record_ = &record;
        happened.what_ = &event->GetReflection()->GetMessage(*event, kind);
        happened.kind_ = kind->name();
        happened.event_ = std::move(event);
        return happened;
      });
}

const common::v1::DeadlineTold* Happened::deadline_told() const {
  return dynamic_cast<const common::v1::DeadlineTold*>(what_);
}

const Descriptor* event_type(const std::string& name) {
  for (const Descriptor* type : event_types())
    if (type->full_name() == name) return type;
  return nullptr;
}

bool some_event_has(const std::string& kind, const std::string& field) {
  return std::ranges::any_of(event_types(), [&](const Descriptor* type) {
    const auto* happened = type->FindFieldByName(kind);
    return happened != nullptr && happened->message_type() != nullptr &&
           (field == kStream || has_field(*happened->message_type(), field));
  });
}

}  // namespace mash::notification
