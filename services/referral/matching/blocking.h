#pragma once
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.h"
#include "referral/matching/profile.h"

namespace mash::referral::matching {

// Nobody can be compared with everybody. So each identity is looked up by keys that it has in
// common with most ways in which another agency may tell of the same person: its numbers, how its
// names sound together with the date of birth, the year or the postcode, and so on. Whoever shares
// a key is a candidate; the candidates who share the rarest keys are opened and compared.

// Changes with what blocking_keys() makes of a profile: an index of keys made otherwise is useless.
inline constexpr std::string_view kBlockingVersion = "blocking@1";

inline constexpr std::size_t kBlockingKeysMax = 64;
inline constexpr std::size_t kFoundByKeyMax = 200;  // further ones under a key are not looked at
inline constexpr std::size_t kOpenedMax = 32;       // candidates that are worth comparing

// The keys, in the clear: whoever keeps them makes keyed tokens of them. Distinct. Names exchanged,
// day and month exchanged, and forms of a name give keys in common.
std::vector<std::string> blocking_keys(const Profile& profile);

// Gathers who was found by each of an identity's keys.
class Candidates {
 public:
  // Everybody found by one key, at most kFoundByKeyMax.
  void found_by_one_key(std::span<const Uuid> ids);

  // The likeliest first: who shares the most keys, and keys that few others share.
  std::vector<Uuid> best(std::size_t limit = kOpenedMax) const;

 private:
  std::map<Uuid, double> evidence_;  // log2 of how rare what they share is
};

}  // namespace mash::referral::matching
