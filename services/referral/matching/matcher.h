#pragma once
#include <span>
#include <vector>

#include "mash/referral/v1/matching.pb.h"
#include "referral/matching/profile.h"
#include "referral/matching/weights.h"

namespace mash::referral::matching {

// Weighs whether two identities are one person's, as probabilistic record linkage does (I. P.
// Fellegi and A. B. Sunter, 1969): each field's agreement counts by how much likelier it is of one
// person than of two, as log2. What one of them does not say counts nothing. It decides nothing.
//
// Two who are not one are strangers or of one household, and what a household shares (a family
// name, a postcode, the day of birth of twins) is not held for a sign of one person: what is taken
// off for that counts with the field that speaks most for a household.
//
// Pure, and symmetric; threads may share one. The weights outlive it.
class Matcher {
 public:
  explicit Matcher(const Weights& weights) : weights_(weights) {}
  const Weights& weights() const { return weights_; }

  Profile prepare(const v1::Identity& identity) const { return profile_of(identity, weights_); }

  v1::Likeness compare(const Profile& one, const Profile& other) const;

  // Of all that was ever known of two persons: the likeliest of their identities' likenesses. There
  // is at least one of each.
  v1::Likeness compare(std::span<const Profile> one, std::span<const Profile> other) const;

 private:
  const Weights& weights_;
};

// One field's outcome.
struct Comparison {
  Field field;
  Level level;
  Likelihood likelihood;
};

// Each field in which both say something, and how well they agree there.
std::vector<Comparison> compare_fields(const Profile& one, const Profile& other,
                                       const Weights& weights);

}  // namespace mash::referral::matching
