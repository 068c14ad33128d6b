#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cases/family.h"
#include "core/context.h"
#include "mash/sharing/v1/decision.pb.h"
#include "sharing/consents/consent.h"
#include "sharing/items/item.h"

namespace mash::policy {
class LawfulBasis;
}

namespace mash::sharing {

// What the terms of a decision are judged on besides the law: everything the log knows that the
// rules ask about. Gathered by whoever decides (decision_commands.h) or evaluates.
struct DecisionFacts {
  Actor maker;
  const Agencies& agencies;                  // of this hub, and what kind of body each is
  const cases::Family& family;               // the case
  std::map<std::string, Item::State> items;  // by id: those the terms name, where they exist
  std::optional<Consent::State> consent;     // that the terms rely on, where it exists
  std::string supersedes;                    // a decision whose grants do not stand in the way
  Time now{};
};

// Every rule of the pack that the terms break, in the order of the pack's rules; none: they may be
// recorded. Pure, exhaustive, and without texts of its own: problem, remedy and source are the
// pack's. `day` is the day whose law it is: one on which `law` is in force.
std::vector<v1::RuleFault> evaluate(const v1::DecisionTerms& terms, const DecisionFacts& facts,
                                    const policy::LawfulBasis& law, Day day);

// Whether the pack asks for a second signature of a decision like this.
bool needs_second_signature(const v1::DecisionTerms& terms, const DecisionFacts& facts,
                            const policy::LawfulBasis& law, Day day);

}  // namespace mash::sharing
