#include "host/roles.h"

#include <algorithm>
#include <array>

namespace mash::host {
namespace {

// In the order of the enum.
constexpr std::array<std::string_view, 9> kNames = {
    "practitioner", "referrer-system", "triage-officer",  "social-worker", "mash-manager",
    "auditor",      "operator",        "records-manager", "service",
};
static_assert(kNames.size() == static_cast<std::size_t>(Role::kService) + 1);

}  // namespace

std::string_view name_of(Role role) { return kNames[static_cast<std::size_t>(role)]; }

std::optional<Role> role_named(std::string_view name) {
  const auto* const found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Role>(found - kNames.begin());
}

}  // namespace mash::host
