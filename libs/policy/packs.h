#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "policy/lawful_basis.h"
#include "policy/notice_rules.h"
#include "policy/pack.h"

namespace mash::policy {

// The packs a hub knows, of all kinds, and which of each is in force on a day: a decision is made,
// and replayed, under the rules of its day. Within a kind, a pack without an end holds until the
// next one begins. Immutable; threads may share it; the packs live as long as it does, and stay
// where they are when it moves.
class Packs {
 public:
  // Refuses, with every fault named: no policy pack at all; two of one id; two of a kind in force
  // on one day; days between the first pack of a kind and the last on which none is.
  // kInvalidArgument, INVALID_PACKS.
  static Result<Packs> of(std::vector<Pack> packs, std::vector<LawfulBasis> laws = {},
                          std::vector<NoticeRules> notices = {});

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

  // The same of lawful-basis packs. kFailedPrecondition, NO_LAW_IN_FORCE.
  Result<const LawfulBasis*> law_in_force(Day day) const;
  Result<const LawfulBasis*> law_in_force(Time now, const London& london) const {
    return law_in_force(london.day(now));
  }
  const LawfulBasis* find_law(std::string_view id_or_citation) const;
  std::vector<const LawfulBasis*> laws() const;

  // Who is told of what; null: nobody says.
  const NoticeRules* notices_in_force(Day day) const;
  const NoticeRules* notices_in_force(Time now, const London& london) const {
    return notices_in_force(london.day(now));
  }
  std::vector<const NoticeRules*> notices() const;

 private:
  template <class Kind>
  using Kept = std::vector<std::unique_ptr<const Kind>>;  // by the day they begin

  Packs(Kept<Pack> packs, Kept<LawfulBasis> laws, Kept<NoticeRules> notices)
      : packs_(std::move(packs)), laws_(std::move(laws)), notices_(std::move(notices)) {}

  Kept<Pack> packs_;
  Kept<LawfulBasis> laws_;
  Kept<NoticeRules> notices_;
};

}  // namespace mash::policy
