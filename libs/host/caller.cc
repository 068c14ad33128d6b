#include "host/caller.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "core/identifiers.h"
#include "host/roles.h"

namespace mash::host {
namespace {

constexpr Roles kOnCases = {Role::kPractitioner, Role::kReferrerSystem, Role::kTriageOfficer,
                            Role::kSocialWorker, Role::kMashManager};

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

tl::unexpected<Error> bad_certificate() {
  return refuse(Code::kUnauthenticated, "BAD_CERTIFICATE",
                "The certificate must have exactly one URI as subject alternative name, "
                "spiffe://<area>.mash/agency/<id>/system/<name>, of this hub's area.");
}

// The role of a call that names none: the only one that fits, a person's where one is named.
Result<std::string> only_role(const AgencyRule& rule, bool practitioner_named) {
  if (rule.roles.size() == 1) return rule.roles.front();
  const std::string* only = nullptr;
  for (const std::string& name : rule.roles) {
    const auto role = role_named(name);
    if (!role || is_personal(*role) != practitioner_named) continue;
    if (only != nullptr)
      return refuse(Code::kUnauthenticated, "BAD_ROLE",
                    "This system has several roles: say which in the metadata mash-role.");
    only = &name;
  }
  if (only == nullptr)
    return refuse(Code::kUnauthenticated, "BAD_ROLE",
                  "No role of this system fits: name the practitioner in mash-practitioner.");
  return *only;
}

Result<std::string> choose_role(const Presented& presented, const AgencyRule& rule) {
  if (presented.role.size() > 1)
    return refuse(Code::kUnauthenticated, "BAD_ROLE", "The metadata mash-role is given twice.");
  if (presented.role.empty()) return only_role(rule, !presented.practitioner.empty());
  const std::string_view wanted = presented.role.front();
  if (std::find(rule.roles.begin(), rule.roles.end(), wanted) == rule.roles.end())
    return refuse(Code::kPermissionDenied, "ROLE_NOT_ALLOWED",
                  "This system's certificate may not take the role in the metadata mash-role.");
  return std::string(wanted);
}

bool works_on_cases(const std::string& role) {
  const auto known = role_named(role);
  return known && kOnCases.contains(*known);
}

Result<std::string> name_practitioner(const Presented& presented, std::string_view role) {
  if (presented.practitioner.empty() && !is_personal(role_named(role).value_or(Role::kService)))
    return std::string();
  if (presented.practitioner.size() != 1 || !is_practitioner_id(presented.practitioner.front()))
    return refuse(Code::kUnauthenticated, "BAD_PRACTITIONER",
                  "The metadata mash-practitioner must name who is acting, once, by an opaque id: "
                  "letters, digits and .:_- only, at most 64.");
  return std::string(presented.practitioner.front());
}

}  // namespace

Result<System> parse_system(std::string_view uri, std::string_view area) {
  std::string lower_area(area);
  std::transform(lower_area.begin(), lower_area.end(), lower_area.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (!take(uri, "spiffe://") || !take(uri, lower_area) || !take(uri, ".mash/agency/"))
    return bad_certificate();
  const std::size_t slash = uri.find('/');
  if (slash == std::string_view::npos) return bad_certificate();
  const std::string_view agency = uri.substr(0, slash);
  uri.remove_prefix(slash);
  if (!take(uri, "/system/") || !is_agency_name(agency) || !is_agency_name(uri))
    return bad_certificate();
  return System{std::string(agency), std::string(uri)};
}

Callers::Callers(std::string area, AgencyRules agencies)
    : area_(std::move(area)), agencies_(std::move(agencies)) {
  for (const auto& [agency, rule] : agencies_)
    if (std::ranges::any_of(rule.roles, works_on_cases)) working_.emplace(agency, rule.body);
}

Result<Actor> Callers::identify(const Presented& presented) const {
  if (presented.uris.empty())
    return refuse(Code::kUnauthenticated, "NO_CERTIFICATE",
                  "The caller showed no certificate that names an agency's system.");
  if (presented.uris.size() > 1) return bad_certificate();
  auto system = parse_system(presented.uris.front(), area_);
  if (!system) return tl::unexpected(std::move(system.error()));

  const auto rule = agencies_.find(system->agency);
  const bool known = rule != agencies_.end() &&
                     (rule->second.systems.empty() ||
                      std::find(rule->second.systems.begin(), rule->second.systems.end(),
                                system->name) != rule->second.systems.end());
  if (!known)
    return refuse(Code::kPermissionDenied, "UNKNOWN_SYSTEM",
                  "The certificate is good, but this hub has no roles for its agency's system.");

  auto role = choose_role(presented, rule->second);
  if (!role) return tl::unexpected(std::move(role.error()));
  auto practitioner = name_practitioner(presented, *role);
  if (!practitioner) return tl::unexpected(std::move(practitioner.error()));
  return Actor{.agency = std::move(system->agency),
               .system = std::move(system->name),
               .practitioner = std::move(*practitioner),
               .role = std::move(*role)};
}

}  // namespace mash::host
