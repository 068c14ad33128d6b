#pragma once
#include <string>
#include <utility>

#include "strategy/protection/protection.h"
#include "strategy/testing/conferences.h"

// Emergency protection in tests.
namespace mash::strategy::testing {

// That a child was protected since a time, by an agency that had to act alone.
inline v1::RecordProtectionRequest protect(v1::ProtectionKind kind, std::string_view since) {
  auto request = proto<v1::RecordProtectionRequest>(R"(
    authority: "Inspector 17" reason: "Left alone, and hurt."
    other_children: "A baby sister, with the grandmother."
    acted_alone: "There was no time.")");
  request.set_kind(kind);
  request.set_case_id(kBellCase);
  request.add_child_ids(kAda);
  to_proto(utc(since), request.mutable_started_at());
  return request;
}
inline v1::RecordProtectionRequest police_protection(std::string_view since) {
  return protect(v1::PROTECTION_KIND_POLICE_PROTECTION, since);
}
inline v1::RecordProtectionRequest order(std::string_view since) {
  return protect(v1::PROTECTION_KIND_EMERGENCY_PROTECTION_ORDER, since);
}

inline const cases::Family& bells() {
  static const cases::Family family = bell_family();
  return family;
}

inline Protection::Record record(const v1::RecordProtectionRequest& request,
                                 Protection::Planned planned = {}) {
  return {.request = request,
          .family = bells(),
          .case_id = kBellCase,
          .planned = planned,
          .discussion_id = uuid(930)};
}

// The events of a protection that was recorded as it began.
inline Protection::Events protected_by(const v1::RecordProtectionRequest& request,
                                       const Actor& actor = kSocialWorker) {
  const Time now = *from_proto(request.started_at());
  return Protection::decide({}, record(request), as(actor, to_rfc3339(now))).value();
}

// When it runs out, as a clock in London shows it.
inline std::string runs_out(const Protection::State& state) {
  return mash::testing::london(calendar(), state.runs_out_at());
}

}  // namespace mash::strategy::testing
