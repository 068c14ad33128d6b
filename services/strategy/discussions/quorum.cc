#include "strategy/discussions/quorum.h"

#include <algorithm>
#include <utility>

#include "core/checks.h"
#include "policy/pack.h"

namespace mash::strategy {
namespace {

bool is_absent(const v1::Quorum& quorum, const std::string& function) {
  return std::ranges::find(quorum.absent(), function) != quorum.absent().end();
}

// The rules by which somebody is missed.
void cite_rules(const v1::Quorum& quorum, const policy::DiscussionRules& rules, Checks& missing) {
  for (const policy::QuorumRule& rule : rules.quorum)
    if (std::ranges::any_of(rule.needs,
                            [&](const std::string& code) { return is_absent(quorum, code); }))
      missing.cite(rule.basis.source);
}

}  // namespace

v1::Quorum quorum_of(const Composition& composition, const std::set<std::string>& deciding,
                     const Context& context) {
  v1::Quorum quorum;
  for (std::string& function :
       context.pack->discussions().needed(composition.looked_after, composition.unborn)) {
    if (!deciding.contains(function)) quorum.add_absent(function);
    quorum.add_needed(std::move(function));
  }
  quorum.set_quorate(quorum.absent().empty());
  quorum.set_pack(context.pack->id());
  return quorum;
}

Result<void> goes_ahead(const v1::Quorum& quorum, const std::string& emergency_reason,
                        const Context& context) {
  Checks checks;
  checks.text("emergency_reason", emergency_reason, kNoteBytesMax);
  if (quorum.quorate() && !emergency_reason.empty())
    checks.fault("emergency_reason", "is not needed: everybody is there who must be");
  if (auto sound = checks.verdict(); !sound) return sound;
  if (quorum.quorate() || !emergency_reason.empty()) return {};
  Checks missing;
  for (const std::string& function : quorum.absent())
    missing.fault("absent." + function, "is not in the room, senior enough to decide");
  cite_rules(quorum, context.pack->discussions(), missing);
  Error error = std::move(missing.verdict().error());
  error.code = Code::kFailedPrecondition;
  error.reason = "NOT_QUORATE";
  error.message = "Not everybody is in the room who must be; in an emergency it is said why.";
  return tl::unexpected(std::move(error));
}

}  // namespace mash::strategy
