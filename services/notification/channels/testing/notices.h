#pragma once
#include <string>

#include "core/timestamp.h"
#include "notification/channels/sender.h"

namespace mash::notification::testing {

// The secret of the specification's examples.
inline constexpr const char* kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

inline Time at(const char* rfc3339) { return from_rfc3339(rfc3339).value(); }

inline v1::Notice a_notice() {
  v1::Notice notice;
  notice.set_notice_id("01925f3a-7c1e-7b43-9d52-0242ac120002");
  notice.set_agency("police");
  notice.set_rule("contact-in-danger");
  notice.set_pack("notifications@1");
  notice.set_urgency(v1::URGENCY_IMMEDIATE);
  notice.set_case_id("01925f3a-7c1e-7b43-9d52-0242ac12000c");
  v1::About& about = *notice.add_about();
  about.set_kind("referral");
  about.set_id("01925f3a-7c1e-7b43-9d52-0242ac12000a");
  notice.mutable_cause()->set_log("mash/E10000013/referral");
  notice.mutable_cause()->set_position(12);
  to_proto(at("2026-07-01T13:30:00.25Z"), notice.mutable_raised_at());
  to_proto(at("2026-07-01T14:00:59Z"), notice.mutable_acknowledge_by());
  return notice;
}

inline Outgoing by_email(const std::string& id, const std::string& address) {
  Outgoing outgoing{.delivery_id = id, .channel = {}, .notice = a_notice()};
  outgoing.channel.set_kind(v1::CHANNEL_KIND_EMAIL);
  outgoing.channel.set_address(address);
  return outgoing;
}

inline Outgoing by_webhook(const std::string& id, const std::string& url) {
  Outgoing outgoing{.delivery_id = id, .channel = {}, .notice = a_notice()};
  outgoing.channel.set_kind(v1::CHANNEL_KIND_WEBHOOK);
  outgoing.channel.set_address(url);
  outgoing.channel.set_secret(kSecret);
  return outgoing;
}

}  // namespace mash::notification::testing
