#pragma once
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace mash::host {

// The roles a caller may act in. What each may call is the table in access.cc.
enum class Role : uint8_t {
  kPractitioner,    // "practitioner": someone at an agency who refers, answers, follows up
  kReferrerSystem,  // "referrer-system": an agency's system that refers by itself
  kTriageOfficer,   // "triage-officer": triages contacts in the hub
  kSocialWorker,    // "social-worker": children's social care, decides on referrals
  kMashManager,     // "mash-manager": answers for the hub's decisions
  kAuditor,         // "auditor": replays and verifies; sees content only with a reason
  kOperator,        // "operator": runs the hub; sees no content
  kRecordsManager,  // "records-manager": has data erased when retention or a court says so
  kService,         // "service": another service of the hub, or a console, for itself
};

std::string_view name_of(Role role);
std::optional<Role> role_named(std::string_view name);

// Whether only a person acts in it, so that a call must name one. An auditor's system fetches
// checkpoints by itself; seeing content takes a person (host/log_entries.h).
constexpr bool is_personal(Role role) {
  return role != Role::kService && role != Role::kOperator && role != Role::kReferrerSystem &&
         role != Role::kAuditor;
}

// A set of roles.
class Roles {
 public:
  constexpr Roles(std::initializer_list<Role> roles) {
    for (const Role role : roles) bits_ |= bit(role);
  }
  constexpr bool contains(Role role) const { return (bits_ & bit(role)) != 0; }

 private:
  static constexpr uint32_t bit(Role role) { return uint32_t{1} << static_cast<uint8_t>(role); }
  uint32_t bits_ = 0;
};

}  // namespace mash::host
