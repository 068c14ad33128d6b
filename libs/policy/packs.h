#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "policy/pack.h"

namespace mash::policy {

// The packs a hub knows, and which of them is in force on a day: a decision is made, and replayed,
// under the rules of its day. A pack without an end holds until the next one begins. Immutable;
// threads may share it; the packs live as long as it does, and stay where they are when it moves.
class Packs {
 public:
  // Refuses, with every fault named: no pack at all; two of one id; two in force on one day; days
  // between the first pack and the last on which none is. kInvalidArgument, INVALID_PACKS.
  static Result<Packs> of(std::vector<Pack> packs);

  // Every *.yaml of a folder. The faults of all files together. kNotFound, PACK_MISSING.
  static Result<Packs> load(const std::string& folder);

  // kFailedPrecondition, NO_PACK_IN_FORCE before the first or after the last.
  Result<const Pack*> in_force(Day day) const;
  Result<const Pack*> in_force(Time now, const London& london) const {
    return in_force(london.day(now));
  }

  // The pack of an id, "working-together-2018@2", or of a citation, which must then have the same
  // digest; null when there is none.
  const Pack* find(std::string_view id_or_citation) const;

  std::vector<const Pack*> all() const;  // the oldest first

 private:
  explicit Packs(std::vector<std::unique_ptr<const Pack>> packs) : packs_(std::move(packs)) {}

  std::vector<std::unique_ptr<const Pack>> packs_;  // by the day they begin
};

}  // namespace mash::policy
